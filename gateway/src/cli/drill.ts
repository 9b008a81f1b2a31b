// `overdue drill`: a marked page down every way that a miss would take, and which of them arrived.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cleanText, nameProblem } from '@overdue/device-sdk/wire'
import type { Variables } from '../config/env.ts'
import { type Duration, formatDuration, HOUR, parseDuration, SECOND } from '../domain/time.ts'
import { apiToken, bearer, gatewayUrl, reasonOf } from './gateway-url.ts'

export const DRILL_USAGE = `overdue drill NAME [--wait 30s]        # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)
overdue drill --channel NAME [--wait 30s]`

/** Exit code: 0 every page was delivered; 1 one was not within the wait, or there is nobody to page; 2 usage. */
export async function drill(
  args: readonly string[],
  env: Variables,
  readFile: (path: string) => string,
  write: (line: string) => void,
  pause: (duration: Duration) => Promise<unknown> = sleep,
): Promise<number> {
  const asked = readArgs(args)
  const gateway = gatewayUrl(env)
  if ('problem' in asked) {
    write(`${asked.problem}\n${DRILL_USAGE}`)
    return 2
  }
  if ('problem' in gateway) {
    write(gateway.problem)
    return 2
  }
  const api: Api = { url: gateway.url, token: apiToken(env, readFile) }
  const by = cleanText(env['USER'] || env['LOGNAME'] || '', LONGEST_BY) || 'overdue drill'
  const begun = await ask(api, asked.path, asked.what, { by })
  const ended = 'why' in begun ? begun : await settled(begun, asked, api, pause)
  if ('why' in ended) {
    write(ended.why)
    return 1
  }
  for (const line of report(ended)) write(cleanText(line))
  return ended.pages.length > 0 && ended.pages.every(({ outcome }) => outcome === 'delivered') ? 0 : 1
}

type Api = { readonly url: string; readonly token: string }
type Asked = { readonly path: string; readonly what: string; readonly wait: Duration }
type Page = {
  readonly step: number
  readonly path: string
  readonly outcome: 'delivered' | 'refused' | 'expired' | null
  readonly why: string | null
  readonly lastReachedAt: string | null
}
type Drill = { readonly id: string; readonly muted: string | null; readonly pages: readonly Page[] }
type Problem = { readonly why: string }

const DEFAULT_WAIT = '30s'
const LONGEST_WAIT = HOUR
const LOOK_EVERY: Duration = 250
const LONGEST_ANSWER = 10 * SECOND
const LONGEST_BY = 200

function readArgs(args: readonly string[]): Asked | { readonly problem: string } {
  const text = { type: 'string' } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { channel: text, wait: text },
    })
    const { channel, wait: written = DEFAULT_WAIT } = values
    const wait = /^\d{1,9}$/.test(written) ? Number(written) * SECOND : parseDuration(written)
    if (wait === undefined || wait > LONGEST_WAIT)
      return { problem: `--wait: expected 0s to ${formatDuration(LONGEST_WAIT)}, got "${written}"` }
    const [name = channel, ...more] = positionals
    if (name === undefined || more.length > 0 || (channel !== undefined && positionals.length > 0))
      return { problem: 'expected the name of a heartbeat, or --channel and the name of a channel' }
    const problem = nameProblem(name)
    if (problem !== undefined) return { problem }
    return channel === undefined
      ? { path: `heartbeats/${encodeURIComponent(name)}/drill`, what: `heartbeat is called ${name}`, wait }
      : { path: `channels/${encodeURIComponent(name)}/test`, what: `channel is called ${name}`, wait }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** The drill when each page is settled or the wait is over; an answer that fails to come is asked for again till then. */
async function settled(
  begun: Drill,
  { wait }: Asked,
  api: Api,
  pause: (duration: Duration) => Promise<unknown>,
): Promise<Drill | Problem> {
  const until = performance.now() + wait
  let known: Drill | Problem = begun
  for (;;) {
    const isOver = !('why' in known) && known.pages.every(({ outcome }) => outcome !== null)
    const left = until - performance.now()
    if (isOver || left <= 0) return known
    await pause(Math.min(LOOK_EVERY, left))
    known = await ask(api, `drills/${encodeURIComponent(begun.id)}`, `drill is called ${begun.id}`)
  }
}

function* report({ id, muted, pages }: Drill): Iterable<string> {
  if (muted !== null) yield `A real miss would page nobody now: ${muted}`
  if (pages.length === 0) yield `${id} reaches nobody: its policy has no step that pages anybody now`
  for (const { step, path, outcome, why, lastReachedAt } of pages) {
    const reason = why === null ? '' : `, ${why}`
    const last = lastReachedAt === null ? 'never reached anybody' : `last reached somebody at ${lastReachedAt}`
    yield `step ${step}, ${path}: ${outcome ?? 'still trying'}${reason}; ${last}`
  }
}

async function ask({ url, token }: Api, path: string, what: string, body?: object): Promise<Drill | Problem> {
  try {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { ...bearer(token), ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_ANSWER),
    })
    const isDone = answer.status === 200 || answer.status === 202
    const json: unknown = isDone ? await answer.json().catch(() => undefined) : undefined
    return isDrill(json) ? json : { why: whyNot(answer.status, url, what) }
  } catch (error) {
    return { why: `${url} can't be reached: ${reasonOf(error)}` }
  }
}

function isDrill(json: unknown): json is Drill {
  const { id, pages } = (json ?? {}) as Partial<Drill>
  return typeof id === 'string' && Array.isArray(pages)
}

function whyNot(status: number, url: string, what: string): string {
  if (status === 404) return `no ${what}`
  if (status === 401) return `${url} does not know this token: set OVERDUE_TOKEN, or run where data/admin-token is`
  return status === 200 || status === 202
    ? `${url} answered something else: is it Overdue?`
    : `${url} answered ${status}`
}
