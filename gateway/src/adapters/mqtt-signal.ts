// From an MQTT publish to an arrival, or to the reason why it is none. Knows topics, payloads and who is known; nothing
// about sockets, acknowledgements or brokers.
import {
  OK,
  type PayloadFields,
  parsePayload,
  parseProperties,
  parseTopic,
  type Target,
} from '@overdue/device-sdk/wire'
import type { Intake } from '../app/intake.ts'
import type { Arrival } from '../app/ports.ts'
import type { SilenceOrder } from '../app/url-silence.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import {
  boundedAt,
  boundedDuration,
  NEWEST_SIGNAL,
  OLDEST_SIGNAL,
  type Signal,
  type SignalKind,
  type Source,
} from '../domain/signal.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import type { Publish } from './mqtt-packets.ts'
import { isPlainTopic, ownsTopic } from './mqtt-rights.ts'
import { silenceIn } from './mqtt-silence.ts'

export type Refusal = {
  readonly refused: 'invalid' | 'outside' | 'denied' | 'unknown'
  /** A valid name that nobody declared. */
  readonly name?: Name
}

/** Not a signal: a device that is about to be worked on asks that nobody is paged. */
export type Silence = { readonly name: Name; readonly silence: SilenceOrder }

/** One publish may tell of several heartbeats, or of none that anybody waits for. */
export type Several = { readonly several: readonly Arrival[] }

export type Heard = Arrival | Several | Silence | Refusal

/** `user`: whose password was checked; undefined: nobody's. */
export type Heeded = {
  readonly user: string | undefined
  readonly receivedAt: Instant
  readonly isWill: boolean
  /** A broker had stored it and tells it again: no sign of life. */
  readonly isStored?: boolean
}

/** What a topic outside of the root means; undefined: nothing. */
export type Adopt = (publish: Publish, heeded: Heeded) => Arrival | Several | Refusal | undefined

export type Rules = {
  readonly intake: Pick<Intake, 'has' | 'clash'>
  readonly root: string
  /** Which ear it is. */
  readonly via: Source
  /** What an unknown name is declared with; undefined: it is not. */
  create(name: Name): Terms | undefined
  readonly adopt?: Adopt
  /** Whether a broker had stored what it delivers. Left out where publishes come from those who make them. */
  isStored?(publish: Publish): boolean
}

/** What an unknown name is declared with: `auto` and false: it is not; true: `defaults`. */
export type UnknownRules = { readonly create: 'auto' | boolean | Terms; readonly defaults: Terms }

export function termsOfUnknown({ create, defaults }: UnknownRules): Terms | undefined {
  if (typeof create === 'object') return create
  return create === true ? defaults : undefined
}

/**
 * RETAIN on a publish to the embedded broker asks for storage: the message itself has just been sent, so it counts as a
 * beat and is not stored. A stored message that a broker delivers would never count; this ear receives none.
 */
export function hear(publish: Publish, user: string | undefined, receivedAt: Instant, rules: Rules): Heard {
  if (!isUnder(rules.root, publish.topic)) {
    const isStored = rules.isStored?.(publish) === true
    return hearOutside(publish, { user, receivedAt, isWill: false, isStored }, rules)
  }
  const target = targetOf(publish.topic, user, rules)
  if ('refused' in target) return target
  const { name, event } = target
  const known = rules.intake.has(name)
  if (event.kind === 'silence') {
    if (!known) return UNKNOWN
    const silence = silenceIn(publish.payload, receivedAt)
    return silence === undefined ? INVALID : { name, silence }
  }
  const create = known ? undefined : termsFor(name, rules)
  if (!known && create === undefined) return { refused: 'unknown', name }
  const fields = fieldsOf(publish, event)
  const signal: Draft = {
    kind: (fields.kind ?? event.kind) as SignalKind,
    at: atOf(fields, receivedAt),
    receivedAt,
    via: rules.via,
  }
  if (event.exit !== undefined) signal.exit = event.exit
  if (event.killedBy !== undefined) signal.killedBy = event.killedBy
  if (fields !== NO_FIELDS) copyFields(signal, fields)
  return create === undefined ? { name, signal } : { name, signal, create }
}

/**
 * Whatever its topic says, a will tells of a broken link: `hb/x` with `offline` too, which as a beat would be a sign of life.
 * Its payload is the number of the boot that left it. A will declares nothing.
 */
