// One systemd timer and its service: when it starts what, and what keeps it from doing so.
import { parseCalendar } from '../domain/calendar.ts'
import { isWrong } from '../domain/problem.ts'
import { MINUTE } from '../domain/time.ts'
import type { Found, Owner, Seam, When } from './job.ts'
import { scriptsOf } from './scripts.ts'
import type { Site } from './site.ts'
import { systemdSpan } from './spans.ts'
import { isTrue, lastOf, readUnit, type Unit, type UnitText, valuesOf } from './unit.ts'
import { delayed, oneOf, whenOf } from './when.ts'

export type TimerOf = {
  /** `backup.timer`, `pg_dump@main.timer`. */
  readonly name: string
  readonly texts: readonly UnitText[]
  /** The texts of a service, its drop-ins included; none where there is no such service. */
  readonly serviceTexts: (service: string) => readonly UnitText[]
  /** The folder for what the administrator says: `/etc/systemd/system`. */
  readonly dropInFolder: string
  readonly owner: Owner
  readonly package?: string
  readonly stopped?: string
}

export function timerJob(site: Site, of: TimerOf): Found {
  const timer = readUnit(of.texts)
  const service = instantiated(lastOf(timer, 'Timer.Unit') ?? of.name.replace(/\.timer$/, '.service'), of.name)
  const serviceTexts = of.serviceTexts(service)
  const unit = readUnit(serviceTexts)
  const command = valuesOf(unit, 'Service.ExecStart').map((value) =>
    instantiated(value.replace(/^[-@:+!|]+/, ''), service),
  )
  const user = lastOf(unit, 'Service.User')
  const description = lastOf(unit, 'Unit.Description') ?? lastOf(timer, 'Unit.Description')
  const first = [...timer].find(([key]) => /^Timer\.On/.test(key))?.[1][0]
  const place = first ?? { file: of.texts[0]?.file ?? of.name, line: 1 }
  const stopped = of.stopped ?? (serviceTexts.length === 0 ? `there is no ${service} that it could start` : undefined)
  return {
    kind: 'systemd',
    group: site.group,
    title: of.name.replace(/\.timer$/, ''),
    command: command.join('; ') || service,
    when: whenOfTimer(timer, site.zone),
    file: place.file,
    line: place.line,
    owner: user === undefined ? of.owner : { name: user, from: 'unit' },
    notes: [...notesOf(timer, unit)],
    evidence: `${serviceTexts.map(({ text }) => text).join('\n')}\n${scriptsOf(site.tree, command.join('; '))}`,
    seam: seamOf(service, unit, serviceTexts, of.dropInFolder),
    ...(description !== undefined && { description: instantiated(description, service) }),
    ...(of.package !== undefined && { package: of.package }),
    ...(stopped !== undefined && { stopped }),
  }
}

const REPEATING = ['OnUnitActiveSec', 'OnUnitInactiveSec']
const ONCE = ['OnActiveSec', 'OnBootSec', 'OnStartupSec']
const DROP_IN = 'overdue.conf'

export function whenOfTimer(timer: Unit, zone: string): When {
  const calendars = valuesOf(timer, 'Timer.OnCalendar')
  const repeats = REPEATING.flatMap((key) => valuesOf(timer, `Timer.${key}`).map((value) => ({ key, value })))
  const starts = ONCE.flatMap((key) => valuesOf(timer, `Timer.${key}`).map((value) => ({ key, value })))
  const written = [
    ...calendars.map((value) => `OnCalendar=${value}`),
    ...[...starts, ...repeats].map(({ key, value }) => `${key}=${value}`),
  ].join(' ')
  const late = spanOf(timer, 'RandomizedDelaySec', 0) + Math.max(0, spanOf(timer, 'AccuracySec', MINUTE) - MINUTE)
  const patient = (when: When): When => (late === 0 ? when : delayed(when, late))
  if (calendars.length > 0 && repeats.length > 0)
    return { written, why: 'it has a calendar and an interval, and a heartbeat has one of them' }
  if (calendars.length > 0) {
    const whens = [...new Set(calendars)].map((calendar) =>
      whenOf(calendar, { kind: 'calendar', calendar: plain(calendar), zone: zoneOf(calendar) ?? zone }),
    )
    return { ...patient(oneOf(whens)), written }
  }
  const spans = repeats.map(({ value }) => systemdSpan(value))
  if (spans.some((span) => span === undefined)) return { written, why: 'an interval that is no span of time' }
  if (spans.length > 0)
    return { ...patient(whenOf(written, { kind: 'every', every: Math.min(...(spans as number[])) })), written }
  if (starts.length > 0) return { written, schedule: { kind: 'none' } }
  return {
    written,
    why:
      valuesOf(timer, 'Timer.OnClockChange').length > 0 ? 'it waits for the clock to change' : 'no On…= line says when',
  }
}

/** A zone at the end of a calendar becomes the schedule's own, so that it is shown as such. */
function zoneOf(calendar: string): string | undefined {
  const parsed = parseCalendar(calendar)
  return isWrong(parsed) ? undefined : parsed.value.zone?.name
}

function plain(calendar: string): string {
  return zoneOf(calendar) === undefined ? calendar : calendar.trim().replace(/\s+\S+$/, '')
}

function spanOf(timer: Unit, key: string, otherwise: number): number {
  return systemdSpan(lastOf(timer, `Timer.${key}`) ?? '') ?? otherwise
}

function* notesOf(timer: Unit, unit: Unit): Iterable<string> {
  const delay = lastOf(timer, 'Timer.RandomizedDelaySec')
  if (delay !== undefined) yield `starts up to ${delay} late, at random`
  if (valuesOf(timer, 'Timer.OnCalendar').length > 0 && !isTrue(lastOf(timer, 'Timer.Persistent')))
    yield 'not Persistent: a start that falls into a downtime is left out'
  if (isTrue(lastOf(unit, 'Service.PrivateNetwork'))) yield 'PrivateNetwork: it can reach no gateway'
}

function seamOf(service: string, unit: Unit, texts: readonly UnitText[], folder: string): Seam | string {
  if (texts.length === 0) return 'it has no service'
  if (isTrue(lastOf(unit, 'Service.PrivateNetwork'))) return 'its service has no network'
  const file = `${folder === '' ? '' : `${folder}/`}${service}.d/${DROP_IN}`
  return texts.some((text) => text.file === file) ? `${file} is there already` : { kind: 'drop-in', file }
}

/** `%i` and `%I` of an instance; what else begins with `%` stays. */
function instantiated(text: string, name: string): string {
  const instance = /@([^@]*)\.(?:timer|service)$/.exec(name)?.[1]
  return instance === undefined
    ? text
    : text.replaceAll(/%[iI]/g, instance).replace(/^([^@\s]+@)(\.service)$/, `$1${instance}$2`)
}
