// Random OnCalendar texts, zones and instants against the machine's own `systemd-analyze calendar`.
import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { nextElapse, parseCalendar, previousElapse } from '../src/domain/calendar.ts'
import { isWrong } from '../src/domain/problem.ts'
import { DAY, HOUR, NEVER } from '../src/domain/time.ts'
import { spanAt, wallAt, type Zone, zoneNamed } from '../src/domain/zone.ts'

const isMissing = spawnSync('systemd-analyze', ['calendar', 'daily']).status !== 0
const ROUNDS = Number(process.env['DIFFERENTIAL_ROUNDS'] ?? 250)
const TEXTS_PER_ROUND = 12
const ITERATIONS = 4

/**
 * systemd leaves the choice around a change of the clock to mktime(), which goes by the offset it met last. Left out
 * here, because the answer depends on that: the zones in which it skips a day for it (gaps from 00:01 or of two hours,
 * and Dublin and Casablanca, whose summer time is the standard), and the pass that a `~` date takes, which asks for another month.
 */
const ZONES = [
  ...['UTC', 'Europe/Riga', 'America/New_York', 'America/Sao_Paulo', 'America/Nuuk'],
  ...['Australia/Lord_Howe', 'Asia/Kathmandu', 'Asia/Beirut', 'Europe/Athens', 'Pacific/Apia'],
  ...['Asia/Tehran', 'America/Havana', 'Africa/Cairo', 'America/Los_Angeles', 'Europe/London', 'Pacific/Auckland'],
]

/** The zone data of the machine and of Node differ about the future; about this past they agree. */
const FIRST = Date.UTC(1990, 0, 1)
const LAST = Date.UTC(2025, 0, 1)

describe('OnCalendar against systemd-analyze', () => {
  it.skipIf(isMissing)('elapses at the same instants, and refuses the same texts', { timeout: 600_000 }, () => {
    const differences: string[] = []
    let compared = 0
    let refused = 0
    let surrendered = 0
    for (let round = 0; round < ROUNDS; round++) {
      const name = pick(ZONES)
      const zone = zoneNamed(name) as Zone
      const wall = (instant: number) => wallAt(zone, instant)
      const base = baseIn(zone)
      for (const [text, theirs] of elapsesOf(
        base,
        Array.from({ length: TEXTS_PER_ROUND }, () => `${anyText()} ${name}`),
      )) {
        if (theirs === 'gave up') {
          surrendered++
          continue
        }
        const ours = oursOf(text, zone, base, theirs?.length ?? 0)
        const isKnown = (instant: number) => instant <= LAST + 300 * DAY && !isLost(text, zone, instant)
        const known = theirs?.filter(isKnown)
        const same = ours?.filter(isKnown).slice(0, known?.length)
        compared++
        if (theirs === undefined) refused++
        if (!isSame(known, same) && !(text.includes('~') && isSame(known?.map(wall), same?.map(wall)))) {
          differences.push(`${text} from ${written(base)}: ${known?.map(written)} but ${same?.map(written)}`)
        }
      }
    }
    console.log(
      `systemd-analyze: ${compared} texts compared, ${refused} refused by it, ${surrendered} where it gave up, ${differences.length} differ`,
    )
    expect(differences.slice(0, Number(process.env['DIFFERENTIAL_SHOW'] ?? 20))).toEqual([])
  })
})

/** Only a search that begins right behind such an instant sees it; one that comes from before does not. */
function isLost(text: string, zone: Zone, instant: number): boolean {
  const parsed = parseCalendar(text)
  return !isWrong(parsed) && parsed.value.isLost?.(wallAt(zone, instant)) === true
}

/** Half of them near a change of the clock; never inside the second pass of a repeated hour (see calendar.ts). */
function baseIn(zone: Zone): number {
  const any = Math.floor((FIRST + random() * (LAST - FIRST)) / 1000) * 1000
  const span = spanAt(zone, any)
  const near = span.from > FIRST && random() < 0.6 ? span.from + Math.floor((random() - 0.7) * 72) * (HOUR / 2) : any
  const here = spanAt(zone, near)
  return near + here.offset < here.reached ? any : near
}

