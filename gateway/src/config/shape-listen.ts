// The shape of `listen` and `limits` in overdue.yaml.
import Type, { type TUnsafe } from 'typebox'
import type { LimitsFields, ListenFields } from './fields.ts'

const closed = { additionalProperties: false, description: 'a map of keys' }
const optional = Type.Optional
const text = (description: string) => optional(Type.String({ description }))
const place = optional(Type.Union([Type.String(), Type.Literal(false)], { description: 'host:port or off' }))
const count = optional(
  Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number from 1 to 1000000' }),
)

export const ListenShape: TUnsafe<ListenFields> = Type.Unsafe<ListenFields>(
  Type.Object(
    {
      http: text('text'),
      mqtt: place,
      mqtts: place,
      tls: optional(
        Type.Object(
          {
            cert: text('the path of a PEM file'),
            key: optional(Type.String({ description: 'the path of a PEM file', secret: true })),
            ca: text('the path of a PEM file'),
            clients: optional(
              Type.Unsafe<string>({ enum: ['optional', 'required'], description: 'optional, required' }),
            ),
          },
          closed,
        ),
      ),
      proxies: optional(
        Type.Array(Type.String({ description: 'a CIDR in quotes' }), { description: 'a list of CIDRs' }),
      ),
    },
    closed,
  ),
)

export const LimitsShape: TUnsafe<LimitsFields> = Type.Unsafe<LimitsFields>(
  Type.Object(
    {
      connections: count,
      connectionsPerAddress: count,
      connectionsPerSecond: count,
      signalsPerSecond: count,
      burst: count,
    },
    closed,
  ),
)
