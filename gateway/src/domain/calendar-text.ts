// The parts of an OnCalendar text: weekdays, and chains of numbers with ranges and repeats, bounded as systemd
// bounds them. Which instants they make is not decided here.

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
export const EVERY_DAY: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 6])

/** `0` is Sunday; a range runs from Monday to Sunday and not around. */
export function weekdaysOf(text: string): ReadonlySet<number> | undefined {
  const days = new Set<number>()
  // A trailing comma is allowed.
  for (const item of text.replace(/,$/, '').split(',')) {
    const [first, last, ...more] = item.split(/\.\.|-/).map(weekdayNumber)
    const end = item.includes('.') || item.includes('-') ? last : first
    if (first === undefined || end === undefined || more.length > 0 || first > end) return undefined
    for (let day = first; day <= end; day++) days.add(day % 7)
  }
  return days
}

/** Monday is 1, Sunday is 7. */
function weekdayNumber(text: string): number | undefined {
  const name = text.toLowerCase()
  const index = WEEKDAYS.findIndex((weekday) => name === weekday || name === weekday.slice(0, 3))
  return index < 0 ? undefined : index || 7
}

/** One part of a chain: `5`, `1..7`, `0/15`, `8..18/2`. Without a repeat it is its first value alone. */
export type Part = { readonly start: number; readonly stop: number | undefined; readonly repeat: number }
export type Chain = '*' | readonly Part[]

/** Reads and bounds a chain as systemd's chain_valid() does; undefined when it would refuse. */
export function chain(
  text: string,
  low: number,
  high: number,
  fix: (value: number) => number = (value) => value,
  isFromEnd = false,
): Chain | undefined {
  if (text === '*') return '*'
  const parts: Part[] = []
  for (const item of text.split(',')) {
    const match = /^(\d+)(?:\.\.(\d+))?(?:\/(\d+))?$/.exec(item)
    if (match === null) return undefined
    const start = fix(Number(match[1]))
    let stop = match[2] === undefined ? undefined : fix(Number(match[2]))
    let repeat = match[3] === undefined ? (stop === undefined ? 0 : 1) : Number(match[3])
    if (match[3] !== undefined && repeat === 0) return undefined
    if (start < low || start > high || (stop !== undefined && (stop < start || stop > high))) return undefined
    // A repeat that cannot happen once inside its range is dropped; without a range it is an error.
    if (stop !== undefined) stop -= (stop - start) % Math.max(repeat, 1)
    if (stop !== undefined && start + repeat > stop) [stop, repeat] = [undefined, 0]
    if (repeat > high - low) return undefined
    if (stop === undefined && (isFromEnd ? start - repeat < low : start + repeat > high)) return undefined
    parts.push({ start, stop, repeat })
  }
  return parts.length <= MOST_PARTS ? parts : undefined
}

const MOST_PARTS = 240

export function* members(parts: Chain, low: number, high: number): Generator<number> {
  if (parts === '*') for (let value = low; value <= high; value++) yield value
  else {
    for (const { start, stop = high, repeat } of parts) {
      yield start
      if (repeat > 0) for (let value = start + repeat; value <= stop; value += repeat) yield value
    }
  }
}

/** `~3` is the third last day, `~1..7` the last seven, `~7/2` the seventh last and each second day from there on. */
export function* membersFromEnd(parts: readonly Part[], last: number): Generator<number> {
  for (const { start, stop, repeat } of parts) {
    const first = last + 1 - (stop ?? start)
    const end = stop === undefined ? last : last + 1 - start
    yield first
    if (repeat > 0) for (let day = first + repeat; day <= end; day += repeat) yield day
  }
}

/**
 * Where systemd's search goes on in the next larger unit when the repeat of a chain runs over the end of `high`:
 * `0/7` minutes come to 63, so to 3. Zero where nothing runs over.
 */
export function overrun(parts: Chain, high: number): number {
  if (parts === '*' || [...members(parts, 0, high)].includes(high)) return 0
  const repeating = parts.filter(({ stop, repeat }) => stop === undefined && repeat > 0)
  const firsts = repeating.map(({ start, repeat }) => start + repeat * (Math.floor((high - start) / repeat) + 1))
  return firsts.length === 0 ? 0 : Math.min(...firsts)
}
