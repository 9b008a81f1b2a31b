// What the API takes and gives of on-call schedules, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import type { OnCallItem, OnCallView, OverrideItem } from '../app/read-oncall.ts'
import { arrayOf, closed, instant, listOf, oneOf, orNull, person, shapeOf, text } from './http-shapes.ts'

export type OnCallQuery = { at?: string }

const by = oneOf('override', 'layer', 'nobody')

/** What it says is read by the route. */
export const ONCALL_QUERY: object = shapeOf<OnCallQuery>()(
  Type.Object({ at: Type.Optional(Type.String({ maxLength: 40 })) }, closed),
)

const item = { name: text, zone: text, onCall: orNull(text), until: orNull(instant) }
const shift = Type.Object({ who: orNull(text), by, from: instant, to: instant }, closed)
const view = {
  ...item,
  at: instant,
  by,
  from: orNull(instant),
  next: orNull(Type.Object({ who: text, from: instant }, closed)),
  shifts: arrayOf(shift),
}

export const ONCALLS: object = shapeOf<List<OnCallItem>>()(listOf(Type.Object(item, closed)))
export const ONCALL: object = shapeOf<OnCallView>()(Type.Object(view, closed))

/** Instants are read by the route. */
export type OverrideBody = { who: string; from: string; to: string; by: string }

const time = Type.String({ maxLength: 40 })

export const OVERRIDE_BODY: object = shapeOf<OverrideBody>()(
  Type.Object({ who: person, from: time, to: time, by: person }, closed),
)

const override = Type.Object(
  { id: orNull(text), who: text, from: instant, to: instant, by: text, declaredBy: oneOf('file', 'api') },
  closed,
)

export const OVERRIDE: object = shapeOf<OverrideItem>()(override)
export const OVERRIDES: object = shapeOf<List<OverrideItem>>()(listOf(override))
