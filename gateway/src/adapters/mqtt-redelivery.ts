// Which publishes of a client may come a second time because their PUBACK was lost: the last 64 message ids with a mark of
// their content, kept while the client is connected and five minutes longer. Only a packet flagged DUP is looked up. Where
// ids are used again, a beat must not pass for the repetition of an older one: whatever shows that nothing is owed forgets.
import { type Duration, type Instant, MINUTE } from '../domain/time.ts'

const REMEMBERED = 64
const KEPT_AFTER_LEAVING: Duration = 5 * MINUTE
const MOST_ABSENT = 10_000
const MARKED_BYTES = 512

/** The latest message ids of one client; the oldest gives way. */
export class Recent {
  readonly #ids = new Uint16Array(REMEMBERED)
  readonly #marks = new Int32Array(REMEMBERED)
  #next = 0
  /** Holds what an earlier connection left. */
  #carried = false

  /** The client is back on a new connection. */
  carry(): this {
    this.#carried = true
    return this
  }

  /** A client sends again what it is owed before anything new: with a new message all that was carried over is done with. */
  startNew(): void {
    if (!this.#carried) return
    this.#carried = false
    this.#ids.fill(0)
  }

  add(messageId: number, mark: number): void {
    this.#ids[this.#next] = messageId
    this.#marks[this.#next] = mark
    this.#next = (this.#next + 1) % REMEMBERED
  }

  /** True when the newest publish with this id had the same content. */
  has(messageId: number, mark: number): boolean {
    const slot = this.#newest(messageId)
    return slot !== undefined && this.#marks[slot] === mark
  }

  /** The publish was not taken after all: its redelivery is the first that counts. */
  forget(messageId: number): void {
    const slot = this.#newest(messageId)
    if (slot !== undefined) this.#ids[slot] = 0
  }

  #newest(messageId: number): number | undefined {
    for (let back = 1; back <= REMEMBERED; back++) {
      const slot = (this.#next - back + REMEMBERED) % REMEMBERED
      if (this.#ids[slot] === messageId) return slot
    }
    return undefined
  }
}

/** What those who left may redeliver when they come back, by client id. */
export class Absent {
  /** In the order in which they left. */
  readonly #left = new Map<string, { readonly recent: Recent; readonly until: Instant }>()

  leave(clientId: string, recent: Recent, now: Instant): void {
    this.#left.delete(clientId)
    this.#left.set(clientId, { recent, until: now + KEPT_AFTER_LEAVING })
    for (const [oldest, { until }] of this.#left) {
      if (until >= now && this.#left.size <= MOST_ABSENT) break
      this.#left.delete(oldest)
    }
  }

  comeBack(clientId: string, now: Instant): Recent {
    const left = this.#left.get(clientId)
    this.#left.delete(clientId)
    return left !== undefined && left.until >= now ? left.recent.carry() : new Recent()
  }
}

/** FNV-1a over the topic, the payload's length and its first 512 bytes. */
export function contentMark(topic: string, payload: Uint8Array): number {
  let mark = 0x811c9dc5 ^ payload.length
  for (let i = 0; i < topic.length; i++) mark = Math.imul(mark ^ topic.charCodeAt(i), 0x01000193)
  const length = Math.min(payload.length, MARKED_BYTES)
  for (let i = 0; i < length; i++) mark = Math.imul(mark ^ (payload[i] as number), 0x01000193)
  return mark | 0
}
