// What the API takes, as types and as schemas that Fastify checks requests against; where the two differ, this file
// does not compile.
import Type, { type Static, type TSchema } from 'typebox'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'

export type HeartbeatQuery = {
  verdict?: Verdict
  tag?: string
  group?: string
  owner?: string
  q?: string
  limit?: number
  after?: number
}
export type SignalQuery = { limit?: number; after?: number }
export type IncidentQuery = { state?: 'open' | 'all'; limit?: number; after?: string }
/** A person, and their word. */
export type Deed = { by: string; note?: string }

const closed = { additionalProperties: false }
const limit = Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 }))
const short = Type.Optional(Type.String({ maxLength: 200 }))
/** No control characters but tab and line feed. */
const PRINTABLE = '^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$'

function schemaOf<T>() {
  return <S extends TSchema>(schema: Static<S> extends T ? S : never): object => schema
}

export const HEARTBEAT_QUERY: object = schemaOf<HeartbeatQuery>()(
  Type.Object(
    {
      verdict: Type.Optional(Type.Unsafe<Verdict>({ type: 'string', enum: VERDICTS })),
      tag: short,
      group: short,
      owner: short,
      q: short,
      limit,
      after: Type.Optional(Type.Integer({ minimum: 0 })),
    },
    closed,
  ),
)

export const SIGNAL_QUERY: object = schemaOf<SignalQuery>()(
  Type.Object({ limit, after: Type.Optional(Type.Integer({ minimum: 1 })) }, closed),
)

export const INCIDENT_QUERY: object = schemaOf<IncidentQuery>()(
  Type.Object(
    {
      state: Type.Optional(Type.Unsafe<'open' | 'all'>({ type: 'string', enum: ['open', 'all'] })),
      limit,
      after: short,
    },
    closed,
  ),
)

export const DEED: object = schemaOf<Deed>()(
  Type.Object(
    {
      by: Type.String({ minLength: 1, maxLength: 200, pattern: PRINTABLE }),
      note: Type.Optional(Type.String({ maxLength: 2000, pattern: PRINTABLE })),
    },
    closed,
  ),
)
