// Who may speak to the gateway: tokens of the API, the keys of heartbeats that were rotated, devices. Folded from the facts.
import type { Device, Enrolment } from '../domain/device.ts'
import type { Fact } from '../domain/fact.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import { digestsOf, evolveToken, type Token } from '../domain/token.ts'
import { Devices } from './devices.ts'

/** The key before is good until then. */
export type Rotated = { readonly generation: number; readonly previousUntil: Instant }

/** As a snapshot keeps it; devices are many, and kept beside it. */
export type GrantsContent = {
  readonly tokens: readonly Token[]
  readonly keys: readonly (readonly [Name, Rotated])[]
  /** Absent in what an earlier version kept. */
  readonly enrolments?: readonly Enrolment[]
}

export class Grants {
  readonly #tokens = new Map<string, Token>()
  readonly #byDigest = new Map<string, string>()
  readonly #keys = new Map<Name, Rotated>()
  readonly devices: Devices = new Devices()

  fold(fact: Fact): void {
    switch (fact.type) {
      case 'token.made':
      case 'token.rotated':
      case 'token.revoked':
        return this.#put(fact.token, evolveToken(this.#tokens.get(fact.token), fact))
      case 'key.rotated':
        return void this.#keys.set(fact.of, { generation: fact.generation, previousUntil: fact.previousUntil })
      case 'heartbeat.removed':
        // Its number is not given again, so neither is any of its keys.
        return void this.#keys.delete(fact.heartbeat)
      default:
        this.devices.fold(fact)
    }
  }

  token(id: string): Token | undefined {
    return this.#tokens.get(id)
  }

  /** In the order in which they were made; expired ones included. */
  tokens(): readonly Token[] {
    return [...this.#tokens.values()]
  }

  /** The token that has this digest and is good under it. */
  withDigest(digest: string, now: Instant): Token | undefined {
    const token = this.#tokens.get(this.#byDigest.get(digest) ?? '')
    return token !== undefined && digestsOf(token, now).includes(digest) ? token : undefined
  }

  /** Undefined: its first key is still good. */
  keyOf(name: Name): Rotated | undefined {
    return this.#keys.get(name)
  }

  content(): GrantsContent {
    return { tokens: this.tokens(), keys: [...this.#keys], enrolments: this.devices.enrolments() }
  }

  adopt({ tokens, keys, enrolments = [] }: GrantsContent, devices: readonly Device[] = []): void {
    for (const token of tokens) this.#put(token.id, token)
    for (const [name, rotated] of keys) this.#keys.set(name, rotated)
    this.devices.adopt(devices, enrolments)
  }

  #put(id: string, token: Token | undefined): void {
    const before = this.#tokens.get(id)
    for (const digest of before === undefined ? [] : marksOf(before)) this.#byDigest.delete(digest)
    if (token === undefined) this.#tokens.delete(id)
    else this.#tokens.set(id, token)
    for (const digest of token === undefined ? [] : marksOf(token)) this.#byDigest.set(digest, id)
  }
}

function marksOf({ digest, previous }: Token): readonly string[] {
  return previous === undefined ? [digest] : [digest, previous.digest]
}
