// Who is connected over MQTT, for people to look at: as whom, since when, and under which client id.
import type { Instant } from '../domain/time.ts'

export type Attendee = {
  /** As the device gave it. */
  readonly clientId: string
  /** Undefined: nobody's password was checked. */
  readonly user: string | undefined
  readonly since: Instant
  /** 3, 4 (MQTT 3.1.1) or 5. */
  readonly version: number
}

export class Attendance {
  readonly #present = new Map<object, Attendee>()

  enter(link: object, clientId: string, user: string | undefined, version: number, now: Instant): Attendee {
    // Behind the name of the user, where there is one: `user/client`.
    const own = clientId.startsWith(`${user ?? ''}/`) ? clientId.slice((user ?? '').length + 1) : clientId
    this.#present.delete(link)
    const attendee = { clientId: own, user, since: now, version }
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
