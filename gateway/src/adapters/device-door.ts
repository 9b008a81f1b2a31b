// Who a device is: by a key of one of its heartbeats, by a token of its own, or by an enrolment token that admits it. Says
// why not, to the log and the counters; the device itself is told only that it may not.
import type { Counters } from '../app/counters.ts'
import type { Devices } from '../app/devices.ts'
import type { Ledger } from '../app/ports.ts'
import type { Sightings } from '../app/sightings.ts'
import { type Enrolment, objectionTo } from '../domain/device.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import { deviceProblem } from './device-name.ts'
import { kindOf } from './device-tokens.ts'
import { digestOf } from './http-tokens.ts'
import type { Keys } from './keys.ts'
import type { Log } from './log.ts'
import { quietly } from './log-quietly.ts'
import { ownsTopic } from './mqtt-rights.ts'

/** What a device came in with, for as long as its connection lasts. */
export type Pass = {
  /** First level of the names that are its own. */
  readonly user: string
  /** Id of the token; `key` where it was a heartbeat's key, `certificate` where it was one. */
  readonly grant: string
  /** What an unknown name of its own is declared with; undefined: it is not. */
  create?(name: Name): Terms | undefined
}

export type Door = {
  /** A promise where the device is new to an enrolment: it comes in when that is on disk. */
  admit(user: string, password: Uint8Array): Pass | undefined | Promise<Pass | undefined>
  /** A device whose certificate was verified. */
  certify(user: string): Pass | undefined
  /** What an `Authorization` header proves about a name, by a token of the device that has it. */
  passFor(authorization: string, name: Name): Pass | undefined
  /** Whether what it came in with would not let it in again. */
  isGone(pass: Pass): boolean
}

export type DoorWorld = {
  readonly devices: Devices
  readonly ledger: Pick<Ledger, 'request'>
  readonly sightings: Sightings
  readonly counters: Counters
  readonly log: Log
  /** Read anew each time: a reload changes it. */
  readonly live: { readonly keys: Pick<Keys, 'nameOf'> }
  now(): Instant
}

export function createDoor({ devices, ledger, sightings, counters, live, now, ...world }: DoorWorld): Door {
  const log = quietly(world.log, now)
  /** Enrolments that are not on disk yet, by enrolment and device: whoever comes again meanwhile waits, too. */
  const enrolling = new Map<string, Promise<Pass | undefined>>()

  function refuse(user: string, reason: string): undefined {
    counters.add('devices_refused', reason)
    log('device.refused', reason, { user: user.slice(0, LONGEST_LOGGED), reason })
    // A name that nobody gave a token is anybody's guess, and room here is for devices.
    if (devices.device(user) !== undefined) sightings.denied(user, '', reason, now())
  }

  function byKey(user: string, key: string): Pass | undefined {
    const name = live.keys.nameOf(key)
    if (name !== undefined && firstLevel(name) === user) return { user, grant: KEY }
    return refuse(user, 'password')
  }

  function byToken(user: string, token: string): Pass | undefined {
    const digest = digestOf(token)
    const shown = devices.withDigest(digest, now())
    if (shown === undefined) {
      const isLate = devices.everWithDigest(digest)?.name === user
      return refuse(user, isLate ? 'expired' : devices.device(user)?.revoked ? 'device revoked' : 'password')
    }
    if (shown.device.name !== user) return refuse(user, 'not its token')
    return passOf(user, shown.grant, shown.device.enrolment, 'mqtt')
  }

  function byEnrolment(user: string, token: string): Pass | undefined | Promise<Pass | undefined> {
    const enrolment = devices.enrolmentWithDigest(digestOf(token))
    if (enrolment === undefined) return refuse(user, 'password')
    if (deviceProblem(user) !== undefined) return refuse(user, 'user name')
    const device = devices.device(user)
    const objection = objectionTo(enrolment, user, device, now())
    if (objection !== undefined) return refuse(user, objection)
    const { id } = enrolment
    const both = `${id} ${user}`
    const underWay = enrolling.get(both)
    if (underWay !== undefined || device?.enrolment === id) return underWay ?? passOf(user, id, id, 'mqtt')
    const enrolled = enrol(user, enrolment).finally(() => enrolling.delete(both))
    enrolling.set(both, enrolled)
    return enrolled
  }

  /** Others may take the last place before the command is judged. */
  async function enrol(user: string, { id }: Enrolment): Promise<Pass | undefined> {
    const { reply, outcome } = await ledger.request({ kind: 'enrol', device: user, enrolment: id })
    if (reply.kind === 'refused') return refuse(user, 'exhausted')
    if (outcome !== 'durable') return refuse(user, outcome)
    // It may have been revoked while it was written.
    return devices.isGood(user, id, now()) ? passOf(user, id, id, 'mqtt') : refuse(user, 'revoked')
  }

  function passOf(user: string, grant: string, enrolment: string | undefined, over: 'mqtt' | 'http'): Pass {
    sightings.used(user, over, now())
    const terms = devices.enrolment(enrolment ?? '')?.terms
    if (terms === undefined) return { user, grant }
    return { user, grant, create: (name) => (sightings.mayMake(user, name) ? terms : undefined) }
  }

  return {
    admit(user, password) {
      const text = new TextDecoder().decode(password)
      const kind = kindOf(text)
      if (kind === undefined) return byKey(user, text)
      return kind === 'device' ? byToken(user, text) : byEnrolment(user, text)
    },
    certify(user) {
      const device = devices.device(user)
      if (device?.revoked !== undefined) return refuse(user, 'device revoked')
      return device === undefined ? { user, grant: CERTIFICATE } : passOf(user, CERTIFICATE, device.enrolment, 'mqtt')
    },
    passFor(authorization, name) {
      const shown = shownIn(authorization)
      if (shown === undefined || kindOf(shown.token) !== 'device') return undefined
      const found = devices.withDigest(digestOf(shown.token), now())
      if (found === undefined) return undefined
      const { name: user, enrolment } = found.device
      if (shown.user !== undefined && shown.user !== user) return undefined
      if (ownsTopic(user, name)) return passOf(user, found.grant, enrolment, 'http')
      sightings.denied(user, name, 'denied', now())
      return undefined
    },
    isGone({ user, grant }) {
      if (grant === KEY) return false
      if (grant === CERTIFICATE) return devices.device(user)?.revoked !== undefined
      return !devices.isGood(user, grant, now())
    },
  }
}

const KEY = 'key'
const CERTIFICATE = 'certificate'
const LONGEST_LOGGED = 100

function firstLevel(name: Name): string {
  return name.split('/', 1)[0] as string
}

/** `Bearer`, or `Basic` with the device as the user (RFC 7617). */
function shownIn(authorization: string): { readonly user?: string; readonly token: string } | undefined {
  const token = BEARER.exec(authorization)?.[1]
  if (token !== undefined) return { token }
  const pair = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString()
  const colon = pair.indexOf(':')
  return colon < 0 ? undefined : { user: pair.slice(0, colon), token: pair.slice(colon + 1) }
}

const BEARER = /^bearer +(\S+) *$/i
const BASIC = /^basic +([A-Za-z0-9+/]+={0,2}) *$/i
