// What the API takes and gives of silences, maintenance windows and policies, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import type { MuteItem } from '../app/read-mutes.ts'
import type { PolicyItem } from '../app/read-policies.ts'
import type { Matcher } from '../domain/matcher.ts'
import type { Match } from '../domain/mute.ts'
import {
  arrayOf,
  closed,
  count,
  instant,
  LINE,
  listOf,
  ms,
  note,
  oneOf,
  orNull,
  person,
  shapeOf,
  text,
  texts,
} from './http-shapes.ts'

/** `all` stands alone, for everything. */
export type MatchBody = Match & { all?: boolean }
/** Times are read by the route. */
export type SilenceBody = {
  match: MatchBody
  for?: string
  until?: string
  from?: string
  by: string
  reason?: string
}
export type WindowBody = SilenceBody & { cron?: string; zone?: string }
/** A silence of what one incident or storm is about. */
export type QuietDeed = { by: string; for?: string; note?: string }
export type ByQuery = { by: string }

const severity = oneOf('warning', 'critical')
const pattern = Type.String({ minLength: 1, maxLength: 200, pattern: LINE })
const patterns = Type.Optional(Type.Unsafe<readonly string[]>(Type.Array(pattern, { minItems: 1, maxItems: 100 })))
const time = Type.Optional(Type.String({ maxLength: 100 }))

const matcher = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    value: Type.String({ maxLength: 1000 }),
    ...{ isRegex: Type.Boolean(), isEqual: Type.Boolean() },
  },
  closed,
)

const matched = {
  ...{ names: patterns, tags: patterns, groups: patterns, owners: patterns },
  severity: Type.Optional(severity),
  about: Type.Optional(pattern),
  labels: Type.Optional(Type.Unsafe<readonly Matcher[]>(Type.Array(matcher, { minItems: 1, maxItems: 100 }))),
}
const match = Type.Object(matched, closed)

const silence = {
  match: Type.Object({ ...matched, all: Type.Optional(Type.Boolean()) }, closed),
  ...{ for: time, until: time, from: time },
  ...{ by: person, reason: note },
}

export const SILENCE_BODY: object = shapeOf<SilenceBody>()(Type.Object(silence, closed))
export const WINDOW_BODY: object = shapeOf<WindowBody>()(
  Type.Object({ ...silence, cron: Type.Optional(Type.String({ maxLength: 200 })), zone: time }, closed),
)
export const QUIET_DEED: object = shapeOf<QuietDeed>()(Type.Object({ by: person, for: time, note }, closed))
export const BY_QUERY: object = shapeOf<ByQuery>()(Type.Object({ by: person }, closed))

const mute = Type.Object(
  {
    id: text,
    match,
    from: orNull(instant),
    until: orNull(instant),
    cron: orNull(text),
    zone: orNull(text),
    forMs: orNull(ms),
    by: text,
    reason: text,
    declaredBy: oneOf('file', 'api', 'link', 'url'),
    active: Type.Boolean(),
    activeUntil: orNull(instant),
    nextAt: orNull(instant),
    incidents: texts,
  },
  closed,
)

export const MUTE: object = shapeOf<MuteItem>()(mute)
export const MUTES: object = shapeOf<List<MuteItem>>()(listOf(mute))

const hours = Type.Object({ window: text, on: text, zone: text, outside: oneOf('wait', 'skip') }, closed)
const step = Type.Object(
  {
    afterMs: ms,
    page: texts,
    severity: orNull(severity),
    hours: orNull(hours),
    repeat: orNull(Type.Object({ everyMs: ms, times: count }, closed)),
  },
  closed,
)

export const POLICIES: object = shapeOf<List<PolicyItem>>()(
  listOf(Type.Object({ name: text, ackTimeoutMs: ms, fallback: texts, steps: arrayOf(step) }, closed)),
)
