// Silences and maintenance windows: what they match, and when they are in force. Both are the same thing with another
// name: a silence is somebody's word of the moment, a maintenance window is planned.
import type { Severity, Terms } from './heartbeat.ts'
import type { Name } from './names.ts'
import { nextDue, previousDue, type Schedule } from './schedule.ts'
import { type Duration, type Instant, isDue, NEVER } from './time.ts'

/** Every key that is there has to fit; a list fits by any of its patterns, tags by all of them. `*` stands for anything. No list is empty. */
export type Match = {
  readonly names?: readonly string[]
  readonly tags?: readonly string[]
  readonly groups?: readonly string[]
  readonly owners?: readonly string[]
  readonly severity?: Severity
  /** One incident or one storm: a snooze. */
  readonly about?: string
}

/** `from` inclusive, `until` exclusive; or as long as `for` from each firing of `cron` on. */
export type When =
  | { readonly from: Instant; readonly until: Instant }
  | { readonly cron: string; readonly zone: string; readonly for: Duration }

export type Mute = {
  readonly id: string
  readonly kind: 'silence' | 'maintenance'
  readonly match: Match
  readonly when: When
  /** Who made it. */
  readonly by: string
  readonly reason: string
  readonly declaredBy: 'file' | 'api' | 'link' | 'url'
}

/** What a mute is held against. */
export type MuteSubject = {
  readonly about: string
  readonly name?: Name
  readonly terms?: Pick<Terms, 'tags' | 'group' | 'owner'>
  readonly severity: Severity
}

export function isMatch(match: Match, { about, name, terms, severity }: MuteSubject): boolean {
  if (match.about !== undefined && match.about !== about) return false
  if (match.severity !== undefined && match.severity !== severity) return false
  if (match.names !== undefined && !isAny(match.names, name)) return false
  if (match.groups !== undefined && !isAny(match.groups, terms?.group)) return false
  if (match.owners !== undefined && !isAny(match.owners, terms?.owner)) return false
  return match.tags === undefined || match.tags.every((tag) => terms?.tags.some((own) => isLike(tag, own)) === true)
}

export type Spell = { readonly from: Instant; readonly until: Instant }

/** The stretch of time around `at` in which it is in force, those that touch taken as one. */
export function spellAt({ when }: Mute, at: Instant): Spell | undefined {
  if ('until' in when) return isDue(when.from, at) && at < when.until ? when : undefined
  const schedule = scheduleOf(when)
  const latest = previousDue(schedule, at)
  if (latest === undefined || at >= latest + when.for) return undefined
  // Each firing lasts as long, so the latest one ends last. One that never ends is looked at again after a while.
  let [first, last] = [latest, latest]
  for (let looked = 0; looked < MOST_FIRINGS; looked++) {
    const next = nextDue(schedule, last)
    if (next > last + when.for) break
    last = next
  }
  for (let looked = 0; looked < MOST_FIRINGS; looked++) {
    const previous = previousDue(schedule, first - 1)
    if (previous === undefined || previous + when.for < first) break
    first = previous
  }
  return { from: first, until: last + when.for }
}

/** When it comes into force next, strictly after `at` and after the spell around it; NEVER: not again. */
export function nextSpell(mute: Mute, at: Instant): Instant {
  const { when } = mute
  if ('until' in when) return when.from > at && when.from < when.until ? when.from : NEVER
  return nextDue(scheduleOf(when), spellAt(mute, at)?.until ?? at)
}

/** It will not be in force any more. */
export function isSpent({ when }: Mute, at: Instant): boolean {
  return 'until' in when && isDue(when.until, at)
}

/** What it matches, for people: `group hall-7, severity warning`. */
export function describeMatch({ names, tags, groups, owners, severity, about }: Match): string {
  const parts = [
    names && `name ${names.join(' or ')}`,
    tags && `tag ${tags.join(' and ')}`,
    groups && `group ${groups.join(' or ')}`,
    owners && `owner ${owners.join(' or ')}`,
    severity && `severity ${severity}`,
    about && `only ${about}`,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? 'everything' : parts.join(', ')
}

const MOST_FIRINGS = 100

function scheduleOf({ cron, zone }: Extract<When, { cron: string }>): Schedule {
  return { kind: 'cron', cron, zone }
}

/** What a heartbeat does not have fits no pattern, not even `*`: as with its tags. */
function isAny(patterns: readonly string[], text: string | undefined): boolean {
  return text !== undefined && text !== '' && patterns.some((pattern) => isLike(pattern, text))
}

/** Pieces between stars, found one after the other: no pattern takes long. */
function isLike(pattern: string, text: string): boolean {
  const [head = '', ...pieces] = pattern.split('*')
  if (pieces.length === 0) return pattern === text
  const tail = pieces.pop() as string
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false
  let at = head.length
  const end = text.length - tail.length
  for (const piece of pieces) {
    const found = text.indexOf(piece, at)
    if (found === -1 || found + piece.length > end) return false
    at = found + piece.length
  }
  return true
}
