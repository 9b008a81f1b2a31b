// The main thread's side of the thread that writes time series. A thread that fails is started again a little later, from
// where the last one stood.
import { type MessagePort, Worker } from 'node:worker_threads'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { CourierData, FromCourier, SeriesSettings, SeriesStatus, ToCourier } from './influx-messages.ts'
import { Answers } from './ledger-answers.ts'
import type { Log } from './log.ts'
import type { DeadPoint, Sample } from './series-store.ts'

export type InfluxWorld = {
  readonly folder: string
  readonly log: Log
  /** A new channel to the ledger, and the number of its latest fact. */
  ledger(): { readonly port: MessagePort; readonly latest: number }
}

/** Facts read again after a failure, at most once in so long. */
const RESTART_AFTER: Duration = 10 * SECOND
/** A batch on its way gets so long to arrive when the gateway ends. */
const LONGEST_CLOSE: Duration = 2 * SECOND

export class InfluxLink {
  readonly #settings: SeriesSettings
  readonly #world: InfluxWorld
  #worker: Worker | undefined
  #answers = new Answers()
  #ended = Promise.withResolvers<void>()
  #restart: NodeJS.Timeout | undefined
  #isClosing = false
  status: SeriesStatus = { state: 'connecting', lagMs: 0, lagFacts: 0, points: 0, dead: 0 }

  constructor(settings: SeriesSettings, world: InfluxWorld) {
    this.#settings = settings
    this.#world = world
    this.#start()
  }

  /** Nothing seen before `until` will have a number above `seq`. */
  heard(until: Instant, seq: number): void {
    this.#say({ kind: 'heard', until, seq })
  }

  sample(sample: Sample): void {
    this.#say({ kind: 'sample', sample })
  }

  /** Points that the server refused for good, newest first; undefined while the thread is not there. */
  async dead(before: number, limit: number): Promise<readonly DeadPoint[] | undefined> {
    const answer = this.#answers.wait((id) => this.#say({ kind: 'dead', id, before, limit }))
    return await (answer as Promise<readonly DeadPoint[]>).catch(() => undefined)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#restart)
    if (this.#worker === undefined) return
    this.#say({ kind: 'close' })
    const late = setTimeout(() => void this.#worker?.terminate(), LONGEST_CLOSE)
    await this.#ended.promise
    clearTimeout(late)
  }

  #start(): void {
    const { folder, ledger } = this.#world
    const { port, latest } = ledger()
    const workerData: CourierData = { settings: this.#settings, folder, ledger: port, latest }
    const worker = new Worker(new URL('./influx-thread.ts', import.meta.url), { workerData, transferList: [port] })
    let why = 'the thread ended'
    this.#worker = worker
    this.#answers = new Answers()
    worker.on('message', (message: FromCourier) => this.#hear(message))
    worker.on('error', (error: Error) => {
      why = error.message
    })
    worker.on('exit', () => this.#end(why))
  }

  #end(why: string): void {
    this.#worker = undefined
    this.#answers.end(why)
    this.#ended.resolve()
    if (this.#isClosing) return
    this.#ended = Promise.withResolvers()
    this.status = { ...this.status, state: 'broken', why, since: Date.now() }
    this.#world.log('influx.broken', { why })
    this.#restart = setTimeout(() => this.#start(), RESTART_AFTER).unref()
  }

  #say(message: ToCourier): void {
    this.#worker?.postMessage(message)
  }

  #hear(message: FromCourier): void {
    switch (message.kind) {
      case 'status':
        this.status = message.status
        return
      case 'log':
        return this.#world.log(message.fact, message.fields)
      case 'answer':
        return this.#answers.come(message.id, message.value)
      case 'closed':
    }
  }
}
