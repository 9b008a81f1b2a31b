// What the API takes and gives of devices and enrolments, as types and as schemas.
// Where a type and its schema differ, this file does not compile.
import Type from 'typebox'
import type { List } from '../app/read.ts'
import {
  DEVICE_STATES,
  type DenialItem,
  type DeviceItem,
  ENROLMENT_STATES,
  type EnrolmentItem,
} from '../app/read-devices.ts'
import { arrayOf, closed, count, instant, LINE, limit, listOf, oneOf, orNull, shapeOf, text } from './http-shapes.ts'

export type DevicesQuery = { limit?: number; after?: number }
/** Durations and instants are read by the route; so are names. */
export type DeviceBody = { device: string; for?: string; until?: string }
export type EnrolBody = { device: string }
export type EnrolmentBody = {
  name: string
  prefix: string
  count: number
  for?: string
  until?: string
  /** In the words of the file; `checkTerms` reads them. */
  terms?: Readonly<Record<string, unknown>>
}
/** The only time that the token is shown. */
export type NewDeviceItem = DeviceItem & { readonly token: string }
export type NewEnrolmentItem = EnrolmentItem & { readonly token: string }
export type EnrolledItem = { readonly device: string; readonly token: string; readonly topic: string }

const time = Type.Optional(Type.String({ maxLength: 40 }))
const level = Type.String({ minLength: 1, maxLength: 63 })
const denial = Type.Object({ device: text, count, topic: text, reason: text, at: instant }, closed)
const session = Type.Object({ clientId: text, since: instant, version: text }, closed)
const device = {
  ...{ device: text, state: oneOf(...DEVICE_STATES), since: instant, enrolment: orNull(text), last4: orNull(text) },
  ...{ madeAt: orNull(instant), madeBy: orNull(text), expiresAt: orNull(instant), previousUntil: orNull(instant) },
  ...{ lastUsedAt: orNull(instant), lastUsedOver: orNull(oneOf('mqtt', 'http')) },
  ...{ connected: orNull(session), denied: orNull(denial), heartbeats: count },
}
const enrolment = {
  ...{ id: text, name: text, prefix: text, state: oneOf(...ENROLMENT_STATES), count, taken: count, last4: text },
  ...{ schedule: text, madeAt: instant, madeBy: text, expiresAt: orNull(instant) },
}

export const DEVICES_QUERY: object = shapeOf<DevicesQuery>()(
  Type.Object({ limit, after: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 })) }, closed),
)
export const DEVICES: object = shapeOf<List<DeviceItem>>()(listOf(Type.Object(device, closed)))
export const DEVICE: object = shapeOf<DeviceItem>()(Type.Object(device, closed))
export const NEW_DEVICE: object = shapeOf<NewDeviceItem>()(Type.Object({ ...device, token: text }, closed))
export const DENIALS: object = shapeOf<List<DenialItem>>()(listOf(denial))
export const DEVICE_BODY: object = shapeOf<DeviceBody>()(Type.Object({ device: level, for: time, until: time }, closed))
export const ENROL_BODY: object = shapeOf<EnrolBody>()(Type.Object({ device: level }, closed))
export const ENROLLED: object = shapeOf<EnrolledItem>()(Type.Object({ device: text, token: text, topic: text }, closed))
export const ENROLMENTS: object = shapeOf<List<EnrolmentItem>>()(
  Type.Object({ items: arrayOf(Type.Object(enrolment, closed)), next: orNull(text) }, closed),
)
export const NEW_ENROLMENT: object = shapeOf<NewEnrolmentItem>()(Type.Object({ ...enrolment, token: text }, closed))

/** `terms`: their schema. */
export function enrolmentBody(terms: object, most: number): object {
  const line = Type.String({ minLength: 1, maxLength: 100, pattern: LINE })
  return Type.Object(
    {
      ...{ name: line, prefix: level, count: Type.Integer({ minimum: 1, maximum: most }), for: time, until: time },
      terms: Type.Optional(Type.Unsafe(terms)),
    },
    closed,
  )
}
