// The shape of overdue.yaml: which keys there are and what kind of value each takes; larger parts are in shape-*.ts.
// What a value means — whether a duration is one, whether a name is known — is asked later.
import Type, { type Static, type TProperties, type TSchema } from 'typebox'
import { Compile, type Validator } from 'typebox/compile'
import type { DocumentFields, TermsFields } from './fields.ts'
import { fit, type Shape } from './fit.ts'
import type { Report } from './report.ts'
import { adoptShape } from './shape-adopt.ts'
import { BridgeShape } from './shape-bridges.ts'
import { ChannelShape } from './shape-channels.ts'
import { DRILL_SHAPE } from './shape-drills.ts'
import { AlertmanagerShape, GrafanaShape } from './shape-grafana.ts'
import { InfluxShape } from './shape-influx.ts'
import { LimitsShape, ListenShape } from './shape-listen.ts'
import { MuteShape } from './shape-mutes.ts'
import { OnCallShape } from './shape-oncall.ts'
import { PublicShape } from './shape-public.ts'
import { WatchdogShape } from './shape-watchdog.ts'

/** The part of a value that has the document's shape; everything else is reported and left out. */
export function fitDocument(value: unknown, report: Report): DocumentFields {
  const fitting = fit(DocumentShape as Shape, value ?? {}, '', fits, report) ?? {}
  return fitting as Static<typeof DocumentShape>
}

/** The same for the keys of one heartbeat; undefined where it is no map at all. */
export function fitTerms(value: unknown, report: Report): TermsFields | undefined {
  return fit(TermsShape as Shape, value, '', fits, report) as Static<typeof TermsShape> | undefined
}

const compiled = new Map<Shape, Validator>()

function fits(shape: Shape, value: unknown): boolean {
  const validator = compiled.get(shape) ?? Compile(shape as TSchema)
  compiled.set(shape, validator)
  return validator.Check(value)
}

const text = Type.String({ description: 'text' })
const duration = Type.String({ description: 'a duration such as 90s, 15m or 1h30m' })
const count = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'a whole number from 1 on' })
const names = Type.Array(Type.String({ description: 'a name' }), { description: 'a list of names' })
const optional = Type.Optional
const closed = { additionalProperties: false }

function oneOf<const T extends readonly (string | boolean)[]>(...values: T) {
  const description = values.map((value) => String(value)).join(', ')
  return Type.Unsafe<T[number]>({ enum: [...values], description })
}

const promise = {
  description: optional(text),
  owner: optional(text),
  tags: optional(Type.Array(text, { description: 'a list of tags' })),
  group: optional(text),
  every: optional(duration),
  cron: optional(Type.String({ description: 'a cron line such as "0 3 * * *"' })),
  calendar: optional(Type.String({ description: 'a calendar expression such as "Mon..Fri 08:00"' })),
  window: optional(Type.String({ description: 'two local times such as "02:00-04:00"' })),
  on: optional(Type.Union([Type.String(), Type.Integer()], { description: 'days such as mon-fri or 1-7' })),
  schedule: optional(oneOf('none')),
  zone: optional(Type.String({ description: 'an IANA zone such as Europe/Riga' })),
  grace: optional(duration),
  startWithin: optional(duration),
  finishWithin: optional(duration),
  tolerate: optional(count),
  recoverAfter: optional(count),
  slow: optional(
    Type.Union([Type.Number({ exclusiveMinimum: 1, maximum: 1_000_000 }), Type.Literal('off'), Type.Literal(false)], {
      description: 'a factor above 1, or off',
    }),
  ),
  early: optional(oneOf('on', 'off', true, false)),
  policy: optional(Type.String({ description: 'the name of a policy' })),
  severity: optional(oneOf('warning', 'critical')),
  unseen: optional(oneOf('page', 'wait')),
  runbook: optional(text),
  will: optional(oneOf('ignore', 'suspect', 'down')),
  resume: optional(oneOf('signal', 'manual')),
}
const parent = { parent: optional(Type.String({ description: 'the name of a heartbeat' })) }
const key = { key: optional(Type.String({ description: 'a key in quotes', secret: true })) }
const name = { name: optional(Type.String({ description: 'a name; one that looks like a number in quotes' })) }

