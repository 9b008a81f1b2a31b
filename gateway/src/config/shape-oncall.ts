// The shape of the `oncall` section of overdue.yaml: which keys a schedule, its layers and its overrides have.
import Type, { type Static, type TSchema, type TUnsafe } from 'typebox'
import type { OnCallFields } from './fields.ts'

const optional = Type.Optional
const closed = { additionalProperties: false }
const person = Type.String({ description: 'the name of a responder' })
const moment = Type.String({ description: 'a time such as "2026-12-24 09:00" in quotes' })

const LayerShape = Type.Object(
  {
    rotate: optional(Type.Array(person, { description: 'a list of responders' })),
    every: optional(Type.String({ description: 'day, week or a duration from 1h on such as 12h or 3d' })),
    handoff: optional(Type.String({ description: 'a time such as "mon 09:00" or "09:00" in quotes' })),
    hours: optional(Type.String({ description: 'two local times such as "22:00-06:00"' })),
    on: optional(Type.Union([Type.String(), Type.Integer()], { description: 'days such as mon-fri or 1-7,last' })),
    from: optional(moment),
    to: optional(moment),
  },
  { ...closed, description: 'a layer with rotate and every' },
)

const OverrideShape = Type.Object(
  { who: optional(person), from: optional(moment), to: optional(moment) },
  { ...closed, description: 'an override with who, from and to' },
)

const ScheduleShape = Type.Object(
  {
    name: optional(Type.String({ description: 'a name; one that looks like a number in quotes' })),
    zone: optional(Type.String({ description: 'an IANA zone such as Europe/Riga' })),
    layers: listOf(LayerShape, 'layers'),
    overrides: listOf(OverrideShape, 'overrides'),
  },
  { ...closed, description: 'an on-call schedule' },
)

/** Does not compile where the schema gives what the fields don't take. */
export const OnCallShape: TUnsafe<OnCallFields> = Type.Unsafe<Static<typeof ScheduleShape>>(ScheduleShape)

function listOf<T extends TSchema>(items: T, of: string) {
  return optional(Type.Array(items, { description: `a list of ${of}` }))
}
