// What an adopted device said before, as far as its next word is understood by it: whose name it is, the session of its birth,
// when it started, what it complains of. Lost at a restart, when a device is taken at its word.
import type { Name } from '../domain/names.ts'
import { type Instant, MINUTE, SECOND } from '../domain/time.ts'
import type { Saying } from './adopt-rule.ts'

/** What is left of a saying once what was said before is known. */
export type Understood = Pick<Saying, 'kind' | 'at' | 'next' | 'seq' | 'boot' | 'message' | 'metrics'>

export class Memory {
  readonly #known = new Map<Name, Remembered>()
  readonly #bootOf: (name: Name) => number
  readonly #most: number

  /** `bootOf`: as what the last start was told before this memory began; 0: it never was. */
  constructor(bootOf: (name: Name) => number, most: number = MOST) {
    this.#bootOf = bootOf
    this.#most = most
  }

  /** Whether the name is this device's: another that would be called the same only by what was left out is refused. */
  claims(name: Name, source: string): boolean {
    const remembered = this.#of(name)
    remembered.source ??= source
    // What is called so to the letter goes before what only reads alike.
    if (remembered.source !== source && source === name) remembered.source = source
    return remembered.source === source
  }

  /** `kind` is absent for what is of no account any more: the death of an earlier session. */
  understand(name: Name, saying: Saying, receivedAt: Instant): Understood {
    const remembered = this.#of(name)
    const { kind, implied, session, upS } = saying
    const { boot = upS === undefined ? undefined : this.#startOf(name, remembered, receivedAt / SECOND - upS) } = saying
    const numbered = boot === undefined ? saying : { ...saying, boot }
    if (kind === 'ok' && session !== undefined) remembered.session = session
    if (kind === 'will') return isLate(remembered, session) ? {} : numbered
    if (kind === 'ok' && implied === true && remembered.complaint !== undefined)
      return { ...numbered, kind: 'fail', message: remembered.complaint }
    if (kind === 'ok') delete remembered.complaint
    if (kind === 'fail') remembered.complaint = saying.message ?? ''
    return numbered
  }

  /** The unix second of a start as it is told, while what is measured of it slides with the drift of the device's clock. */
  #startOf(name: Name, remembered: Remembered, exact: number): number | undefined {
    const measured = Math.round(exact)
    if (measured < 0) return undefined
    const { told, measured: before } = remembered.boot ?? resumed(this.#bootOf(name), measured)
    const isSame = Math.abs(before - measured) <= SAME_START
    remembered.boot = { told: isSame ? told : measured, measured }
    return remembered.boot.told
  }

  #of(name: Name): Remembered {
    const known = this.#known.get(name) ?? {}
    // Again at the end: who has not been heard for longest makes room.
    this.#known.delete(name)
    this.#known.set(name, known)
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value as Name)
    return known
  }
}

/** Unix seconds: as it was told, and as it was measured last. */
type Start = { readonly told: number; readonly measured: number }

type Remembered = {
  source?: string
  session?: number
  boot?: Start
  complaint?: string
}

/** Names that are remembered; those that nobody declared are not. */
const MOST = 100_000
/** A start is measured by two clocks and a network; what differs by less is the same one. */
const SAME_START = (2 * MINUTE) / SECOND
const SAME_START_LATER = (10 * MINUTE) / SECOND

/** Since numbers come round, an earlier session is one that is not the last. */
function isLate({ session: last }: Remembered, session: number | undefined): boolean {
  return session !== undefined && last !== undefined && session !== last
}

/** Since a start was told before, the device's clock has drifted for nobody knows how long. */
function resumed(told: number, measured: number): Start {
  return { told: Math.abs(told - measured) <= SAME_START_LATER ? told : measured, measured }
}
