// Who is on call at an instant: layers of rotations with overrides above them, each stretch of time half-open.
// Of layers, a later one lies above an earlier one where it has somebody; overrides lie above all layers.
import { type Rotation, type Stretch, stretchAt } from './oncall-rotation.ts'
import { DAY, type Duration, type Instant, NEVER } from './time.ts'
import { type Zone, zoneNamed } from './zone.ts'

export type { Rotation } from './oncall-rotation.ts'

/** From `from` (inclusive) to `to` (exclusive); a later override lies above an earlier one. */
export type Override = {
  readonly who: string
  readonly from: Instant
  readonly to: Instant
  readonly rotation?: never
}

/** An override that somebody made while the gateway runs; those of the file are not such. */
export type StandIn = Omit<Override, 'rotation'> & {
  readonly id: string
  /** Name of the on-call schedule. */
  readonly oncall: string
  readonly by: string
}

export type OnCall = {
  readonly name: string
  /** IANA; hand-offs and hours are times on its clock. */
  readonly zone: string
  readonly layers: readonly Rotation[]
  readonly overrides: readonly Override[]
}

/** One stretch of time; `who` undefined: nobody is on call. */
export type Shift = {
  readonly who: string | undefined
  readonly from: Instant
  readonly to: Instant
  readonly by: 'override' | 'layer' | 'nobody'
}

/** How far a shift is followed from the instant that is asked about, each way. */
export const LONGEST_LOOK: Duration = 400 * DAY

/** The whole stretch around `at` of one person by one source, cut at `LONGEST_LOOK` before and after it. */
export function shiftAt(oncall: OnCall, at: Instant): Shift {
  const zone = zoneOf(oncall)
  const [first, last] = [at - LONGEST_LOOK, at + LONGEST_LOOK]
  const here = pieceAt(oncall, zone, at)
  let { from, to } = here
  while (to < last) {
    const next = pieceAt(oncall, zone, to)
    if (!isSame(here, next)) break
    to = next.to
  }
  while (from > first) {
    const previous = pieceAt(oncall, zone, from - 1)
    if (!isSame(here, previous)) break
    from = previous.from
  }
  return { ...here, from: Math.max(from, first), to: Math.min(to, last) }
}

/** Contiguous from `from` to `to` and cut there, gaps included; neighbours of one person by one source are one. */
export function shiftsBetween(oncall: OnCall, from: Instant, to: Instant): readonly Shift[] {
  const zone = zoneOf(oncall)
  const shifts: Shift[] = []
  for (let at = from; at < to; ) {
    const piece = pieceAt(oncall, zone, at)
    const last = shifts.at(-1)
    const end = Math.min(piece.to, to)
    if (last !== undefined && isSame(last, piece)) shifts[shifts.length - 1] = { ...last, to: end }
    else shifts.push({ ...piece, from: at, to: end })
    at = end
  }
  return shifts
}

/** Where nobody is on call. */
export function gapsBetween(oncall: OnCall, from: Instant, to: Instant): readonly Shift[] {
  return shiftsBetween(oncall, from, to).filter(({ who }) => who === undefined)
}

/** As far around `at` as neither the one on call nor anything above them changes. */
function pieceAt({ layers, overrides }: OnCall, zone: Zone, at: Instant): Shift {
  let [from, to] = [-NEVER, NEVER]
  const narrow = (stretch: Stretch): void => {
    from = Math.max(from, stretch.from)
    to = Math.min(to, stretch.to)
  }
  for (let place = overrides.length - 1; place >= 0; place--) {
    const stretch = overriddenAt(overrides[place] as Override, at)
    narrow(stretch)
    if (stretch.who !== undefined) return { who: stretch.who, from, to, by: 'override' }
  }
  for (let place = layers.length - 1; place >= 0; place--) {
    const stretch = stretchAt(layers[place] as Rotation, zone, at)
    narrow(stretch)
    if (stretch.who !== undefined) return { who: stretch.who, from, to, by: 'layer' }
  }
  return { who: undefined, from, to, by: 'nobody' }
}

function overriddenAt({ who, from, to }: Override, at: Instant): Stretch {
  if (at < from) return { who: undefined, from: -NEVER, to: from }
  return at < to ? { who, from, to } : { who: undefined, from: to, to: NEVER }
}

function isSame(one: Shift, other: Shift): boolean {
  return one.who === other.who && one.by === other.by
}

function zoneOf({ name, zone }: OnCall): Zone {
  const found = zoneNamed(zone)
  if (found === undefined) throw new Error(`unchecked zone of the on-call schedule ${name}: ${zone}`)
  return found
}
