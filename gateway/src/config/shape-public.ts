// The shape of `public` in overdue.yaml.
import Type, { type Static, type TUnsafe } from 'typebox'
import type { PublicFields } from './fields.ts'

const optional = Type.Optional

const shape = Type.Object(
  {
    groups: optional(
      Type.Array(Type.String({ description: 'the name of a group' }), { description: 'a list of groups' }),
    ),
    badges: optional(Type.Boolean({ description: 'true or false' })),
    descriptions: optional(Type.Boolean({ description: 'true or false' })),
  },
  { additionalProperties: false, description: 'a map with groups, badges and descriptions' },
)

/** Does not compile where the schema gives what the fields don't take. */
export const PublicShape: TUnsafe<PublicFields> = Type.Unsafe<Static<typeof shape>>(shape)