const TermsShape = Type.Object({ ...promise, ...parent }, { ...closed, description: 'a map of keys' })
/** What `fitTerms` takes. */
export const TERMS_SCHEMA: object = TermsShape
const HeartbeatShape = Type.Object(
  { ...name, ...promise, ...parent, ...key },
  { ...closed, description: 'a heartbeat' },
)
const DeviceShape = Type.Object(
  { ...name, token: optional(Type.String({ description: 'a token in quotes', secret: true })) },
  { ...closed, description: 'a device' },
)
const ResponderShape = Type.Object({ ...name, page: optional(names) }, { ...closed, description: 'a responder' })
const StepShape = Type.Object(
  {
    page: optional(names),
    after: optional(duration),
    severity: optional(oneOf('warning', 'critical')),
    hours: promise.window,
    on: promise.on,
    zone: promise.zone,
    outside: optional(oneOf('wait', 'skip')),
    repeat: optional(
      Type.Object({ every: optional(duration), times: optional(count) }, { ...closed, description: '{every, times}' }),
    ),
  },
  { ...closed, description: 'a step' },
)
const PolicyShape = Type.Object(
  {
    ...name,
    ackTimeout: optional(duration),
    fallback: optional(names),
    steps: optional(Type.Array(StepShape, { description: 'a list of steps' })),
  },
  { ...closed, description: 'a policy' },
)
function section<T extends TProperties>(properties: T) {
  return optional(Type.Object(properties, { ...closed, description: 'a map of keys' }))
}
function listOf<T extends TSchema>(items: T, of: string) {
  return optional(Type.Array(items, { description: `a list of ${of}` }))
}

const DocumentShape = Type.Object(
  {
    listen: optional(ListenShape),
    limits: optional(LimitsShape),
    data: optional(text),
    retention: section({ facts: optional(duration), bodies: optional(duration) }),
    bodies: section({ keep: optional(Type.String({ description: 'a size such as 100kB' })) }),
    zone: promise.zone,
    url: optional(Type.String({ description: 'an http or https URL' })),
    signals: section({
      open: optional(oneOf('auto', true, false)),
      denied: optional(oneOf('drop', 'close')),
      pingKey: optional(Type.String({ description: 'a key in quotes', secret: true })),
      create: optional(
        Type.Union([Type.Literal('auto'), Type.Boolean(), TermsShape], {
          description: 'auto, true, false or the keys of a heartbeat',
        }),
      ),
    }),
    bridges: listOf(BridgeShape, 'bridges'),
    channels: listOf(ChannelShape, 'channels'),
    webhooks: section({ allow: listOf(Type.String({ description: 'a CIDR in quotes' }), 'CIDRs') }),
    watchdog: optional(WatchdogShape),
    public: optional(PublicShape),
    grafana: optional(GrafanaShape),
    alertmanager: optional(AlertmanagerShape),
    responders: listOf(ResponderShape, 'responders'),
    oncall: listOf(OnCallShape, 'on-call schedules'),
    policies: listOf(PolicyShape, 'policies'),
    silences: listOf(MuteShape, 'silences'),
    maintenance: listOf(MuteShape, 'maintenance windows'),
    defaults: optional(TermsShape),
    heartbeats: listOf(HeartbeatShape, 'heartbeats'),
    drills: listOf(DRILL_SHAPE, 'drills'),
    devices: listOf(DeviceShape, 'devices'),
    adopt: listOf(adoptShape({ ...promise, ...parent }), 'rules'),
    influx: optional(InfluxShape),
  },
  { ...closed, description: 'a map of keys' },
)
