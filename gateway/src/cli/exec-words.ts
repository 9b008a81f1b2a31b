// The signals of a job, as the gateway's HTTP takes them.
import type { Duration } from '../domain/time.ts'
import type { Job, ToldJob } from './exec-args.ts'
import type { Ended } from './exec-command.ts'
import type { Post, Sent } from './signal-post.ts'

export type Words = {
  readonly event: string
  readonly query: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export type Ending = Ended & {
  readonly run: string
  readonly output: Uint8Array
  /** How long the end is held up already. */
  readonly waited: Duration
}

/** The signal that ends a run, or a loop. */
export function endOf({ beat }: Pick<Job, 'beat'>, ending: Ending): Words {
  const { code, killedBy, wasAsked, why, run, duration, output } = ending
  const body = output.length === 0 ? {} : { body: output }
  // A loop that is told to end has not failed; whether it is missed is the schedule's to say.
  if (beat !== undefined && wasAsked) return { event: 'log', query: { msg: 'ended, as it was told to' }, ...body }
  const event = killedBy ?? String(code)
  const query = { rid: run, ...(why !== undefined && { msg: why }) }
  // How long a loop ran is nothing to compare with.
  return beat === undefined
    ? { event, query: { ...query, duration: `${Math.round(duration)}ms` }, ...body }
    : { event, query, ...body }
}

export function postOf({ url, name, key, create }: ToldJob, { event, query, body }: Words): Post {
  const text = new URLSearchParams({ ...create, ...query })
  return {
    url: `${url}/hb/${name}/${event}${text.size === 0 ? '' : `?${text}`}`,
    key,
    ...(body !== undefined && { body }),
  }
}

/** Why the gateway does not know, and what to do about it. */
export function reasonOf({ why, status }: Exclude<Sent, { readonly kind: 'taken' }>): string {
  return status === 404 ? `${why}: declare it, or say --create` : why
}
