// Celery's beat: what a `beat_schedule` and `add_periodic_task` say in Python files, as far as it can be read without
// running them.
import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.ts'
import type { Found, When } from './job.ts'
import { lineCounter } from './line-counter.ts'
import { type Python, readPython } from './python.ts'
import type { Site } from './site.ts'
import { cronWhen, whenOf } from './when.ts'

export function celeryJobs(site: Site, file: string, text: string): readonly Found[] {
  const lineAt = lineCounter(text)
  const zone = /(?:^|\W)(?:CELERY_TIMEZONE|timezone)\s*=\s*["']([A-Za-z_/+-]+)["']/m.exec(text)?.[1]
  const job = (title: string, task: string, when: When, line: number): Found => ({
    ...{ kind: 'celery', group: site.group, title, command: task, when, file, line },
    notes: zone === undefined ? ['no timezone in this file: taken as UTC'] : [],
    seam: 'a ping goes into the task',
  })
  const jobs: Found[] = []
  for (const match of text.matchAll(ASSIGNED)) {
    const { value } = readPython(text, match.index + match[0].length)
    const where = `${file}:${lineAt(match.index)}`
    if (value.kind !== 'map')
      site.blind.push({ where, why: 'a schedule that is made while the program runs', kind: 'celery' })
    else
      for (const [index, [key, entry]] of value.entries.entries()) {
        const line = value.lines[index] as number
        const [schedule, task] = [entryOf(entry, 'schedule'), entryOf(entry, 'task')]
        if (schedule === undefined)
          site.blind.push({
            where: `${file}:${line}`,
            why: 'an entry without a schedule that can be read',
            kind: 'celery',
          })
        else
          jobs.push(
            job(
              nameOf(key) ?? nameOf(task) ?? 'task',
              nameOf(task) ?? '',
              whenOfSchedule(schedule, zone ?? 'UTC'),
              line,
            ),
          )
      }
  }
  for (const match of text.matchAll(ADDED)) {
    const { value } = readPython(text, match.index + 1)
    if (value.kind !== 'call') continue
    const [schedule, signature] = value.args
    const task =
      signature?.kind === 'call' ? signature.name.replace(/\.(?:s|si|signature)$/, '') : (nameOf(signature) ?? 'task')
    const name = nameOf(value.named.get('name')) ?? task
    if (schedule !== undefined) jobs.push(job(name, task, whenOfSchedule(schedule, zone ?? 'UTC'), lineAt(match.index)))
  }
  if (/django_celery_beat|DatabaseScheduler/.test(text))
    site.blind.push({ where: file, why: 'Celery keeps schedules in a database', kind: 'celery' })
  return jobs
}

/** Whether a file is worth reading. */
export function speaksOfBeat(text: string): boolean {
  return /beat_schedule|BEAT_SCHEDULE|CELERYBEAT_SCHEDULE|add_periodic_task|django_celery_beat/.test(text)
}

const ASSIGNED = /(?:^|[\s.(,])(?:beat_schedule|\w{0,40}BEAT_SCHEDULE)\s{0,8}(?::[\w[\], .]{1,80})?=\s*(?!=)/g
const ADDED = /[\s.][\w.]{0,80}add_periodic_task(?=\()/g

function entryOf(map: Python, key: string): Python | undefined {
  if (map.kind === 'call') return map.named.get(key)
  if (map.kind !== 'map') return undefined
  return map.entries.find(([name]) => nameOf(name) === key)?.[1]
}

function nameOf(value: Python | undefined): string | undefined {
  return value?.kind === 'text' && value.text !== '' ? value.text : undefined
}

function whenOfSchedule(value: Python, zone: string): When {
  const written = describe(value)
  if (value.kind === 'number') return whenOf(written, { kind: 'every', every: Math.round(value.number * SECOND) })
  if (value.kind !== 'call') return { written, why: 'it is made while the program runs' }
  const name = value.name.replace(/^.*\./, '')
  if (name === 'timedelta') return whenOfDelta(value, written)
  if (name === 'schedule') {
    const inner = value.args[0] ?? value.named.get('run_every')
    return inner === undefined ? { written, why: 'it says no interval' } : { ...whenOfSchedule(inner, zone), written }
  }
  if (name === 'crontab') return whenOfCrontab(value, written, zone)
  return { written, why: name === 'solar' ? 'it follows the sun' : `nobody but Python knows ${name}()` }
}

type Call = Extract<Python, { kind: 'call' }>

const DELTA = {
  days: DAY,
  seconds: SECOND,
  microseconds: 0.001,
  milliseconds: 1,
  minutes: MINUTE,
  hours: HOUR,
  weeks: 7 * DAY,
}

function whenOfDelta(call: Call, written: string): When {
  const units = Object.entries(DELTA)
  const said = [...call.args.map((value, index) => [units[index]?.[0] ?? '', value] as const), ...call.named]
  let total = 0
  for (const [unit, value] of said) {
    const size = units.find(([name]) => name === unit)?.[1]
    if (size === undefined || value.kind !== 'number')
      return { written, why: 'a span that is made while the program runs' }
    total += value.number * size
  }
  return whenOf(written, { kind: 'every', every: Math.round(total) })
}

const FIELDS = ['minute', 'hour', 'day_of_month', 'month_of_year', 'day_of_week']
/** The order of crontab()'s arguments without names. */
const POSITIONS = ['minute', 'hour', 'day_of_week', 'day_of_month', 'month_of_year']

function whenOfCrontab(call: Call, written: string, zone: string): When {
  const fields = FIELDS.map((field) => {
    const value = call.named.get(field) ?? call.args[POSITIONS.indexOf(field)]
    if (value === undefined) return '*'
    if (value.kind === 'list') return value.items.map(plain).join(',')
    return plain(value).replaceAll(' ', '')
  })
  if (fields.includes('')) return { written, why: 'a field that is made while the program runs' }
  const [, , day = '', , weekday = ''] = fields
  if (!day.startsWith('*') && !weekday.startsWith('*'))
    return { written, why: 'Celery wants day of month and day of week to match both, a cron line either' }
  return {
    ...cronWhen(fields.map((field) => field.replaceAll(/[A-Za-z]{4,}/g, (name) => name.slice(0, 3))).join(' '), zone),
    written,
  }
}

function plain(value: Python): string {
  if (value.kind === 'number') return String(value.number)
  return value.kind === 'text' ? value.text : ''
}

function describe(value: Python): string {
  if (value.kind === 'number') return `every ${value.number} s`
  if (value.kind === 'call') {
    const named = [...value.named].map(([name, inner]) => `${name}=${describe(inner)}`)
    return `${value.name}(${[...value.args.map(describe), ...named].join(', ')})`.replaceAll(/every (\S+) s/g, '$1')
  }
  if (value.kind === 'list') return `[${value.items.map(describe).join(', ')}]`
  return value.kind === 'text' ? `'${value.text}'` : value.kind === 'map' ? '{…}' : value.text
}
