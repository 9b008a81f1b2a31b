// A file that says what the file of a gateway says, and what was made while it ran besides: clicks become code. The text of
// the file stays as it is, secrets and references to them included.
import type { Terms } from '../domain/heartbeat.ts'
import { isSpent, type Mute } from '../domain/mute.ts'
import type { Name } from '../domain/names.ts'
import type { OnCall, StandIn } from '../domain/oncall.ts'
import { type Checked, isWrong } from '../domain/problem.ts'
import { formatDuration, formatInstant, type Instant } from '../domain/time.ts'
import { describeWritten } from './export-terms.ts'
import { splitList } from './parts.ts'
import { extendYaml, type ListPath, readYaml, writeFlow } from './yaml.ts'

export type Made = {
  readonly heartbeats: readonly { readonly name: Name; readonly terms: Terms }[]
  readonly mutes: readonly Mute[]
  readonly overrides: readonly StandIn[]
  /** As the file has them. */
  readonly oncall: readonly Pick<OnCall, 'name'>[]
  /** What the file's `defaults` make of a heartbeat that says nothing. */
  readonly defaults: Terms
}

/** `text` is the file's; empty where there is none. */
export function exportDocument(text: string, made: Made, now: Instant): Checked<string> {
  const mutes = made.mutes.filter((mute) => mute.declaredBy !== 'file' && !isSpent(mute, now))
  const sayable = mutes.filter(isSayable)
  const lists: [ListPath, readonly object[]][] = [
    [['silences'], sayable.filter(({ kind }) => kind === 'silence').map(muteFields)],
    [['maintenance'], sayable.filter(({ kind }) => kind === 'maintenance').map(muteFields)],
    ...made.oncall.map(({ name }, index): [ListPath, readonly object[]] => [
      ['oncall', index, 'overrides'],
      made.overrides.filter((override) => override.oncall === name && override.to > now).map(overrideFields),
    ]),
  ]
  const heartbeats = made.heartbeats.map(({ name, terms }) => ({ name, ...describeWritten(terms, made.defaults) }))
  const extended = withHeartbeats(text, heartbeats, lists)
  if (isWrong(extended)) return extended
  const unsaid = mutes
    .filter((mute) => !isSayable(mute))
    .map(({ id }) => `# ${id}: a file has no words for what it matches\n`)
  const whole = extended.value + unsaid.join('')
  // What was cut out was not read; of a long file that would take too long.
  const read = whole.length < LONG ? readYaml(whole) : { value: undefined }
  return isWrong(read) ? read : { value: whole }
}

const LONG = 1_048_576

/** A long list of heartbeats is cut out and put back as it stands: only what is short is read and written anew. */
function withHeartbeats(
  text: string,
  heartbeats: readonly object[],
  lists: readonly [ListPath, readonly object[]][],
): Checked<string> {
  const parts = splitList(text, 'heartbeats')
  if (parts === undefined) {
    const known = readYaml(text)
    if (isWrong(known)) return known
    const has = typeof known.value === 'object' && known.value !== null && 'heartbeats' in known.value
    if (has) return extendYaml(text, [...lists, [['heartbeats'], heartbeats]])
  }
  const frame = extendYaml(parts?.frame ?? text, lists)
  if (isWrong(frame)) return frame
  const indent = /^ */.exec(parts?.items[0] ?? '  ')?.[0] ?? ''
  const items = [...(parts?.items ?? []), ...heartbeats.map((fields) => `${indent}- ${writeFlow(fields)}`)]
  if (items.length === 0) return frame
  const list = `heartbeats:\n${items.join('\n')}\n`
  if (parts === undefined) return { value: `${frame.value}${list}` }
  return { value: frame.value.replace(/^heartbeats: \[\]\n/m, () => list) }
}

/** What a file can say of it. */
function isSayable({ match }: Mute): boolean {
  return match.about === undefined && match.labels === undefined
}

function muteFields({ id, match, when, by, reason }: Mute): object {
  const times =
    'until' in when
      ? { from: formatInstant(when.from), to: formatInstant(when.until) }
      : { cron: when.cron, zone: when.zone, for: formatDuration(when.for) }
  const isOfAll = Object.keys(match).length === 0
  return { name: id, match: isOfAll ? { all: true } : match, ...times, by, ...(reason !== '' && { reason }) }
}

function overrideFields({ who, from, to }: StandIn): object {
  return { who, from: formatInstant(from), to: formatInstant(to) }
}
