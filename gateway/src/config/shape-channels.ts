// The shape of one entry of `channels:`. Whatever lets somebody post in our name is marked secret, and so is a map in whose
// place such a text might stand.
import Type, { type Static, type TProperties, type TUnsafe } from 'typebox'
import type { ChannelFields } from './fields.ts'

const optional = Type.Optional
const secretText = (description: string) => optional(Type.String({ description, secret: true }))
const url = { url: secretText('an http or https URL') }

function kind<T extends TProperties>(properties: T, description: string) {
  return optional(Type.Object(properties, { additionalProperties: false, description, secret: true }))
}

const webhookSecret = Type.String({ description: 'whsec_ and base64', secret: true })

const Shape = Type.Object(
  {
    name: optional(Type.String({ description: 'a name; one that looks like a number in quotes' })),
    webhook: kind(
      {
        ...url,
        secret: optional(
          Type.Union([webhookSecret, Type.Array(webhookSecret)], {
            description: 'one secret or a list of two',
            secret: true,
          }),
        ),
      },
      'a webhook with url and secret',
    ),
    slack: kind(url, 'a map with url'),
    discord: kind(url, 'a map with url'),
    teams: kind(url, 'a map with url'),
    irm: kind(url, 'a map with url'),
    ntfy: kind({ ...url, topic: secretText('a topic'), token: secretText('a token') }, 'a map with url and topic'),
    pagerduty: kind({ routingKey: secretText('an integration key in quotes'), ...url }, 'a map with routingKey'),
    alertmanager: kind(
      {
        ...url,
        api: optional(Type.Unsafe<'webhook' | 'v2'>({ enum: ['webhook', 'v2'], description: 'webhook, v2' })),
      },
      'a map with url',
    ),
    email: kind(
      {
        smtp: secretText('a URL such as smtp://host:587'),
        password: secretText('a password in quotes'),
        from: optional(Type.String({ description: 'a mail address' })),
        to: optional(
          Type.Array(Type.String({ description: 'a mail address' }), { description: 'a list of mail addresses' }),
        ),
      },
      'a map with smtp, from and to',
    ),
    template: kind(
      {
        ...url,
        body: secretText('text'),
        headers: optional(
          Type.Unsafe<Record<string, string>>({
            type: 'object',
            additionalProperties: { type: 'string' },
            description: 'a map of names and texts in quotes',
            secret: true,
          }),
        ),
        contentType: optional(Type.String({ description: 'a media type such as application/json' })),
      },
      'a map with url and body',
    ),
  },
  { additionalProperties: false, description: 'a channel' },
)

/** Does not compile when it and the fields differ. */
export const ChannelShape: TUnsafe<ChannelFields> = Type.Unsafe<Static<typeof Shape>>(Shape)
