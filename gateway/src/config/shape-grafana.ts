// The shape of `grafana` and `alertmanager` in overdue.yaml.
import Type, { type Static, type TUnsafe } from 'typebox'
import type { AlertmanagerFields, GrafanaFields } from './fields.ts'

const optional = Type.Optional
const closed = { additionalProperties: false }
const url = optional(Type.String({ description: 'an http or https URL' }))
const token = optional(Type.String({ description: 'a token in quotes', secret: true }))

const grafana = Type.Object(
  {
    token,
    annotations: optional(Type.Object({ url, token }, { ...closed, description: 'annotations with url and token' })),
  },
  { ...closed, description: 'a map with token and annotations' },
)

const alertmanager = Type.Object(
  {
    url,
    every: optional(Type.String({ description: 'a duration such as 90s, 15m or 1h30m' })),
    username: optional(Type.String({ description: 'text' })),
    password: optional(Type.String({ description: 'a password in quotes', secret: true })),
    token,
  },
  { ...closed, description: 'an Alertmanager with url and every' },
)

/** Neither compiles where the schema gives what the fields don't take. */
export const GrafanaShape: TUnsafe<GrafanaFields> = Type.Unsafe<Static<typeof grafana>>(grafana)
export const AlertmanagerShape: TUnsafe<AlertmanagerFields> = Type.Unsafe<Static<typeof alertmanager>>(alertmanager)
