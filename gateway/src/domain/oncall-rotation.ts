// One layer of an on-call schedule: whose turn it is on the clock of a zone, and the hours in which the layer counts.
// A skipped hand-off is the instant of the jump, a repeated one its first pass; nothing is handed over twice.
import { formatProblem, isWrong } from './problem.ts'
import { type Duration, type Instant, NEVER } from './time.ts'
import { nextOpening, parseWindow, previousOpening, type Window } from './window.ts'
import { instantOf, type Wall, wallAt, type Zone } from './zone.ts'

export type Rotation = {
  /** Responders, in turn; none: the layer has nobody. */
  readonly rotate: readonly string[]
  /** Wall-clock length of one turn in ms: a day, a week, or any multiple of a minute from one hour on. */
  readonly every: Duration
  /** The wall time at which the first turn began. Turn n begins n × every of wall time later; n may be negative. */
  readonly anchor: Wall
  /** Only within these hours of the schedule's zone; absent: always. They are checked when they are declared. */
  readonly during?: { readonly window: string; readonly on: string }
  /** The layer counts only from / until these instants. */
  readonly from?: Instant
  readonly to?: Instant
}

/** A stretch of time around an instant in which one and the same is on call; its ends may be infinite. */
export type Stretch = { readonly who: string | undefined; readonly from: Instant; readonly to: Instant }

/** `from` is at or before `at`, `to` is after it. Neighbours may have the same person. */
export function stretchAt(rotation: Rotation, zone: Zone, at: Instant): Stretch {
  const { during, from = -NEVER, to = NEVER } = rotation
  if (at < from) return { who: undefined, from: -NEVER, to: from }
  if (at >= to) return { who: undefined, from: to, to: NEVER }
  const hours = during === undefined ? ALWAYS : hoursAt(windowOf(during), zone, at)
  const turn = hours.isOpen ? turnAt(rotation, zone, at) : NOBODY
  return {
    who: turn.who,
    from: Math.max(from, hours.from, turn.from),
    to: Math.min(to, hours.to, turn.to),
  }
}

type Hours = { readonly isOpen: boolean; readonly from: Instant; readonly to: Instant }

const ALWAYS: Hours = { isOpen: true, from: -NEVER, to: NEVER }
const NOBODY: Stretch = { who: undefined, from: -NEVER, to: NEVER }

function turnAt({ rotate, every, anchor }: Rotation, zone: Zone, at: Instant): Stretch {
  const [first] = rotate
  if (rotate.every((who) => who === first)) return { who: first, from: -NEVER, to: NEVER }
  const begin = (turn: number): Instant => instantOf(zone, anchor + turn * every)
  let turn = Math.floor((wallAt(zone, at) - anchor) / every)
  let to = begin(turn + 1)
  // A clock that was set back shows again the time before a hand-off that has been.
  while (to <= at) to = begin(++turn + 1)
  const place = ((turn % rotate.length) + rotate.length) % rotate.length
  return { who: rotate[place], from: begin(turn), to }
}

function hoursAt(window: Window, zone: Zone, at: Instant): Hours {
  const next = nextOpening(window, zone, at)
  if (next !== undefined && next.opensAt <= at) return { isOpen: true, from: next.opensAt, to: next.due }
  const from = previousOpening(window, zone, at)?.due ?? -NEVER
  return { isOpen: false, from, to: next?.opensAt ?? NEVER }
}

/** More than all schedules together have; the oldest makes room. */
const MOST_WINDOWS = 1_024
const windows = new Map<string, Window>()

function windowOf({ window, on }: NonNullable<Rotation['during']>): Window {
  const key = `${window}\n${on}`
  const known = windows.get(key)
  if (known !== undefined) return known
  const parsed = parseWindow(window, on, 'hours', 'on')
  if (isWrong(parsed)) throw new Error(`unchecked hours: ${parsed.problems.map(formatProblem).join('; ')}`)
  if (windows.size >= MOST_WINDOWS) windows.delete(windows.keys().next().value as string)
  windows.set(key, parsed.value)
  return parsed.value
}
