// Random cron lines around changes of the clock against the main loop of Debian's cron (cron.c of 3.0pl1-162),
// played minute by minute: which jobs it starts when the wall clock jumps. It shares no code with the domain.
import { describe, expect, it } from 'vitest'
import { nextFiring, parseCron, previousFiring } from '../src/domain/cron.ts'
import { formatProblem, isWrong } from '../src/domain/problem.ts'
import { type Zone, zoneNamed } from '../src/domain/zone.ts'

const CASES = Number(process.env['DIFFERENTIAL_CASES'] ?? 10_000)
const LINES_PER_CHANGE = 100

const ZONES = [
  ...['Europe/Riga', 'Europe/Dublin', 'America/New_York', 'America/Sao_Paulo', 'America/Nuuk', 'America/St_Johns'],
  ...['Australia/Lord_Howe', 'Asia/Kathmandu', 'Asia/Beirut', 'Africa/Casablanca', 'Pacific/Apia', 'Asia/Tehran'],
  ...['Antarctica/Troll', 'Antarctica/Casey', 'America/Havana', 'Africa/Cairo', 'Asia/Gaza', 'Pacific/Kwajalein'],
  ...['UTC', 'Asia/Kolkata'],
]

describe("cron lines against Debian's cron", () => {
  it('fires at the same instants around each change of the clock', { timeout: 300_000 }, () => {
    const differences: string[] = []
    for (let compared = 0; compared < CASES; ) {
      const zone = pick(ZONES)
      const minutes = minutesAround(zone)
      for (let n = 0; n < LINES_PER_CHANGE && compared < CASES; n++, compared++) {
        const line = anyLine()
        const theirs = starts(line, minutes)
        const ours = firings(line, zoneNamed(zone) as Zone, minutes)
        if (JSON.stringify(theirs) !== JSON.stringify(ours)) differences.push(difference(line, zone, theirs, ours))
      }
    }
    console.log(`cron.c: ${CASES} lines compared, ${differences.length} differ`)
    expect(differences.slice(0, 20)).toEqual([])
  })
})

/** `wall` counts minutes as the daemon does: local time read as if it were UTC. */
type Minute = { readonly instant: number; readonly wall: number }

/** A day and a half before and after some change between 1975 and 2035, or around any instant. */
function minutesAround(zone: string): readonly Minute[] {
  const any = Temporal.Instant.fromEpochMilliseconds(
    Date.UTC(1975, 0, 1) + Math.floor(random() * 60 * 31_556_952) * 1000,
  )
  const change = any.toZonedDateTimeISO(zone).getTimeZoneTransition('next')?.toInstant() ?? any
  const first = Math.floor(change.epochMilliseconds / 60_000) - 2_160
  return Array.from({ length: 4_320 }, (_, index) => {
    const instant = (first + index) * 60_000
    const { offsetNanoseconds } = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone)
    return { instant, wall: Math.floor((instant + offsetNanoseconds / 1e6) / 60_000) }
  })
}

/** The main loop. One departure: it ignores what a jump of over three hours skips; we run it like any other. */
function starts(line: string, minutes: readonly Minute[]): number[] {
  const job = entry(line)
  const found = new Set<number>()
  let virtualTime = (minutes[0] as Minute).wall
  for (const { instant, wall: timeRunning } of minutes.slice(1)) {
    const findJobs = (minute: number, doWild: boolean, doNonWild: boolean): void => {
      if ((job.isWild ? doWild : doNonWild) && job.matches(minute)) found.add(instant)
    }
    const timeDiff = timeRunning - virtualTime
    if (timeDiff === 1) {
      virtualTime = timeRunning
      findJobs(virtualTime, true, true)
    } else if (timeDiff > 5) {
      findJobs(timeRunning, true, false)
      while (virtualTime < timeRunning) findJobs(++virtualTime, false, true)
    } else if (timeDiff > 0) {
      while (virtualTime < timeRunning) findJobs(++virtualTime, true, true)
    } else if (timeDiff > -180) {
      findJobs(timeRunning, true, false)
    } else {
      virtualTime = timeRunning
      findJobs(timeRunning, true, true)
    }
  }
  return [...found]
}

function entry(line: string): { readonly isWild: boolean; readonly matches: (minute: number) => boolean } {
  const [minute, hour, date, month, day] = line.split(' ') as [string, string, string, string, string]
  const [minutes, hours, dates, months] = [
    list(minute, 0, 59),
    list(hour, 0, 23),
    list(date, 1, 31),
    list(month, 1, 12),
  ]
  const days = list(day, 0, 7)
  if (days.has(0) || days.has(7)) days.add(0).add(7)
  const isBoth = date.startsWith('*') || day.startsWith('*')
  return {
    isWild: minute.startsWith('*') || hour.startsWith('*'),
    matches: (wall) => {
      const tm = new Date(wall * 60_000)
      if (!minutes.has(tm.getUTCMinutes()) || !hours.has(tm.getUTCHours()) || !months.has(tm.getUTCMonth() + 1))
        return false
      const [isDate, isDay] = [dates.has(tm.getUTCDate()), days.has(tm.getUTCDay())]
      return isBoth ? isDate && isDay : isDate || isDay
    },
  }
}

function list(text: string, low: number, high: number): Set<number> {
  const bits = new Set<number>()
  for (const item of text.split(',')) {
    const [range, step = '1'] = item.split('/') as [string, string?]
    const [first, last = first] = range === '*' ? [low, high] : range.split('-').map(Number)
    for (let value = first as number; value <= (last as number); value += Number(step)) bits.add(value)
  }
  return bits
}

function firings(line: string, zone: Zone, minutes: readonly Minute[]): number[] {
  const parsed = parseCron(line)
  if (isWrong(parsed)) throw new Error(parsed.problems.map(formatProblem).join())
  const found: number[] = []
  const last = (minutes.at(-1) as Minute).instant
  for (let due = (minutes[0] as Minute).instant; ; ) {
    due = nextFiring(parsed.value, zone, due)
    if (due > last) return found
    if (previousFiring(parsed.value, zone, due) !== due) throw new Error(`${line} does not find its way back to ${due}`)
    found.push(due)
  }
}

function difference(line: string, zone: string, theirs: readonly number[], ours: readonly number[]): string {
  const only = (some: readonly number[], others: readonly number[]) =>
    some
      .filter((instant) => !others.includes(instant))
      .slice(0, 3)
      .map((instant) => new Date(instant).toISOString())
  return `${line} in ${zone}: only cron.c ${only(theirs, ours)}, only ours ${only(ours, theirs)}`
}

function anyLine(): string {
  const date = random() < 0.6 ? '*' : field(1, 28)
  const day = random() < 0.6 ? '*' : field(0, 7)
  return `${field(0, 59)} ${random() < 0.3 ? field(0, 4) : field(0, 23)} ${date} ${random() < 0.9 ? '*' : field(1, 12)} ${day}`
}

function field(low: number, high: number): string {
  const item = () => {
    const chance = random()
    const step = random() < 0.5 ? `/${within(1, Math.ceil((high - low) / 2))}` : ''
    if (chance < 0.25) return `*${step}`
    const start = within(low, high)
    return chance < 0.5 ? `${start}-${within(start, high)}${step}` : `${start}`
  }
  return Array.from({ length: random() < 0.3 ? 2 : 1 }, item).join(',')
}

let seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 1)

/** mulberry32 */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T
}

function within(low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}
