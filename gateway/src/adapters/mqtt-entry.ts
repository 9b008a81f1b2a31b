// Who came in, and with what: whether a CONNECT may have its connection, and whom a token that is no longer good had let in.
import type { Pass } from './device-door.ts'
import type { Link } from './mqtt-link.ts'
import { isOneLevel } from './mqtt-rights.ts'
import type { Rules } from './mqtt-signal.ts'

export type EntryRules = {
  /** Whether anonymous devices are welcome. */
  open(): boolean
  /** Asked about every CONNECT that names a user; without it users count as anonymous. */
  authenticate?(user: string, password: Uint8Array): Pass | undefined | Promise<Pass | undefined>
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

  decide(link: Link, user: string | undefined, password: Uint8Array = NOTHING, decided: (may: boolean) => void): void {
    const { open, authenticate } = this.#rules
    if (user === undefined || authenticate === undefined) return decided(open())
    const pass = isOneLevel(user) ? authenticate(user, password) : undefined
    if (pass instanceof Promise) void pass.then((given) => decided(this.#admit(link, given)))
    else decided(this.#admit(link, pass))
  }

  /** Those who came in with such a pass. */
  *having(isSuch: (pass: Pass) => boolean): Iterable<Link> {
    for (const link of this.#inside) if (link.pass !== undefined && isSuch(link.pass)) yield link
  }

  #admit(link: Link, pass: Pass | undefined): boolean {
    // It may have gone while its enrolment was written.
    if (pass === undefined || link.socket.destroyed) return false
    const { user, create } = pass
    link.user = user
    link.pass = pass
    if (create !== undefined)
      link.rules = { ...this.#common, create: (name) => create(name) ?? this.#common.create(name) }
    this.#inside.add(link)
    link.socket.once('close', () => this.#inside.delete(link))
    return true
  }
}

const NOTHING = new Uint8Array()
