// Who came in, and with what: whether a CONNECT may have its connection, and whom a token that is no longer good had let in.
import type { Pass } from './device-door.ts'
import type { Link } from './mqtt-link.ts'
import { isOneLevel } from './mqtt-rights.ts'
import type { Rules } from './mqtt-signal.ts'

export type EntryRules = {
  /** Whether anonymous devices are welcome where somebody listens on `host`. */
  open(host: string): boolean
  /** Asked about every CONNECT that names a user; without it users count as anonymous. */
  authenticate?(user: string, password: Uint8Array): Pass | undefined | Promise<Pass | undefined>
  /** Asked about every device whose certificate was verified; without it each is welcome. */
  certify?(user: string): Pass | undefined
}

export class Entry {
  readonly #rules: EntryRules
  readonly #common: Rules
  readonly #inside = new Set<Link>()

  /** `common`: what is heard of those whose pass says nothing else. */
  constructor(rules: EntryRules, common: Rules) {
    this.#rules = rules
    this.#common = common
  }

  /** A promise where somebody new has to be on disk first. */
  decide(link: Link, user: string | undefined, password: Uint8Array = NOTHING): boolean | Promise<boolean> {
    const { open, authenticate } = this.#rules
    if (link.certified !== undefined) return this.#admit(link, this.#certified(link.certified, user))
    if (user === undefined || authenticate === undefined) return open(link.host)
    const pass = isOneLevel(user) ? authenticate(user, password) : undefined
    if (pass instanceof Promise) return pass.then((given) => this.#admit(link, given))
    return this.#admit(link, pass)
  }

  /** Those who came in with such a pass. */
  *having(isSuch: (pass: Pass) => boolean): Iterable<Link> {
    for (const link of this.#inside) if (link.pass !== undefined && isSuch(link.pass)) yield link
  }

  /** A certificate that was verified stands for user and password; a user name beside it has to be the same. */
  #certified(name: string, user: string | undefined): Pass | undefined {
    if (!isOneLevel(name) || (user ?? name) !== name) return undefined
    return this.#rules.certify === undefined ? { user: name, grant: 'certificate' } : this.#rules.certify(name)
  }

  #admit(link: Link, pass: Pass | undefined): boolean {
    // It may have gone while its enrolment was written.
    if (pass === undefined || link.wire.destroyed) return false
    const { user, create } = pass
    link.user = user
    link.pass = pass
    if (create !== undefined)
      link.rules = { ...this.#common, create: (name) => create(name) ?? this.#common.create(name) }
    this.#inside.add(link)
    link.wire.once('close', () => this.#inside.delete(link))
    return true
  }
}

const NOTHING = new Uint8Array()
