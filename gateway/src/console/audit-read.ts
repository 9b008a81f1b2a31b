// What `overdue audit --json` printed, as somebody uploads it: JSON and nothing else, bounded, and taken for no more than text.
import { type Checked, isWrong, type Problem } from '../domain/problem.ts'

export type AuditJob = {
  readonly name: string
  readonly kind: string
  readonly group: string
  readonly command: string
  /** In words. */
  readonly when: string
  /** The keys of a heartbeat; undefined where no heartbeat can say it. */
  readonly schedule: Readonly<Record<string, string>> | undefined
  readonly why: string
  readonly next: readonly string[]
  readonly owner: string
  readonly description: string
  readonly place: string
  readonly pings: readonly { readonly service: string; readonly name: string }[]
  readonly package: string
  readonly stopped: string
  readonly notes: readonly string[]
}

export type AuditRead = {
  readonly at: string
  readonly jobs: readonly AuditJob[]
  readonly blind: readonly { readonly where: string; readonly why: string }[]
}

/** Characters of an upload. */
export const LONGEST_AUDIT = 2_000_000

export function readAudit(text: string): Checked<AuditRead> {
  if (text.trim() === '') return wrong('the output of overdue audit --json', 'nothing')
  if (text.length > LONGEST_AUDIT) return wrong(`at most ${LONGEST_AUDIT} characters`, `${text.length}`)
  const value = parsed(text)
  if (isWrong(value)) return value
  const { jobs, blind, at } = mapOf(value.value)
  if (!Array.isArray(jobs)) return wrong('the output of overdue audit --json, with a list of jobs', 'other JSON')
  if (jobs.length > MOST_JOBS) return wrong(`at most ${MOST_JOBS} jobs`, `${jobs.length}`)
  const places = Array.isArray(blind) ? blind.slice(0, MOST_JOBS) : []
  return {
    value: {
      at: textOf(at),
      jobs: jobs.map((job) => jobOf(mapOf(job))),
      blind: places.map(mapOf).map(({ where, why }) => ({ where: textOf(where), why: textOf(why) })),
    },
  }
}

const MOST_JOBS = 5_000
const LONGEST_TEXT = 2_000
const MOST_ITEMS = 20

function jobOf(job: Fields): AuditJob {
  const place = [textOf(job['file']), textOf(job['line'])].filter((part) => part !== '').join(':')
  return {
    ...{ name: textOf(job['name']), kind: textOf(job['kind']), group: textOf(job['group']) },
    ...{ command: textOf(job['command']), when: textOf(job['words']) || textOf(job['written']) },
    schedule: scheduleOf(job['schedule']),
    ...{ why: textOf(job['why']), next: textsOf(job['next']), owner: textOf(job['owner']) },
    ...{ description: textOf(job['description']), place },
    pings: listOf(job['pings'])
      .map(mapOf)
      .map(({ service, name }) => ({ service: textOf(service), name: textOf(name) })),
    ...{ package: textOf(job['package']), stopped: textOf(job['stopped']), notes: textsOf(job['notes']) },
  }
}

/** Keys that the form for a new heartbeat knows. */
const SCHEDULE_KEYS = ['every', 'cron', 'calendar', 'window', 'on', 'zone', 'grace'] as const

function scheduleOf(value: unknown): AuditJob['schedule'] {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = mapOf(value)
  return Object.fromEntries(
    SCHEDULE_KEYS.map((key) => [key, textOf(fields[key])] as const).filter(([, text]) => text !== ''),
  )
}

type Fields = Readonly<Record<string, unknown>>

function mapOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, MOST_ITEMS) : []
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value)
    .map(textOf)
    .filter((text) => text !== '')
}

function textOf(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : ''
}

function parsed(text: string): Checked<unknown> {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (error) {
    return wrong('JSON', error instanceof Error ? error.message : 'something else')
  }
}

function wrong(expected: string, found: string): { readonly problems: readonly Problem[] } {
  return { problems: [{ path: 'audit', expected, found }] }
}
