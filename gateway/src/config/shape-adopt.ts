// The shape of `adopt` in overdue.yaml: a family of devices, the topics it is heard under, and the terms of what it declares.
import Type, { type TProperties, type TUnsafe } from 'typebox'
import { FAMILIES } from './adopt-families.ts'
import type { AdoptFields } from './fields-adopt.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const texts = (description: string) => Type.Optional(Type.Array(Type.String({ description: 'text' }), { description }))
const pointer = text('a JSON pointer such as /status/battery')

/** `terms`: the keys that a heartbeat has beside its name. */
export function adoptShape(terms: TProperties): TUnsafe<AdoptFields> {
  return Type.Unsafe<AdoptFields>(
    Type.Object(
      {
        as: Type.Optional(Type.Unsafe<string>({ enum: [...FAMILIES], description: FAMILIES.join(', ') })),
        topic: Type.Optional(
          Type.Union([Type.String(), Type.Array(Type.String({ description: 'an MQTT filter in quotes' }))], {
            description: 'an MQTT filter in quotes, or a list of them',
          }),
        ),
        root: text('the topic that all others begin with'),
        name: text('a name such as "$1"'),
        create: Type.Optional(Type.Boolean({ description: 'true or false' })),
        from: texts('a list of users'),
        online: texts('a list of words'),
        offline: texts('a list of words'),
        failed: texts('a list of words'),
        sleep: text('a duration such as 90s, 15m or 1h30m'),
        ...{ ok: pointer, state: pointer, at: pointer, seq: pointer, boot: pointer, message: pointer },
        metrics: Type.Optional(
          Type.Union([Type.String(), Type.Record(Type.String(), Type.String())], {
            description: 'a JSON pointer, or a map of names to JSON pointers',
          }),
        ),
        ...terms,
      },
      { additionalProperties: false, description: 'a rule' },
    ),
  )
}
