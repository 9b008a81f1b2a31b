// Which facts the log tells, and what of them.
import type { Fact } from '../domain/fact.ts'

export function isLogged({ type }: Fact): boolean {
  return LOGGED.has(type)
}

/** Ids, verdicts and instants; no policy, no free text, nothing of a token. */
export function loggable(fact: Fact): Readonly<Record<string, unknown>> {
  const shown = Object.entries(fact).filter(([key]) => !UNLOGGED.has(key))
  return Object.fromEntries(shown.map(([key, value]) => [key, BY_ID.has(key) ? idOf(value) : value]))
}

const LOGGED: ReadonlySet<string> = new Set([
  'incident.opened',
  'incident.worsened',
  'incident.acknowledged',
  'incident.resolved',
  'storm.opened',
  'storm.acknowledged',
  'storm.resolved',
  'mute.declared',
  'mute.ended',
  'drill.begun',
  'override.made',
  'override.ended',
  ...['token.made', 'token.rotated', 'token.revoked', 'key.rotated', 'device.enrolled'],
  ...['credential.made', 'credential.rotated', 'credential.revoked', 'enrolment.made', 'enrolment.revoked'],
  'blind.begun',
  'blind.passed',
  'clock.stepped',
  'channel.failed',
  'channel.recovered',
])

const UNLOGGED: ReadonlySet<string> = new Set([
  ...['type', 'policy', 'explanation', 'note', 'pages', 'muted', 'link', 'made', 'digest', 'last4'],
])
const BY_ID: ReadonlySet<string> = new Set(['mute', 'override'])

function idOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'id' in value ? value.id : value
}