export function hearWill(will: Publish, user: string | undefined, receivedAt: Instant, rules: Rules): Heard {
  if (!isUnder(rules.root, will.topic)) return hearOutside(will, { user, receivedAt, isWill: true }, rules)
  const target = targetOf(will.topic, user, rules)
  if ('refused' in target) return target
  const { name } = target
  if (!rules.intake.has(name)) return { refused: 'unknown', name }
  const boot = bootOf(will)
  const signal: Signal = { kind: 'will', at: receivedAt, receivedAt, via: rules.via }
  return { name, signal: boot === undefined ? signal : { ...signal, boot } }
}

type Draft = { -readonly [Key in keyof Signal]: Signal[Key] }

const NO_FIELDS: PayloadFields = Object.freeze({})
const INVALID: Refusal = { refused: 'invalid' }
const OUTSIDE: Refusal = { refused: 'outside' }
const DENIED: Refusal = { refused: 'denied' }
const UNKNOWN: Refusal = { refused: 'unknown' }
const SLASH = 47
const LONGEST_BOOT = 15

/** A sender adds a property to what it had written before, so it goes before the payload's. */
function fieldsOf({ payload, properties }: Publish, event: Target['event']): PayloadFields {
  const fields = payload.length === 0 ? NO_FIELDS : parsePayload(payload, event)
  return properties === undefined ? fields : { ...fields, ...parseProperties(properties, event) }
}

function isUnder(root: string, topic: string): boolean {
  return topic.startsWith(root) && topic.charCodeAt(root.length) === SLASH
}

function hearOutside(publish: Publish, heeded: Heeded, { adopt }: Rules): Arrival | Several | Refusal {
  if (!isPlainTopic(publish.topic)) return INVALID
  return adopt?.(publish, heeded) ?? OUTSIDE
}

function targetOf(topic: string, user: string | undefined, { root, intake }: Rules): Target | Refusal {
  const rest = topic.slice(root.length + 1)
  if (user !== undefined && !ownsTopic(user, rest)) return DENIED
  // Nearly every publish is a plain beat of a known name, which is a valid one: nothing to parse.
  if (intake.has(rest)) return { name: rest, event: OK }
  const target = parseTopic(topic, root)
  return 'problem' in target ? INVALID : target
}

/** Two names may not differ by case alone. */
function termsFor(name: Name, { create, intake }: Rules): Terms | undefined {
  return intake.clash(name) === undefined ? create(name) : undefined
}

/**
 * An age is measured by a clock that only has to run; it is trusted and bounded. A wall clock outside of those bounds is
 * not set: then the arrival is all we know, since a live device is never called dead for its clock.
 */
function atOf({ ageS, t }: PayloadFields, receivedAt: Instant): Instant {
  if (ageS !== undefined) return boundedAt(receivedAt - ageS * SECOND, receivedAt)
  if (t === undefined) return receivedAt
  const ahead = t * SECOND - receivedAt
  return ahead < -OLDEST_SIGNAL || ahead > NEWEST_SIGNAL ? receivedAt : Math.round(t * SECOND)
}

function copyFields(signal: Draft, fields: PayloadFields): void {
  if (fields.run !== undefined) signal.run = fields.run
  if (fields.durationS !== undefined) signal.duration = boundedDuration(fields.durationS * SECOND)
  if (fields.exit !== undefined) signal.exit = fields.exit
  if (fields.message !== undefined) signal.message = fields.message
  if (fields.metrics !== undefined) signal.metrics = fields.metrics
  if (fields.boot !== undefined) signal.boot = fields.boot
  if (fields.seq !== undefined) signal.seq = fields.seq
  if (fields.nextS !== undefined) signal.next = boundedDuration(fields.nextS * SECOND)
  if (fields.graceS !== undefined) signal.grace = boundedDuration(fields.graceS * SECOND)
}

/** A bare number, or what a property or a JSON or CBOR payload calls `boot`. */
function bootOf(will: Publish): number | undefined {
  const { payload } = will
  const text = payload.length <= LONGEST_BOOT ? Buffer.from(payload).toString('latin1').trim() : ''
  return /^\d+$/.test(text) ? Number(text) : fieldsOf(will, { kind: 'will' }).boot
}
