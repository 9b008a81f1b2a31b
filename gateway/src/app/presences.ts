// Which devices are or were connected over MQTT since the start: a hint for people, kept in memory.
import type { Presence } from '../domain/liveness.ts'
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'

type Kept = { -readonly [Key in keyof Presence]: Presence[Key] } & { readonly device: string; open: number }

/** Of those that are away, who left longest ago is forgotten first. */
const MOST_AWAY = 50_000

/** One connection of a device; `leave` is called once. */
export type Visit = { published(isRetained: boolean): void; leave(isOrderly: boolean, now: Instant): void }

export class Presences {
  readonly #here = new Map<string, Kept>()
  readonly #away = new Map<string, Kept>()

  /** `device` is the name of the user, or the client id of somebody who has none. */
  enter(device: string, clientId: string, now: Instant): Visit {
    const record = this.#here.get(device) ?? this.#away.get(device) ?? { ...NEW, device, open: 0 }
    this.#away.delete(device)
    this.#here.set(device, record)
    record.open++
    record.connects++
    record.clientId = clientId
    record.connectedAt = now
    record.publishes = 0
    record.retained = 0
    return {
      published(isRetained) {
        record.publishes++
        if (isRetained) record.retained++
      },
      leave: (isOrderly, now) => this.#leave(record, isOrderly, now),
    }
  }

  of(name: Name): Presence | undefined {
    const device = name.split('/', 1)[0] as string
    return this.#here.get(device) ?? this.#away.get(device)
  }

  #leave(record: Kept, isOrderly: boolean, now: Instant): void {
    if (--record.open > 0) return
    record.connectedAt = undefined
    record.leftAt = now
    record.ending = isOrderly ? 'goodbye' : 'broken'
    this.#here.delete(record.device)
    this.#away.set(record.device, record)
    if (this.#away.size > MOST_AWAY) this.#away.delete(this.#away.keys().next().value as string)
  }
}

const NEW: Presence = {
  clientId: '',
  connectedAt: undefined,
  leftAt: undefined,
  ending: undefined,
  connects: 0,
  publishes: 0,
  retained: 0,
}
