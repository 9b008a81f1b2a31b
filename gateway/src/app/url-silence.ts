// Silences that a job asks for on its own heartbeat, by the URL or the topic that it pings: at most one for each.
import type { Mute } from '../domain/mute.ts'
import { type Name, silenceId } from '../domain/names.ts'
import { DAY, type Duration, HOUR, type Instant, MINUTE, parseDuration, SECOND } from '../domain/time.ts'
import type { Command, Ledger, Outcome } from './ports.ts'

export type SilenceOrder = {
  readonly from: Instant
  /** 0: what is silenced so is silenced no more. */
  readonly lasts: Duration
  readonly by: 'url' | 'mqtt'
  readonly reason: string
}

export const SILENCE_FORM = '1m to 31d, or 0s to end it'

/** Seconds or a duration; nothing is an hour. Undefined: something else, or out of bounds. */
export function readSilence(text: string): Duration | undefined {
  const written = text.trim()
  if (written === '') return HOUR
  const lasts = /^\d{1,9}$/.test(written) ? Number(written) * SECOND : parseDuration(written)
  return lasts === 0 || (lasts !== undefined && lasts >= MINUTE && lasts <= 31 * DAY) ? lasts : undefined
}

/** One that is in force is only ever made longer: two jobs in one maintenance must not end each other's. */
export async function silenceByUrl(
  name: Name,
  { from, lasts, by, reason }: SilenceOrder,
  ledger: Pick<Ledger, 'request'>,
  mutes: Iterable<Mute>,
): Promise<Outcome> {
  const olds = [...mutes].filter((mute) => isByUrl(mute, name))
  const until = Math.max(from + lasts, ...olds.map(({ when }) => ('until' in when ? when.until : from)))
  const id = silenceId(name, from, until)
  const match = { names: [name] }
  const mute: Mute = { id, kind: 'silence', match, when: { from, until }, by, reason, declaredBy: 'url' }
  // The new one first, so that nobody is paged between the two.
  const commands: Command[] = lasts === 0 ? [] : [{ kind: 'mute', mute }]
  for (const old of olds) if (lasts === 0 || old.id !== id) commands.push({ kind: 'unmute', mute: old.id, by })
  // Nothing left to end is no proof that its end is on disk: the ledger is asked all the same.
  if (commands.length === 0) commands.push({ kind: 'unmute', mute: id, by })
  const answers = await Promise.all(commands.map((command) => ledger.request(command)))
  return answers.find(({ outcome }) => outcome !== 'durable')?.outcome ?? 'durable'
}

function isByUrl({ declaredBy, match }: Mute, name: Name): boolean {
  return declaredBy === 'url' && match.names?.[0] === name
}
