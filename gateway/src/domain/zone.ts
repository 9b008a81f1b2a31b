// The clock on the wall of a time zone: spans of one offset each, and the walk along them that every
// calendar-like schedule shares. Asking Temporal is slow, so a zone keeps the spans it has met.
import { DAY, type Duration, type Instant, NEVER, SECOND } from './time.ts'

/** What a wall clock shows, as milliseconds since 1970-01-01T00:00 *on that clock*. */
export type Wall = number

/** A stretch of time with one offset: `from` inclusive, `until` exclusive, `wall = instant + offset`. */
export type Span = {
  readonly from: Instant
  readonly until: Instant
  readonly offset: Duration
  /** The wall time before which the clock had already been when the span began; `-Infinity` for the first span. */
  readonly reached: Wall
}

export type Zone = { readonly name: string; recent: Link }

/** How a wall time that the clock skips or shows twice becomes instants. */
export type Rule = {
  /** Skipped: it does not happen, or it happens at the instant of the jump. */
  readonly gap: 'skip' | 'after'
  /** Repeated: only the first time, or both. */
  readonly fold: 'first' | 'both'
}

/** The earliest matching wall time at or after one; `NEVER` when there is none. */
export type NextWall = (from: Wall) => Wall
/** The latest matching wall time at or before one; `-NEVER` when there is none. */
export type PreviousWall = (from: Wall) => Wall

/** The zone of an IANA name, in any case; undefined for an unknown name and for a bare offset. */
export function zoneNamed(name: string): Zone | undefined {
  const known = zones.get(name)
  if (known !== undefined) return known
  if (!/^[A-Za-z]/.test(name)) return undefined
  try {
    const zone: Zone = { name, recent: linkAt(name, 0) }
    if (zones.size >= MOST_ZONES) zones.clear()
    zones.set(name, zone)
    return zone
  } catch {
    return undefined
  }
}

export function spanAt(zone: Zone, instant: Instant): Span {
  return linkTo(zone, instant)
}

/** What the clock of the zone shows. */
export function wallAt(zone: Zone, instant: Instant): Wall {
  return instant + linkTo(zone, instant).offset
}

/** The first instant at which the clock shows `wall` or later: a skipped time is the jump, a repeated one its first pass. */
export function instantOf(zone: Zone, wall: Wall): Instant {
  let span = linkTo(zone, wall - WIDEST_OFFSET)
  while (wall >= span.until + span.offset) span = following(zone, span)
  return Math.max(span.from, wall - span.offset)
}

/** The first instant strictly after `after` at which a matching wall time happens; `NEVER` when there is none. */
export function nextInstant(zone: Zone, rule: Rule, after: Instant, next: NextWall): Instant {
  if (after > LAST) return NEVER
  let span = linkTo(zone, after)
  let wall = next(Math.max(after + 1 + span.offset, earliestWall(span, rule)))
  while (wall >= span.until + span.offset) {
    if (wall === NEVER) return NEVER
    span = following(zone, span)
    const least = earliestWall(span, rule)
    if (wall < least) wall = next(least)
    // A clock set back shows again what lay behind `wall`.
    else if (rule.fold === 'both' && span.from + span.offset < span.reached) wall = next(least)
  }
  return wall === NEVER ? NEVER : Math.max(span.from, wall - span.offset)
}

/** The last instant at or before `before` at which a matching wall time happens; undefined when there is none. */
export function previousInstant(zone: Zone, rule: Rule, before: Instant, previous: PreviousWall): Instant | undefined {
  let span = linkTo(zone, Math.min(before, LAST))
  let wall = previous(Math.min(before, LAST) + span.offset)
  while (wall < earliestWall(span, rule)) {
    if (wall === -NEVER) return undefined
    span = preceding(zone, span)
    const end = span.until + span.offset - 1
    wall = previous(end)
  }
  return wall === -NEVER ? undefined : Math.max(span.from, wall - span.offset)
}

type Link = Span & { next: Link | undefined; previous: Link | undefined }

const zones = new Map<string, Zone>()
/** IANA has about 600 names. */
const MOST_ZONES = 2_000
/** No zone was ever further than this from UTC. */
const WIDEST_OFFSET = 26 * 3_600 * SECOND
/** A day inside the range of Temporal, so that a wall time is always inside it as well. */
const LAST: Instant = 8_640_000_000_000_000 - 2 * DAY
/** Beyond this the chain starts anew instead of growing link by link. */
const FAR: Duration = 100 * 366 * DAY

function earliestWall(span: Span, rule: Rule): Wall {
  if (span.reached === -NEVER) return -NEVER
  const start = span.from + span.offset
  if (start > span.reached) return rule.gap === 'after' ? span.reached : start
  return rule.fold === 'first' ? span.reached : start
}

function linkTo(zone: Zone, instant: Instant): Link {
  const at = Math.max(-LAST, Math.min(LAST, instant))
  let link = zone.recent
  if (at >= link.from && at < link.until) return link
  if (at < link.from - FAR || at >= link.until + FAR) link = linkAt(zone.name, at)
  while (at >= link.until) link = following(zone, link)
  while (at < link.from) link = preceding(zone, link)
  zone.recent = link
  return link
}

function following(zone: Zone, link: Link): Link {
  if (link.next === undefined) {
    link.next = linkAt(zone.name, link.until)
    link.next.previous = link
  }
  return link.next
}

function preceding(zone: Zone, link: Link): Link {
  if (link.previous === undefined) {
    link.previous = linkAt(zone.name, link.from - 1)
    link.previous.next = link
  }
  return link.previous
}

function linkAt(name: string, instant: Instant): Link {
  const here = zoned(name, instant)
  const until = here.getTimeZoneTransition('next')?.epochMilliseconds ?? NEVER
  // 'previous' is strict, so it is asked one millisecond later: a span begins at its own transition.
  const from = zoned(name, instant + 1).getTimeZoneTransition('previous')?.epochMilliseconds ?? -NEVER
  const reached = from === -NEVER ? -NEVER : from + offsetOf(zoned(name, from - 1))
  return { from, until, offset: offsetOf(here), reached, next: undefined, previous: undefined }
}

function zoned(name: string, instant: Instant): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name)
}

function offsetOf(moment: Temporal.ZonedDateTime): Duration {
  return Math.round(moment.offsetNanoseconds / 1e6)
}
