// Devices and what lets them in: a token of their own, or an enrolment token that admits so many whose names begin alike.
// A device is one first level of names. Knows digests, never a token itself.
import type { GatewayFact } from './fact-gateway.ts'
import type { Terms } from './heartbeat.ts'
import type { Instant } from './time.ts'
import { isGoodToken, type TokenMark } from './token.ts'

/** What a device says who it is with; its id is another after each rotation. */
export type Credential = TokenMark & {
  readonly id: string
  readonly madeAt: Instant
  readonly by: string
  /** The configuration file gives it, and takes it away. */
  readonly isOfFile?: true
  /** Absent: it does not expire. */
  readonly expiresAt?: Instant
  /** What it was before it was rotated, good until then. */
  readonly previous?: { readonly id: string; readonly digest: string; readonly until: Instant }
}

/** Kept after it was revoked, so that no enrolment token brings it back. */
export type Device = {
  /** `pump-17` may speak for `pump-17` and `pump-17/…`. */
  readonly name: string
  /** Since when it is known. */
  readonly since: Instant
  /** Id of the enrolment that admitted it. */
  readonly enrolment?: string
  readonly credential?: Credential
  readonly revoked?: { readonly at: Instant; readonly by: string }
}

export type Enrolment = TokenMark & {
  readonly id: string
  /** For people: which batch it is. */
  readonly name: string
  /** How the names of its devices begin. */
  readonly prefix: string
  /** Devices that it admits. */
  readonly count: number
  /** Devices that it admitted; one that was revoked gives its place to nobody. */
  readonly taken: number
  /** What unknown names of its devices are declared with. */
  readonly terms: Terms
  readonly madeAt: Instant
  readonly by: string
  readonly expiresAt?: Instant
  readonly revokedAt?: Instant
}

/** Why an enrolment token does not let a device in. */
export type Objection = 'revoked' | 'expired' | 'prefix' | 'device revoked' | 'own token' | 'exhausted'

/** The same device again takes no other place; one with a token of its own has to show that. */
export function objectionTo(
  enrolment: Enrolment,
  name: string,
  device: Device | undefined,
  now: Instant,
): Objection | undefined {
  const end = endOf(enrolment, now)
  if (end !== undefined) return end
  if (!name.startsWith(enrolment.prefix)) return 'prefix'
  if (device?.revoked !== undefined) return 'device revoked'
  if (device?.credential !== undefined) return 'own token'
  if (device?.enrolment === enrolment.id || enrolment.taken < enrolment.count) return undefined
  return 'exhausted'
}

/** Why it lets in nobody any more; undefined: it does. */
export function endOf(enrolment: Enrolment, now: Instant): 'revoked' | 'expired' | undefined {
  if (enrolment.revokedAt !== undefined) return 'revoked'
  return isGoodToken(enrolment, now) ? undefined : 'expired'
}

export type Secret = { readonly id: string; readonly digest: string }

/** What the device may show: its token, and for a while the one before. */
export function secretsOf({ credential }: Device, now: Instant): readonly Secret[] {
  if (credential === undefined || !isGoodToken(credential, now)) return []
  const { previous } = credential
  return previous !== undefined && now < previous.until ? [credential, previous] : [credential]
}

type Of<Type> = Extract<GatewayFact, { type: Type }>
export type DeviceFact = Of<'device.enrolled' | 'credential.made' | 'credential.rotated' | 'credential.revoked'>
export type EnrolmentFact = Of<'enrolment.made' | 'enrolment.revoked'>

export function evolveDevice(device: Device | undefined, fact: DeviceFact): Device | undefined {
  const { revoked: _, ...known } = device ?? { name: fact.device, since: fact.at }
  switch (fact.type) {
    case 'device.enrolled':
      return { ...known, enrolment: fact.enrolment }
    case 'credential.made':
      return { ...known, credential: fact.made }
    case 'credential.rotated': {
      if (device?.credential === undefined) return device
      const { credential: id, digest, last4, previousUntil } = fact
      const { id: before, digest: digestBefore } = device.credential
      const previous = { id: before, digest: digestBefore, until: previousUntil }
      return { ...device, credential: { ...device.credential, id, digest, last4, previous } }
    }
    default: {
      const { credential: _gone, ...rest } = known
      return { ...rest, revoked: { at: fact.at, by: fact.by } }
    }
  }
}

export function evolveEnrolment(enrolment: Enrolment | undefined, fact: EnrolmentFact): Enrolment | undefined {
  if (fact.type === 'enrolment.made') return fact.made
  return enrolment && { ...enrolment, revokedAt: fact.at }
}
