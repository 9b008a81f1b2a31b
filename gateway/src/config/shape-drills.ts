// The shape of a planned drill in overdue.yaml.
import Type, { type TObject, type TOptional, type TString } from 'typebox'

export const DRILL_SHAPE: TObject<{
  heartbeat: TOptional<TString>
  cron: TOptional<TString>
  zone: TOptional<TString>
}> = Type.Object(
  {
    heartbeat: Type.Optional(Type.String({ description: 'the name of a heartbeat' })),
    cron: Type.Optional(Type.String({ description: 'a cron line such as "0 10 * * mon"' })),
    zone: Type.Optional(Type.String({ description: 'an IANA zone such as Europe/Riga' })),
  },
  { additionalProperties: false, description: 'a drill with heartbeat and cron' },
)
