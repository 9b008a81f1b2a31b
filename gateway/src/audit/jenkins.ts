// Jenkinsfiles with `triggers { cron('H 2 * * *') }`. `H` stands for a number that Jenkins makes of the job's name: it
// stays the same, and nobody but Jenkins knows it.
import { DAY, HOUR, MINUTE } from '../domain/time.ts'
import type { Found, When } from './job.ts'
import { baseName, folderOf, type Site } from './site.ts'
import { cronWhen, oneOf, whenOf } from './when.ts'

export function jenkinsJobs(site: Site, file: string, whole: string): readonly Found[] {
  const text = whole.slice(0, MOST_READ)
  if (text !== whole) site.blind.push({ where: file, why: `beyond its first ${MOST_READ} characters`, kind: 'jenkins' })
  const jobs: Found[] = []
  for (const match of text.matchAll(CALL)) {
    const written = match[1] ?? match[2] ?? match[3] ?? match[4] ?? ''
    const before = text.slice(text.lastIndexOf('\n', match.index) + 1, match.index)
    if (/^\s*(?:\/\/|\*)/.test(before)) continue
    const zone = /^\s*TZ\s*=\s*(\S+)/m.exec(written)?.[1]
    const lines = written.split(/\n|\\n/).map((line) => line.trim())
    const schedules = lines
      .filter((line) => line !== '' && !/^(?:#|TZ\s*=)/.test(line))
      .map((line) => line.replace(/\s*%.*$/, ''))
    const hasVariable = /\$/.test(match[2] ?? match[4] ?? '')
    jobs.push({
      kind: 'jenkins',
      group: site.group,
      title: titleOf(file),
      command: `${baseName(file)}`,
      when: hasVariable
        ? { written, why: 'a variable fills it in' }
        : oneOf(schedules.map((line) => whenOfLine(line, zone ?? site.zone))),
      file,
      line: text.slice(0, match.index).split('\n').length,
      notes: zone === undefined ? [`no TZ=: it runs in the zone of the Jenkins controller, taken as ${site.zone}`] : [],
      evidence: text,
      seam: 'a ping goes into post { success { … } }',
    })
  }
  return jobs
}

const MOST_READ = 65_536
/** `''' … '''` and `""" … """` may have several lines. */
const CALL = /\b(?:cron|parameterizedCron)\s*\(?\s*(?:'''([\s\S]*?)'''|"""([\s\S]*?)"""|'([^'\n]*)'|"([^"\n]*)")/g

const WORDS: Readonly<Record<string, string>> = {
  '@hourly': 'H * * * *',
  '@daily': 'H H * * *',
  '@midnight': 'H H(0-2) * * *',
  '@weekly': 'H H * * H',
  '@monthly': 'H H H * *',
  '@yearly': 'H H H H *',
  '@annually': 'H H H H *',
}

/** A folder's name says more than that of the file. */
function titleOf(file: string): string {
  const name = baseName(file)
  const plain = name.replace(/\.?jenkinsfile\.?/i, '').replace(/\.groovy$/, '')
  return plain || baseName(folderOf(file)) || 'jenkins'
}

/** Exact where `H` leaves no doubt about how often; a window where it leaves the time of day open. */
export function whenOfLine(line: string, zone: string): When {
  const written = line.replaceAll(/\s+/g, ' ')
  const fields = (WORDS[written] ?? written).split(' ')
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields
  if (fields.length !== 5) return { written, why: 'expected five fields' }
  if (!fields.some((field) => /H/.test(field))) return cronWhen(written, zone)
  const known = { written, ...(written !== fields.join(' ') && { written: `${written} (${fields.join(' ')})` }) }
  const isEveryDay = day === '*' && month === '*' && weekday === '*'
  const every = (duration: number, grace?: number): When => ({
    ...whenOf(written, { kind: 'every', every: duration }, grace),
    ...known,
  })
  const step = /^H\/(\d+)$/
  if (isEveryDay && hour === '*') {
    if (isAny(minute)) return every(HOUR)
    const minutes = Number(step.exec(minute)?.[1])
    // In the last stretch of an hour that does not divide evenly, Jenkins is early or late once.
    if (minutes > 0 && minutes < 60) return every(minutes * MINUTE, 60 % minutes === 0 ? undefined : minutes * MINUTE)
  }
  const hours = Number(step.exec(hour)?.[1])
  if (isEveryDay && (isAny(minute) || /^\d+$/.test(minute)) && hours > 0 && hours < 24)
    return every(hours * HOUR, 24 % hours === 0 ? undefined : hours * HOUR)
  const opens = rangeOf(hour, 23)
  const inside = rangeOf(minute, 59)
  if (opens === undefined || inside === undefined || month !== '*')
    return { ...known, why: 'Jenkins picks the day by itself' }
  if (weekday === 'H' && day === '*') return every(7 * DAY)
  if (isAny(day) && weekday === '*') return every(31 * DAY)
  const on = onOf(day, weekday)
  if (on === undefined) return { ...known, why: 'its days are no window that a heartbeat can have' }
  const [from, until] = [opens[0] * 60 + inside[0], opens[1] * 60 + inside[1] + 1]
  return { ...whenOf(written, { kind: 'window', window: `${clock(from)}-${clock(until)}`, on, zone }), ...known }
}

function isAny(field: string): boolean {
  return /^H(?:\(\d+-\d+\))?$/.test(field)
}

/** What values a field may have: a number, `H`, or `H(0-7)`; undefined for more than one of them a time. */
function rangeOf(field: string, last: number): readonly [number, number] | undefined {
  if (field === 'H') return [0, last]
  const [, first, end] = /^(?:H\()?(\d+)(?:-(\d+)\))?$/.exec(field) ?? []
  if (
    first === undefined ||
    (end === undefined && field.startsWith('H')) ||
    (end !== undefined && !field.startsWith('H'))
  )
    return undefined
  return Number(end ?? first) <= last ? [Number(first), Number(end ?? first)] : undefined
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

function onOf(day: string, weekday: string): string | undefined {
  if (day !== '*' && weekday !== '*') return undefined
  if (day !== '*') return /^\d+(?:[-,]\d+)*$/.test(day) ? day : undefined
  if (weekday === '*') return ''
  if (!/^[0-7](?:[-,][0-7])*$/.test(weekday))
    return /^[a-z]{3}(?:[-,][a-z]{3})*$/i.test(weekday) ? weekday.toLowerCase() : undefined
  return weekday.replaceAll(/\d/g, (number) => WEEKDAYS[Number(number)] as string)
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}
