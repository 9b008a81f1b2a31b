// Everybody who listens to events: told of facts at once and of signals once a second, kept alive, and let go when their
// token is good no more. While nobody is there, nothing is done.
import type { Audience } from '../app/audience.ts'
import { type BoardEvent, type BoardFilter, boardEvent } from '../app/board-events.ts'
import type { Numbered } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import type { Name } from '../domain/names.ts'
import { type Duration, SECOND } from '../domain/time.ts'
import { EventClient } from './event-client.ts'
import type { Caller, Stream } from './http-route.ts'

export type EventWorld = {
  readonly registry: Registry
  readonly audience: Audience
  /** Number of the latest fact. */
  latest(): number
  /** Facts after one, oldest first, up to another; ends early where they are gone. */
  facts(after: number, upTo: number): AsyncIterable<Numbered>
}

export type EventHub = {
  isFull(): boolean
  /** `after`: the number of the last fact that the listener knows. */
  join(stream: Stream, filter: BoardFilter, caller: Pick<Caller, 'isGood'>, after: number | undefined): void
  close(): void
}

export const MOST_CLIENTS = 500
/** Facts told to somebody who comes back. */
const MOST_PAST = 10_000
const TURN: Duration = SECOND
/** Proxies give up on what is silent for a minute. */
const TURNS_BETWEEN_SIGNS = 15

export function createEventHub({ registry, audience, latest, facts }: EventWorld): EventHub {
  const clients = new Set<EventClient>()
  const signals = new Map<Name, Numbered>()
  let timer: NodeJS.Timeout | undefined
  let stopListening: (() => void) | undefined
  let toldUpTo = 0
  let turns = 0

  function hear(told: readonly Numbered[]): void {
    const events: BoardEvent[] = []
    for (const numbered of told) {
      if (numbered.fact.type === 'signal.received') signals.set(numbered.fact.heartbeat, numbered)
      else {
        const event = boardEvent(numbered, registry)
        if (event !== undefined) events.push(event)
      }
    }
    if (events.length > 0) for (const client of clients) client.tell(events)
    toldUpTo = Math.max(toldUpTo, told.at(-1)?.seq ?? 0)
  }

  function turn(): void {
    const latestOfEach = eventsOf(signals.values())
    signals.clear()
    const isSign = ++turns % TURNS_BETWEEN_SIGNS === 0
    for (const client of clients) {
      if (!client.caller.isGood()) client.end()
      else {
        client.tellSignals(latestOfEach)
        if (isSign) client.keepAlive(toldUpTo)
      }
    }
  }

  function eventsOf(some: Iterable<Numbered>): readonly BoardEvent[] {
    return [...some].flatMap((numbered) => boardEvent(numbered, registry) ?? [])
  }

  async function tellPast(client: EventClient, after: number, upTo: number): Promise<void> {
    const last = new Map<Name, Numbered>()
    let expected = after + 1
    for await (const numbered of facts(after, upTo)) {
      if (!clients.has(client)) return
      if (numbered.seq !== expected++) return begin(client, upTo)
      if (numbered.fact.type === 'signal.received') last.set(numbered.fact.heartbeat, numbered)
      else client.tellPast(eventsOf([numbered]))
    }
    if (expected <= upTo) return begin(client, upTo)
    client.pastIsTold()
    client.tellSignals(eventsOf(last.values()))
  }

  function begin(client: EventClient, seq: number): void {
    client.reset(seq)
    client.pastIsTold()
  }

  function leave(client: EventClient): void {
    clients.delete(client)
    if (clients.size > 0) return
    clearInterval(timer)
    stopListening?.()
    stopListening = timer = undefined
    signals.clear()
  }

  return {
    isFull: () => clients.size >= MOST_CLIENTS,
    join(stream, filter, caller, after) {
      const upTo = latest()
      if (stopListening === undefined) {
        stopListening = audience.listen(hear)
        toldUpTo = upTo
        timer = setInterval(turn, TURN)
      }
      const client = new EventClient(stream, filter, caller, after !== undefined && after <= upTo ? after : upTo)
      clients.add(client)
      stream.whenClosed(() => leave(client))
      if (after === undefined || after === upTo) client.pastIsTold()
      else if (after > upTo || after < upTo - MOST_PAST) begin(client, upTo)
      // The ledger's thread is gone: so will the gateway be.
      else tellPast(client, after, upTo).catch(() => client.cut())
    },
    close() {
      for (const client of clients) client.end()
    },
  }
}
