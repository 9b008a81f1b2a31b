// Devices, their tokens and the enrolment tokens, folded from the facts. Whoever shows a token is found by its digest, at
// once however many there are.
import {
  type Device,
  type Enrolment,
  endOf,
  evolveDevice,
  evolveEnrolment,
  type Secret,
  secretsOf,
} from '../domain/device.ts'
import type { Fact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'

/** `grant`: id of the token that was shown. */
export type Shown = { readonly device: Device; readonly grant: string }

export class Devices {
  readonly #devices = new Map<string, Device>()
  readonly #enrolments = new Map<string, Enrolment>()
  /** Names of devices and ids of enrolments, by digest. */
  readonly #byDigest = new Map<string, string>()
  /** Told when a device that is connected may not be any more; undefined: any of them. */
  lost: (device: string | undefined) => void = () => {}

  fold(fact: Fact): void {
    switch (fact.type) {
      case 'device.enrolled':
      case 'credential.made':
      case 'credential.rotated':
      case 'credential.revoked': {
        this.#put(evolveDevice(this.#devices.get(fact.device), fact))
        if (fact.type === 'device.enrolled') this.#take(fact.enrolment)
        else if (fact.type !== 'credential.made' || fact.made.isOfFile === true) this.lost(fact.device)
        return
      }
      case 'enrolment.made':
      case 'enrolment.revoked':
        this.#putEnrolment(evolveEnrolment(this.#enrolments.get(fact.enrolment), fact))
        if (fact.type === 'enrolment.revoked') this.lost(undefined)
        return
      default:
    }
  }

  device(name: string): Device | undefined {
    return this.#devices.get(name)
  }

  /** In the order in which they came, revoked ones included; none ever leaves it. */
  devices(): IteratorObject<Device> {
    return this.#devices.values()
  }

  get size(): number {
    return this.#devices.size
  }

  enrolment(id: string): Enrolment | undefined {
    return this.#enrolments.get(id)
  }

  /** In the order in which they were made; those that are over included. */
  enrolments(): readonly Enrolment[] {
    return [...this.#enrolments.values()]
  }

  /** The device whose token has this digest and is good. */
  withDigest(digest: string, now: Instant): Shown | undefined {
    const device = this.#devices.get(this.#byDigest.get(digest) ?? '')
    const secret = device && secretsOf(device, now).find((each) => each.digest === digest)
    return device && secret && { device, grant: secret.id }
  }

  /** Whose token has this digest, good or not. */
  everWithDigest(digest: string): Device | undefined {
    return this.#devices.get(this.#byDigest.get(digest) ?? '')
  }

  /** Over or not. */
  enrolmentWithDigest(digest: string): Enrolment | undefined {
    return this.#enrolments.get(this.#byDigest.get(digest) ?? '')
  }

  /** Whether what a device came in with would let it in again; a token of its own drives out nobody. */
  isGood(name: string, grant: string, now: Instant): boolean {
    const device = this.#devices.get(name)
    if (device === undefined) return false
    const enrolment = this.#enrolments.get(grant)
    if (enrolment === undefined) return secretsOf(device, now).some(({ id }) => id === grant)
    return device.enrolment === grant && device.revoked === undefined && endOf(enrolment, now) === undefined
  }

  adopt(devices: readonly Device[], enrolments: readonly Enrolment[]): void {
    for (const device of devices) this.#put(device)
    for (const enrolment of enrolments) this.#putEnrolment(enrolment)
  }

  #take(id: string): void {
    const enrolment = this.#enrolments.get(id)
    if (enrolment !== undefined) this.#putEnrolment({ ...enrolment, taken: enrolment.taken + 1 })
  }

  #put(device: Device | undefined): void {
    if (device === undefined) return
    // Two devices may have changed tokens with each other.
    for (const { digest } of marksOf(this.#devices.get(device.name)))
      if (this.#byDigest.get(digest) === device.name) this.#byDigest.delete(digest)
    this.#devices.set(device.name, device)
    for (const { digest } of marksOf(device)) this.#byDigest.set(digest, device.name)
  }

  #putEnrolment(enrolment: Enrolment | undefined): void {
    if (enrolment === undefined) return
    this.#enrolments.set(enrolment.id, enrolment)
    this.#byDigest.set(enrolment.digest, enrolment.id)
  }
}

function marksOf(device: Device | undefined): readonly Pick<Secret, 'digest'>[] {
  const { credential } = device ?? {}
  if (credential === undefined) return []
  return credential.previous === undefined ? [credential] : [credential, credential.previous]
}
