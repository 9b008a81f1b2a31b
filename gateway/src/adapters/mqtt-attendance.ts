// Who is connected over MQTT, for people to look at: as whom, since when, and under which client id.
import type { Instant } from '../domain/time.ts'

export type Attendee = {
  /** As the device gave it. */
  readonly clientId: string
  /** Undefined: nobody's password was checked. */
  readonly user: string | undefined
  readonly since: Instant
}

export class Attendance {
  readonly #present = new Map<object, Attendee>()

  enter(link: object, clientId: string, user: string | undefined, now: Instant): Attendee {
    // Behind the name of the user, where there is one: `user/client`.
    const own = clientId.startsWith(`${user ?? ''}/`) ? clientId.slice((user ?? '').length + 1) : clientId
    this.#present.delete(link)
    const attendee = { clientId: own, user, since: now }
    this.#present.set(link, attendee)
    return attendee
  }

  leave(link: object): void {
    this.#present.delete(link)
  }

  /** Latest first. */
  latest(most: number): readonly Attendee[] {
    return [...this.#present.values()].slice(-most).reverse()
  }
}
