// The shape of `influx` in overdue.yaml.
import Type, { type TUnsafe } from 'typebox'
import type { InfluxFields } from './fields.ts'

const text = (description: string) => Type.Optional(Type.String({ description }))
const secret = (description: string) => Type.Optional(Type.String({ description, secret: true }))
const detail = Type.Unsafe<'all' | 'transitions' | 'aggregate'>({
  enum: ['all', 'transitions', 'aggregate'],
  description: 'all, transitions, aggregate',
})

export const InfluxShape: TUnsafe<InfluxFields> = Type.Unsafe<InfluxFields>(
  Type.Object(
    {
      url: text('an http or https URL'),
      flavor: Type.Optional(
        Type.Unsafe<string>({
          enum: ['auto', 'v1', 'v2', 'v3', 'victoriametrics'],
          description: 'auto, v1, v2, v3, victoriametrics',
        }),
      ),
      database: text('the name of a database or bucket'),
      retentionPolicy: text('the name of a retention policy'),
      org: text('the name of an organisation'),
      token: secret('a token'),
      username: text('a name'),
      password: secret('a password'),
      series: Type.Optional(detail),
      groups: Type.Optional(
        Type.Record(Type.String(), detail, { description: 'a map of groups: all, transitions, aggregate' }),
      ),
      instance: text('a name for this gateway'),
    },
    { additionalProperties: false, description: 'a map of keys' },
  ),
)
