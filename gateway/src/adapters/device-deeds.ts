// What is done with the tokens of devices, for the API and the console alike: each is made here, kept as a digest, and given
// back this once.
import type { Devices } from '../app/devices.ts'
import type { Command, Ledger } from '../app/ports.ts'
import { type Credential, type Enrolment, type Objection, objectionTo } from '../domain/device.ts'
import type { Terms } from '../domain/heartbeat.ts'
import { DAY, type Duration, type Instant } from '../domain/time.ts'
import { deviceProblem } from './device-name.ts'
import { kindOf, makeDeviceToken, makeEnrolmentToken, makeId } from './device-tokens.ts'
import { carryOut } from './http-command.ts'
import type { Answer } from './http-route.ts'
import { digestOf, markOf } from './http-tokens.ts'

export type DeedsWorld = {
  readonly devices: Devices
  /** Read anew each time: the file that declares devices. */
  readonly live: { readonly file: string }
  readonly ledger: Pick<Ledger, 'request'>
  now(): Instant
}

/** The token, or what is answered instead. */
export type Given = { readonly token: string } | { readonly refusal: Answer }

export type EnrolmentWish = {
  readonly name: string
  readonly prefix: string
  readonly count: number
  readonly terms: Terms
  readonly expiresAt: Instant | undefined
  readonly by: string
}

export type DeviceDeeds = {
  /** For a device that has none that is good; a device that was revoked is back with it. */
  issue(device: string, expiresAt: Instant | undefined, by: string): Promise<Given>
  /** The token before stays good for `overlap`. */
  rotate(device: string, overlap: Duration, by: string): Promise<Given>
  /** What it answers where it did not happen. */
  revoke(device: string, by: string): Promise<Answer | undefined>
  /** `id`: of the enrolment. */
  invite(
    wish: EnrolmentWish,
  ): Promise<Exclude<Given, { token: string }> | { readonly token: string; readonly id: string }>
  withdraw(enrolment: string, by: string): Promise<Answer | undefined>
  /** A device that shows an enrolment token gets a token of its own. */
  enrol(token: string | undefined, device: string): Promise<Given>
}

/** The devices of the file have the tokens that it gives them, from now on. */
export async function declareDevices(
  ledger: Pick<Ledger, 'request'>,
  list: readonly { readonly name: string; readonly token: string }[],
  now: Instant,
): Promise<void> {
  const declared = list.map(({ name, token }) => {
    const made: Credential = { id: makeId('cred'), ...markOf(token), madeAt: now, by: 'file', isOfFile: true }
    return { device: name, made }
  })
  await ledger.request({ kind: 'declareCredentials', declared })
}

/** How long the token before a rotation stays good, where nothing is said. */
export const OVERLAP: Duration = DAY
/** Devices of one enrolment. */
export const MOST_ENROLLED = 1_000_000

export function createDeviceDeeds({ devices, ledger, live, now }: DeedsWorld): DeviceDeeds {
  const give = async (token: string, command: Command): Promise<Given> => {
    const refusal = await carryOut(ledger, command)
    return refusal === undefined ? { token } : { refusal }
  }
  /** What the file gives can only be changed there. */
  const ofFile = (device: string): Answer | undefined => {
    if (devices.device(device)?.credential?.isOfFile !== true) return undefined
    const found = `one that ${live.file} gives its token`
    return {
      problem: 'declared-by-file',
      flaws: [{ path: 'device', expected: 'a device that no file declares', found }],
    }
  }
  const made = (token: string, by: string, expiresAt?: Instant): Credential => ({
    ...{ id: makeId('cred'), ...markOf(token), madeAt: now(), by },
    ...(expiresAt !== undefined && { expiresAt }),
  })

  return {
    issue(device, expiresAt, by) {
      const problem = deviceProblem(device)
      if (problem !== undefined) return Promise.resolve({ refusal: unfit('body.device', problem, device) })
      const token = makeDeviceToken()
      return give(token, { kind: 'makeCredential', device, made: made(token, by, expiresAt) })
    },
    rotate(device, overlap, by) {
      const refusal = ofFile(device)
      if (refusal !== undefined) return Promise.resolve({ refusal })
      const token = makeDeviceToken()
      const mark = { ...markOf(token), credential: makeId('cred') }
      return give(token, { kind: 'rotateCredential', device, ...mark, overlap, by })
    },
    revoke: async (device, by) => ofFile(device) ?? carryOut(ledger, { kind: 'revokeCredential', device, by }),
    async invite({ expiresAt, ...wish }) {
      const problem = deviceProblem(wish.prefix)
      if (problem !== undefined) return { refusal: unfit('body.prefix', problem, wish.prefix) }
      const token = makeEnrolmentToken()
      const enrolment: Enrolment = {
        ...{ id: makeId('enrol'), ...wish, ...markOf(token), taken: 0, madeAt: now() },
        ...(expiresAt !== undefined && { expiresAt }),
      }
      const given = await give(token, { kind: 'makeEnrolment', enrolment })
      return 'token' in given ? { ...given, id: enrolment.id } : given
    },
    withdraw: (enrolment, by) => carryOut(ledger, { kind: 'revokeEnrolment', enrolment, by }),
    async enrol(shown, device) {
      const isOne = shown !== undefined && kindOf(shown) === 'enrolment'
      const enrolment = isOne ? devices.enrolmentWithDigest(digestOf(shown)) : undefined
      if (enrolment === undefined) return { refusal: { problem: 'unauthorized', flaws: [NO_ENROLMENT] } }
      const problem = deviceProblem(device)
      if (problem !== undefined) return { refusal: unfit('body.device', problem, device) }
      const objection = objectionTo(enrolment, device, devices.device(device), now())
      if (objection !== undefined) return { refusal: refusalFor(objection, enrolment, device) }
      const token = makeDeviceToken()
      const { id } = enrolment
      return give(token, { kind: 'makeCredential', device, made: made(token, enrolment.name), enrolment: id })
    },
  }
}

const NO_ENROLMENT = { path: 'token', expected: 'an enrolment token (enr_…)', found: 'none that is known' }

function unfit(path: string, problem: string, found: string): Answer {
  const expected = `the first level of a name (${problem})`
  return { problem: 'bad-request', flaws: [{ path, expected, found: JSON.stringify(found) }] }
}

function refusalFor(objection: Objection, { prefix, count }: Enrolment, device: string): Answer {
  const forbidden = (path: string, expected: string, found: string): Answer => ({
    problem: 'forbidden',
    flaws: [{ path, expected, found }],
  })
  switch (objection) {
    case 'prefix':
      return forbidden('body.device', `a name that begins with ${prefix}`, JSON.stringify(device))
    case 'exhausted':
      return forbidden('token', 'an enrolment that has room', `one that let in ${count} of ${count} devices`)
    case 'own token':
      return { problem: 'already', flaws: [{ path: 'body.device', expected: 'no token of its own', found: 'one' }] }
    case 'device revoked':
      return forbidden('body.device', 'a device that is welcome', 'one that was revoked')
    default:
      return forbidden(
        'token',
        'an enrolment that is open',
        `one that ${objection === 'expired' ? 'expired' : 'was revoked'}`,
      )
  }
}
