// The shape of one of `bridges` in overdue.yaml.
import Type, { type Static, type TUnsafe } from 'typebox'
import type { BridgeFields } from './fields.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const oneOf = <const T extends readonly (string | boolean | number)[]>(...values: T) =>
  Type.Optional(Type.Unsafe<T[number]>({ enum: [...values], description: values.join(', ') }))

const shape = Type.Object(
  {
    name: text('a name'),
    url: text('a broker’s URL such as mqtt://host:1883'),
    username: text('a name'),
    password: Type.Optional(Type.String({ description: 'a password', secret: true })),
    ca: text('the path of a PEM file'),
    cert: text('the path of a PEM file'),
    key: text('the path of a PEM file'),
    clientId: text('a client id'),
    root: text('a topic'),
    group: text('the name of a shared subscription'),
    shared: oneOf('auto', 'on', 'off', true, false),
    version: oneOf('auto', 5, '5', '3.1.1'),
    topics: Type.Optional(
      Type.Array(Type.String({ description: 'a topic filter' }), { description: 'a list of filters' }),
    ),
    canary: text('a topic'),
    grace: text('a duration such as 90s, 15m or 1h30m'),
    owner: text('text'),
    policy: text('the name of a policy'),
  },
  { additionalProperties: false, description: 'a bridge' },
)

/** Does not compile where the schema gives what the fields don't take. */
export const BridgeShape: TUnsafe<BridgeFields> = Type.Unsafe<Static<typeof shape>>(shape)
