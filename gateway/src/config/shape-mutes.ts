// The shape of `silences` and `maintenance` in overdue.yaml.
import Type, { type Static, type TUnsafe } from 'typebox'
import type { MuteFields } from './fields.ts'

const optional = Type.Optional
const closed = { additionalProperties: false }
const text = Type.String({ description: 'text' })
const moment = Type.String({ description: 'a time such as "2026-12-24 09:00" in quotes' })
const patterns = Type.Union([Type.String(), Type.Array(Type.String({ description: 'a name' }))], {
  description: 'a name or a list of names; * stands for anything',
})

const MatchShape = Type.Object(
  {
    name: optional(patterns),
    names: optional(patterns),
    tag: optional(patterns),
    tags: optional(patterns),
    group: optional(patterns),
    groups: optional(patterns),
    owner: optional(patterns),
    owners: optional(patterns),
    severity: optional(Type.Unsafe<'warning' | 'critical'>({ enum: ['warning', 'critical'] })),
    all: optional(Type.Unsafe<true>({ enum: [true], description: 'true' })),
  },
  { ...closed, description: 'what it matches: names, tags, groups, owners, severity, or all: true' },
)

const shape = Type.Object(
  {
    name: optional(Type.String({ description: 'a name; one that looks like a number in quotes' })),
    match: optional(MatchShape),
    from: optional(moment),
    to: optional(moment),
    cron: optional(Type.String({ description: 'a cron line such as "0 2 * * sun"' })),
    zone: optional(Type.String({ description: 'an IANA zone such as Europe/Riga' })),
    for: optional(Type.String({ description: 'a duration such as 90s, 15m or 1h30m' })),
    by: optional(text),
    reason: optional(text),
  },
  { ...closed, description: 'a silence or a maintenance window with name, match and its times' },
)

/** Does not compile where the schema gives what the fields don't take. */
export const MuteShape: TUnsafe<MuteFields> = Type.Unsafe<Static<typeof shape>>(shape)
