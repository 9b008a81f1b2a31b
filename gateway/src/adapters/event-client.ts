// One listener of the events: what it wants, what it was told, and an end to it when it does not keep up.
import { type BoardEvent, type BoardFilter, isWanted } from '../app/board-events.ts'
import type { Caller, Stream } from './http-route.ts'

/** Bytes that may wait for a listener; whoever is further behind is better off to begin again. */
const MOST_WAITING = 1_048_576
/** Signals told to one listener in one turn. */
const MOST_SIGNALS = 500

export class EventClient {
  readonly caller: Pick<Caller, 'isGood'>
  readonly #stream: Stream
  readonly #filter: BoardFilter
  /** Number of the last fact that it was told, or that was nothing to it. */
  #upTo: number
  /** What came while the past was read; undefined: it is read. */
  #held: BoardEvent[] | undefined = []

  constructor(stream: Stream, filter: BoardFilter, caller: Pick<Caller, 'isGood'>, upTo: number) {
    this.#stream = stream
    this.#filter = filter
    this.caller = caller
    this.#upTo = upTo
    this.#write(`retry: 3000\n${idLine(upTo)}\n`)
  }

  /** In the order of their numbers. */
  tell(events: readonly BoardEvent[]): void {
    if (this.#held === undefined) return this.#say(events)
    for (const event of events) this.#held.push(event)
    if (this.#held.length > MOST_HELD) this.cut()
  }

  /** The past, before anything that is told meanwhile. */
  tellPast(events: readonly BoardEvent[]): void {
    this.#say(events)
  }

  pastIsTold(): void {
    const held = this.#held ?? []
    this.#held = undefined
    this.#say(held)
  }

  /** The latest of each heartbeat. They have no number of their own to come back to: what follows them has. */
  tellSignals(signals: readonly BoardEvent[]): void {
    if (this.#held !== undefined) return
    const wanted = signals.filter((event) => isWanted(event, this.#filter))
    const told = wanted.slice(0, MOST_SIGNALS).map(({ kind, data }) => block(kind, data))
    const more = wanted.length - told.length
    if (more > 0) told.push(block('signals', { more }))
    if (told.length > 0) this.#write(told.join(''))
  }

  /** What there was can't be told any more: everything has to be looked at anew. */
  reset(seq: number): void {
    this.#upTo = seq
    this.#write(`${idLine(seq)}${block('reset', { seq })}`)
  }

  /** Says that it is still there, and where to go on from. */
  keepAlive(seq: number): void {
    if (this.#held === undefined) this.#upTo = Math.max(this.#upTo, seq)
    this.#write(`:\n${idLine(this.#upTo)}\n`)
  }

  end(): void {
    this.#stream.end()
  }

  cut(): void {
    this.#stream.cut()
  }

  #say(events: readonly BoardEvent[]): void {
    let text = ''
    for (const event of events) {
      if (event.seq <= this.#upTo) continue
      this.#upTo = event.seq
      if (isWanted(event, this.#filter)) text += idLine(event.seq) + block(event.kind, event.data)
    }
    if (text !== '') this.#write(text)
  }

  #write(text: string): void {
    this.#stream.write(text)
    if (this.#stream.waiting > MOST_WAITING) this.cut()
  }
}

const MOST_HELD = 10_000

function idLine(seq: number): string {
  return `id: ${seq}\n`
}

/** JSON has no line feeds of its own. */
function block(event: string, data: object): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
