// The shape of `watchdog` in overdue.yaml.
import Type, { type TObject, type TOptional, type TString } from 'typebox'

export const WatchdogShape: TObject<{ url: TOptional<TString>; every: TOptional<TString> }> = Type.Object(
  {
    url: Type.Optional(Type.String({ description: 'an http or https URL', secret: true })),
    every: Type.Optional(Type.String({ description: 'a duration such as 90s, 15m or 1h30m' })),
  },
  { additionalProperties: false, description: 'a watchdog with url and every' },
)
