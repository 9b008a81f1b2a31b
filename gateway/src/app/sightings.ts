// What was seen of devices since the gateway started: when each last said who it is, what it was refused, and how many
// names it made. In memory, and bounded whoever knocks.
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'

export type Use = { readonly at: Instant; readonly over: 'mqtt' | 'http' }

/** What a device was refused: how often, and the last time what and why. */
export type Denial = {
  readonly device: string
  readonly count: number
  /** Topic, filter or path; its beginning. */
  readonly topic: string
  readonly reason: string
  readonly at: Instant
}

export class Sightings {
  readonly #uses = new Map<string, Use>()
  readonly #denials = new Map<string, Denial>()
  readonly #made = new Map<string, Set<Name>>()

  used(device: string, over: Use['over'], at: Instant): void {
    this.#uses.set(device, { at, over })
  }

  useOf(device: string): Use | undefined {
    return this.#uses.get(device)
  }

  denied(device: string, topic: string, reason: string, at: Instant): void {
    const count = (this.#denials.get(device)?.count ?? 0) + 1
    // Again at the end: who has not been refused for longest makes room.
    this.#denials.delete(device)
    this.#denials.set(device, { device, count, topic: topic.slice(0, LONGEST_TOPIC), reason, at })
    if (this.#denials.size > MOST_DENIED) this.#denials.delete(this.#denials.keys().next().value as string)
  }

  denialOf(device: string): Denial | undefined {
    return this.#denials.get(device)
  }

  /** Latest first. */
  denials(): readonly Denial[] {
    return [...this.#denials.values()].reverse()
  }

  /** Whether a device may make this name; it counts as made. */
  mayMake(device: string, name: Name): boolean {
    const made = this.#made.get(device) ?? new Set()
    if (made.size >= MOST_NAMES && !made.has(name)) return false
    this.#made.set(device, made.add(name))
    return true
  }
}

const MOST_DENIED = 1_000
const LONGEST_TOPIC = 200
/** Of one device, between two starts of the gateway: each is a heartbeat that somebody may be paged for. */
const MOST_NAMES = 50
