// Points on their way to the server: one batch is put together while the one before it is on its way. A server that is
// away, busy, or says no is asked again, later and later, and nothing more is taken meanwhile.
//
//   connecting -> writing <-> waiting
import type { AnyPoint } from '../app/series-point.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { type Dead, type Delivered, deliver } from './influx-bisect.ts'
import { lineOf } from './influx-line.ts'
import type { SeriesStatus } from './influx-messages.ts'
import type { Sender, Waits } from './influx-sender.ts'
import type { SeriesStore } from './series-store.ts'

export type OutboxWorld = {
  readonly store: Pick<SeriesStore, 'bury' | 'deadCount'>
  readonly sender: Sender
  readonly stop: AbortSignal
  now(): Instant
  random(): number
  log(fact: string, fields: Readonly<Record<string, unknown>>): void
  /** Resolves after so long, or at once when it is to stop. */
  pause(ms: Duration): Promise<void>
}

export type OutboxStatus = Omit<SeriesStatus, 'lagMs' | 'lagFacts'>

const BATCH = 5_000
const LONGEST_WAIT = 30 * SECOND

export class Outbox {
  readonly #world: OutboxWorld
  #hasText = true
  #lines: string[] = []
  #onItsWay: Promise<void> = Promise.resolve()
  status: OutboxStatus

  constructor(world: OutboxWorld) {
    this.#world = world
    this.status = { state: 'connecting', points: 0, dead: world.store.deadCount }
  }

  /** Until the server answers, or it is to stop. */
  async connect(): Promise<void> {
    for (let attempt = 1; !this.#world.stop.aborted; attempt++) {
      const refusal = await this.#greet()
      if (refusal === undefined) return this.#say('writing')
      await this.#wait(refusal, attempt)
    }
  }

  /** Resolves when there is room for more. */
  async push(points: Iterable<AnyPoint>): Promise<void> {
    for (const point of points) {
      const line = lineOf(point, this.#hasText)
      if (line !== undefined && this.#lines.push(line) >= BATCH) await this.#flush()
    }
  }

  /** Sends what there is; whether all that was ever pushed is written. */
  async settle(): Promise<boolean> {
    await this.#flush()
    await this.#onItsWay
    return this.#lines.length === 0
  }

  /** Nothing more is begun when it is to stop, unless the server takes it at once. */
  async #flush(): Promise<void> {
    await this.#onItsWay
    if (this.#lines.length === 0 || (this.#world.stop.aborted && this.status.state !== 'writing')) return
    const lines = this.#lines
    this.#lines = []
    this.#onItsWay = this.#deliver(lines)
  }

  async #deliver(lines: readonly string[]): Promise<void> {
    let left = lines
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#try(left)
      this.#bury(outcome.dead)
      const remaining = outcome.kind === 'waits' ? outcome.remaining : []
      this.#count(left.length - remaining.length - outcome.dead.length, outcome.dead.length)
      if (remaining.length < left.length) attempt = 1
      left = remaining
      if (outcome.kind === 'done') return this.status.state === 'waiting' ? this.#say('writing') : undefined
      await this.#wait(outcome, attempt)
      if (this.#world.stop.aborted) break
    }
    // Not written: whoever stops reads it from the ledger again.
    this.#lines = [...left, ...this.#lines]
  }

  #bury(dead: readonly Dead[]): void {
    const [first] = dead
    if (first === undefined) return
    this.#world.store.bury(dead, this.#world.now())
    this.#world.log('influx.refused', { points: dead.length, why: first.why })
  }

  /** A server that did not take something may come back as another. */
  async #try(lines: readonly string[]): Promise<Delivered> {
    const refusal = this.status.state === 'waiting' ? await this.#greet() : undefined
    return refusal === undefined ? await deliver(lines, this.#world.sender) : { ...refusal, remaining: lines, dead: [] }
  }

  /** Undefined: it is there. */
  async #greet(): Promise<Waits | undefined> {
    const greeting = await this.#world.sender.connect()
    if (greeting.kind === 'waits') return greeting
    this.#hasText = greeting.hasText
    this.status = { ...this.status, flavor: greeting.flavor }
    return undefined
  }

  async #wait({ because, why, retryAfter = 0 }: Omit<Waits, 'kind'>, attempt: number): Promise<void> {
    const { now, random, pause } = this.#world
    const { state, since = now(), because: before } = this.status
    if (state !== 'waiting' || because !== before)
      this.#say('waiting', { because, why, since: state === 'waiting' ? since : now() })
    const wait = Math.min(LONGEST_WAIT, SECOND * 2 ** Math.min(attempt - 1, 10)) * (0.8 + 0.4 * random())
    await pause(Math.max(wait, retryAfter))
  }

  #count(points: number, dead: number): void {
    const { status } = this
    this.status = { ...status, points: status.points + points, dead: status.dead }
    if (dead > 0) this.status = { ...this.status, dead: this.#world.store.deadCount }
  }

  #say(state: OutboxStatus['state'], why: Pick<OutboxStatus, 'because' | 'why' | 'since'> = {}): void {
    const { points, dead, flavor } = this.status
    const about = { ...(flavor !== undefined && { flavor }), ...why }
    this.status = { ...about, state, points, dead }
    this.#world.log(`influx.${state}`, about)
  }
}