function oursOf(text: string, zone: Zone, base: number, count: number): number[] | undefined {
  const parsed = parseCalendar(text)
  if (isWrong(parsed)) return parsed.problems[0]?.expected.includes('elapses') ? [] : undefined
  const instants: number[] = []
  for (let due = base; instants.length < Math.max(count, 1); ) {
    due = nextElapse(parsed.value, zone, due)
    if (due === NEVER) break
    expect(previousElapse(parsed.value, zone, due)).toBe(due)
    instants.push(due)
  }
  return count === 0 && instants[0] === undefined ? [] : instants
}

function isSame(some: readonly number[] | undefined, others: readonly number[] | undefined): boolean {
  return JSON.stringify(some) === JSON.stringify(others)
}

/** Undefined for a text that is refused, an empty list for one that never elapses again; its loop detection gives up. */
function elapsesOf(base: number, texts: readonly string[]): (readonly [string, number[] | undefined | 'gave up'])[] {
  const at = new Date(base).toISOString().slice(0, 19).replace('T', ' ')
  const command = ['calendar', `--base-time=${at} UTC`, `--iterations=${ITERATIONS}`, '--', ...texts]
  const { stdout, stderr } = spawnSync('systemd-analyze', command, {
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  })
  const blocks = stdout.split('\n\n')
  const found = new Map<string, number[]>()
  for (const block of blocks) {
    // The original form is printed only where it is not the normal one.
    const form = /Original form: (.*)/.exec(block)?.[1] ?? /Normalized form: (.*)/.exec(block)?.[1]
    const elapses = [...block.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+) (\S+) UTC/g)]
    // A block without an elapse is one that it gave up on: an end is printed as `never`.
    if (form !== undefined && block.includes('Next elapse'))
      found.set(
        form,
        elapses.map(([, day, time]) => Date.parse(`${day}T${time}Z`)),
      )
  }
  return texts.map(
    (text) => [text, found.get(text) ?? (stderr.includes(`specification '${text}'`) ? undefined : 'gave up')] as const,
  )
}

let seed = Number(process.env['DIFFERENTIAL_SEED'] ?? 1)

/** mulberry32 */
function random(): number {
  seed = (seed + 0x6d2b79f5) | 0
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}

function pick<T>(list: readonly T[]): T {
  return list[Math.floor(random() * list.length)] as T
}

function within(low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

function anyText(): string {
  const nicknames = ['minutely', 'hourly', 'daily', 'weekly', 'monthly', 'quarterly', 'semiannually', 'yearly']
  if (random() < 0.08) return pick(nicknames)
  const parts: string[] = []
  if (random() < 0.35) parts.push(weekdays())
  if (random() < 0.7) parts.push(date())
  if (parts.length === 0 || random() < 0.85) parts.push(time())
  return parts.join(' ')
}

function weekdays(): string {
  const names = ['Mon', 'Tue', 'wed', 'Thursday', 'Fri', 'SAT', 'Sun']
  const item = () => (random() < 0.4 ? `${pick(names)}..${pick(names)}` : pick(names))
  return Array.from({ length: within(1, 2) }, item).join(',')
}

function date(): string {
  const year = random() < 0.85 ? '' : `${random() < 0.5 ? within(1990, 2030) : chain(1990, 2030)}-`
  const separator = random() < 0.2 ? '~' : '-'
  return `${year || pick(['*-', ''])}${random() < 0.6 ? '*' : chain(1, 12)}${separator}${random() < 0.3 ? '*' : chain(1, separator === '~' ? 8 : 31)}`
}

function time(): string {
  const hour = random() < 0.35 ? '*' : chain(0, random() < 0.5 ? 4 : 23)
  const minute = random() < 0.15 ? '*' : chain(0, 59)
  return `${hour}:${minute}${random() < 0.3 ? `:${random() < 0.2 ? '*' : chain(0, 59)}` : ''}`
}

function chain(low: number, high: number): string {
  const item = () => {
    const start = within(low, high)
    const stop = random() < 0.25 ? `..${within(random() < 0.9 ? start : low, high)}` : ''
    const repeat = random() < 0.25 ? `/${within(1, Math.max(1, Math.floor((high - low) / 3)))}` : ''
    return `${String(start).padStart(random() < 0.5 ? 2 : 1, '0')}${stop}${repeat}`
  }
  return Array.from({ length: random() < 0.25 ? 2 : 1 }, item).join(',')
}

function written(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19)
}
