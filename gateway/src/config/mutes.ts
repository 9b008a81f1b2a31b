// Silences and maintenance windows that the file declares: what each matches, and when it is in force.
import { type Match, type Mute, outlasts, type When } from '../domain/mute.ts'
import { checkSchedule } from '../domain/schedule.ts'
import { DAY, type Duration, formatDuration, MINUTE } from '../domain/time.ts'
import { type Zone, zoneNamed } from '../domain/zone.ts'
import { readName } from './channels.ts'
import { readDuration } from './durations.ts'
import type { MatchFields, MuteFields } from './fields.ts'
import { readMoment } from './oncall-times.ts'
import { type Report, show } from './report.ts'

type Lists = {
  readonly silences?: readonly (MuteFields | undefined)[] | undefined
  readonly maintenance?: readonly (MuteFields | undefined)[] | undefined
}

/** Both lists share one space of names: a name is what a page that was not sent gives as its reason. */
export function readMutes({ silences = [], maintenance = [] }: Lists, zone: string, report: Report): readonly Mute[] {
  const names = new Set<string>()
  const read = (list: readonly (MuteFields | undefined)[], key: keyof Lists, kind: Mute['kind']): readonly Mute[] =>
    list.flatMap((fields, index) => {
      if (fields === undefined) return []
      const path = `${key}[${index}]`
      const id = readName(fields.name, `${path}.name`, names, report)
      const match = readMatch(fields.match, `${path}.match`, report)
      const when = readWhen(fields, path, zone, report)
      const { by = 'the file', reason = '' } = fields
      return when === undefined ? [] : [{ id, kind, match, when, by, reason, declaredBy: 'file' as const }]
    })
  return [...read(silences, 'silences', 'silence'), ...read(maintenance, 'maintenance', 'maintenance')]
}

const LEAST: Duration = MINUTE
const MOST: Duration = 31 * DAY
/** Without `from` a silence has always been. */
const ALWAYS = 0

function readMatch(fields: MatchFields | undefined, path: string, report: Report): Match {
  const { severity, all } = fields ?? {}
  const lists = LISTS.flatMap(([key, one]) => {
    const found = [...listOf(fields?.[one]), ...listOf(fields?.[key])]
    if (found.some((text) => text.trim() === ''))
      report.add(`${path}.${key}`, 'names that are not empty', 'an empty one')
    return found.length === 0 ? [] : [[key, found] as const]
  })
  const match: Match = { ...Object.fromEntries(lists), ...(severity !== undefined && { severity }) }
  const isEmpty = lists.length === 0 && severity === undefined
  if (isEmpty && all === undefined)
    report.add(path, 'names, tags, groups, owners or severity, or all: true', fields === undefined ? 'nothing' : 'none')
  if (!isEmpty && all !== undefined) report.add(`${path}.all`, 'either it or what it matches', 'both')
  return match
}

const LISTS = [
  ['names', 'name'],
  ['tags', 'tag'],
  ['groups', 'group'],
  ['owners', 'owner'],
] as const

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return []
  return typeof value === 'string' ? [value] : value
}

function readWhen(fields: MuteFields, path: string, fileZone: string, report: Report): When | undefined {
  const { cron, zone: name = fileZone } = fields
  const zone = zoneNamed(name)
  if (zone === undefined) {
    report.add(`${path}.zone`, 'an IANA zone such as Europe/Riga', show(name))
    return undefined
  }
  if (cron === undefined) return readOnce(fields, path, zone, report)
  for (const key of ['from', 'to'] as const)
    if (fields[key] !== undefined) report.add(`${path}.${key}`, 'either cron and for, or from and to', 'both')
  const problems = checkSchedule({ kind: 'cron', cron, zone: name }, path)
  for (const problem of problems) report.add(problem.path, problem.expected, problem.found)
  const lasts = fields.for === undefined ? undefined : readDuration(fields.for, `${path}.for`, report, LEAST)
  if (fields.for === undefined) report.add(`${path}.for`, 'how long each lasts, such as 2h', 'nothing')
  if (lasts !== undefined && lasts > MOST)
    report.add(`${path}.for`, `at most ${formatDuration(MOST)}`, show(fields.for))
  if (lasts === undefined || problems.length > 0) return undefined
  const when = { cron, zone: name, for: lasts }
  if (lasts <= MOST && outlasts(when, MOST))
    report.add(`${path}.for`, `a pause at least every ${formatDuration(MOST)}`, 'firings that run into each other')
  return when
}

function readOnce(fields: MuteFields, path: string, zone: Zone, report: Report): When | undefined {
  if (fields.for !== undefined) report.add(`${path}.for`, 'cron beside it, or to instead of it', 'none')
  if (fields.to === undefined) report.add(`${path}.to`, 'when it ends, or cron and for', 'nothing')
  const from = fields.from === undefined ? ALWAYS : readMoment(fields.from, `${path}.from`, zone, true, report)
  const until = readMoment(fields.to, `${path}.to`, zone, true, report)
  if (from === undefined || until === undefined) return undefined
  if (until > from) return { from, until }
  report.add(`${path}.to`, 'a time after from', show(fields.to))
  return undefined
}
