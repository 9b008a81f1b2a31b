// Whom a mute covers, in the words of Alertmanager: matchers that fit the labels of exactly those alerts that it covers.
import type { Matcher } from './matcher.ts'
import type { Match } from './mute.ts'

/** Each text on one line; a line break in a group or an owner is beyond what "." fits there. */
export function matchersOf({ names, tags, groups, owners, severity, about, labels = [] }: Match): readonly Matcher[] {
  const matchers = [
    ...(names === undefined ? [] : [anyOf('heartbeat', names)]),
    ...(groups === undefined ? [] : [anyOf('group', groups)]),
    ...(owners === undefined ? [] : [anyOf('owner', owners)]),
    ...(tags ?? []).map((tag) => regular('tags', `.*,${written(tag.replaceAll(',', ';'), '[^,]*')},.*`)),
    ...(severity === undefined ? [] : [equal('severity', severity)]),
    ...(about === undefined ? [] : [equal('incident', about)]),
    ...labels,
  ]
  return matchers.length === 0 ? [EVERYTHING] : matchers
}

/** Alertmanager has no silence without a matcher. */
const EVERYTHING: Matcher = regular('alertname', '.+')

/** Who has none is matched by no pattern, so a star alone stands for something. */
function anyOf(label: string, patterns: readonly string[]): Matcher {
  const [first = '', ...others] = patterns
  if (others.length === 0 && !first.includes('*')) return equal(label, first)
  return regular(label, patterns.map((pattern) => (/^\*+$/.test(pattern) ? '.+' : written(pattern, '.*'))).join('|'))
}

function written(pattern: string, star: string): string {
  return pattern
    .split('*')
    .map((piece) => piece.replaceAll(/[\\.+?()|[\]{}^$]/g, '\\$&'))
    .join(star)
}

function equal(name: string, value: string): Matcher {
  return { name, value, isRegex: false, isEqual: true }
}

function regular(name: string, value: string): Matcher {
  return { name, value, isRegex: true, isEqual: true }
}
