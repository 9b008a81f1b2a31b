// Silences and maintenance windows: what they match, and when they are in force. Both are the same thing with another
// name: a silence is somebody's word of the moment, a maintenance window is planned.
import { type AlertSubject, alertLabel } from './alert.ts'
import type { Severity } from './heartbeat.ts'
import { formatMatcher, isFitting, type Matcher } from './matcher.ts'
import { nextDue, previousDue, type Schedule } from './schedule.ts'
import { type Duration, type Instant, isDue, NEVER } from './time.ts'

/** Every key that is there has to fit; a list fits by any of its patterns, tags by all of them. `*` stands for anything. */
export type Match = {
  readonly names?: readonly string[]
  readonly tags?: readonly string[]
  readonly groups?: readonly string[]
  readonly owners?: readonly string[]
  readonly severity?: Severity
  /** One incident or one storm: a snooze. */
  readonly about?: string
  /** Of the labels that it has as an alert, all of them. */
  readonly labels?: readonly Matcher[]
}

/** `from` inclusive, `until` exclusive; or as long as `for` from each firing of `cron` on. */
export type When = { readonly from: Instant; readonly until: Instant } | Repeating
export type Repeating = { readonly cron: string; readonly zone: string; readonly for: Duration }

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

export function isMatch(match: Match, subject: AlertSubject): boolean {
  const { about, name, terms, severity } = subject
  if (match.about !== undefined && match.about !== about) return false
  if (match.severity !== undefined && match.severity !== severity) return false
  if (match.names !== undefined && !isAny(match.names, name)) return false
  if (match.groups !== undefined && !isAny(match.groups, terms?.group)) return false
  if (match.owners !== undefined && !isAny(match.owners, terms?.owner)) return false
  if (match.labels?.every((matcher) => isFitting(matcher, alertLabel(subject, matcher.name))) === false) return false
  return match.tags === undefined || match.tags.every((tag) => terms?.tags.some((own) => isLike(tag, own)) === true)
}

export type Spell = { readonly from: Instant; readonly until: Instant }

/** The stretch of time around `at` in which it is in force; firings whose stretches touch or overlap are one. */
export function spellAt({ when }: Pick<Mute, 'when'>, at: Instant): Spell | undefined {
  if ('until' in when) {
    const { from, until } = when
    return isDue(from, at) && at < until ? { from, until } : undefined
  }
  const firing = previousDue(cronOf(when), at)
  if (firing === undefined || at >= firing + when.for) return undefined
  let looked = 0
  return { from: firstOf(when, firing), until: lastOf(when, firing, () => ++looked > MOST_FIRINGS) + when.for }
}

/** When it comes into force next, strictly after `at` and not while it is in force; NEVER: not again. */
export function nextSpell(mute: Pick<Mute, 'when'>, at: Instant): Instant {
  const { when } = mute
  if ('until' in when) return when.from > at && when.from < when.until ? when.from : NEVER
  return nextDue(cronOf(when), spellAt(mute, at)?.until ?? at)
}

/** Whether its firings run into each other for longer than `most`, so that there is hardly a time to be paged at all. */
export function outlasts(when: Repeating, most: Duration): boolean {
  const first = firstOf(when, nextDue(cronOf(when), 0))
  return lastOf(when, first, (last) => last + when.for - first > most) + when.for - first > most
}

/** It will not be in force any more. */
export function isSpent({ when }: Pick<Mute, 'when'>, at: Instant): boolean {
  return 'until' in when && isDue(when.until, at)
}

/** What it matches, for people: `group hall-7, severity warning`. */
export function describeMatch({ names, tags, groups, owners, severity, about, labels }: Match): string {
  const parts = [
    names && `name ${names.join(' or ')}`,
    tags && `tag ${tags.join(' and ')}`,
    groups && `group ${groups.join(' or ')}`,
    owners && `owner ${owners.join(' or ')}`,
    severity && `severity ${severity}`,
    about && `only ${about}`,
    labels && `labels ${labels.map(formatMatcher).join(' and ')}`,
  ].filter((part) => part !== undefined)
  return parts.length === 0 ? 'everything' : parts.join(', ')
}

/** More than a day of minutes: one that never ends is looked at again after so many. */
const MOST_FIRINGS = 1_500

function cronOf({ cron, zone }: Repeating): Extract<Schedule, { kind: 'cron' }> {
  return { kind: 'cron', cron, zone }
}

/** The firing with which the spell of `firing` began. */
function firstOf(when: Repeating, firing: Instant): Instant {
  let first = firing
  for (let looked = 0; looked < MOST_FIRINGS; looked++) {
    const before = previousDue(cronOf(when), first - 1)
    if (before === undefined || before + when.for < first) break
    first = before
  }
  return first
}

/** The last firing that makes the spell of `firing` longer, or the first one that is enough. */
function lastOf(when: Repeating, firing: Instant, isEnough: (last: Instant) => boolean): Instant {
  let last = firing
  for (;;) {
    const next = nextDue(cronOf(when), last)
    if (next > last + when.for || isEnough(last)) return last
    last = next
  }
}

/** Who has none is matched by no pattern, not even by `*`. */
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
