import { afterEach, describe, expect, it } from 'vitest'
import { Audience } from '../app/audience.ts'
import type { Numbered } from '../app/ports.ts'
import { Registry } from '../app/registry.ts'
import { createEventHub, MOST_CLIENTS } from './event-hub.ts'
import type { Stream } from './http-route.ts'

const GOOD = { isGood: () => true }

describe('a hub of events', () => {
  it('lets nobody do anything for it while nobody listens', () => {
    const { audience, join } = room()
    expect(audience.isListening).toBe(false)
    const [one, other] = [join(), join()]
    expect(audience.isListening).toBe(true)
    one.cut()
    expect(audience.isListening).toBe(true)
    other.cut()
    expect(audience.isListening).toBe(false)
  })

  it('cuts whoever is too far behind, and nobody else', () => {
    const { tell, join } = room()
    const [lazy, quick] = [join(), join()]
    lazy.waiting = 2_000_000
    tell(muteEnded(1))
    expect([lazy.isOver, quick.isOver]).toEqual([true, false])
    tell(muteEnded(2))
    expect(quick.seqs()).toEqual([1, 2])
    expect(lazy.seqs()).toEqual([1])
  })

  it('cuts whoever would have to hold too much while the past is read', async () => {
    const { tell, join, facts } = room()
    facts.push(...Array.from({ length: 10 }, (_, n) => muteEnded(n + 1)))
    const late = join(3)
    for (let n = 0; n <= 10_000; n++) tell(muteEnded(n + 11))
    expect(late.isOver).toBe(true)
  })

  it('tells the past first, then what came meanwhile, each once', async () => {
    const { tell, join, facts } = room()
    facts.push(...Array.from({ length: 10 }, (_, n) => muteEnded(n + 1)))
    const late = join(7)
    tell(muteEnded(10), muteEnded(11))
    await done()
    tell(muteEnded(12))
    expect(late.seqs()).toEqual([8, 9, 10, 11, 12])
  })

  it.each([
    ['the past is too long', 20_000, 5, 0],
    ['the last is not of this ledger', 10, 11, 0],
    ['facts are gone', 10, 2, 5],
    ['all facts are gone', 10, 2, 10],
  ])('begins anew where %s', async (_, count, after, gone) => {
    const { tell, join, facts } = room()
    facts.push(...Array.from({ length: count }, (_, n) => muteEnded(n + 1)))
    facts.fill(undefined, 0, gone)
    const late = join(after)
    await done()
    tell(muteEnded(count + 1))
    expect(late.events()).toEqual(['reset', 'mute'])
    expect(late.seqs()).toEqual([count, count + 1])
  })

  it('says nothing of tokens and keys', () => {
    const { tell, join } = room()
    const listener = join()
    const times = { at: 0, seenAt: 0 }
    const made = { id: 't', name: 'n', scope: 'read', digest: 'd', last4: 'abcd', madeAt: 0, by: 'b' } as const
    tell({ seq: 1, fact: { type: 'token.made', ...times, token: 't', made } })
    tell({ seq: 2, fact: { type: 'key.rotated', ...times, of: 'x', generation: 1, previousUntil: 0, by: 'b' } })
    expect(listener.events()).toEqual([])
  })

  it('has room for so many', () => {
    const { hub, join } = room()
    for (let n = 1; n < MOST_CLIENTS; n++) join()
    expect(hub.isFull()).toBe(false)
    const last = join()
    expect(hub.isFull()).toBe(true)
    last.cut()
    expect(hub.isFull()).toBe(false)
  })
})

const streams: Listener[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.cut()
})

/** The other end, which takes what it is told to take. */
class Listener implements Stream {
  waiting = 0
  isOver = false
  #text = ''
  readonly #then: (() => void)[] = []

  write(text: string): void {
    this.#text += text
  }

  end(): void {
    this.cut()
  }

  cut(): void {
    this.isOver = true
    for (const then of this.#then.splice(0)) then()
  }

  whenClosed(then: () => void): void {
    this.#then.push(then)
  }

  events(): readonly string[] {
    return [...this.#text.matchAll(/^event: (.*)$/gm)].map(([, event]) => event as string)
  }

  seqs(): readonly number[] {
    return [...this.#text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string).seq)
  }
}

function room() {
  const audience = new Audience()
  const facts: (Numbered | undefined)[] = []
  const hub = createEventHub({
    ...{ registry: new Registry(), audience, latest: () => facts.length },
    async *facts(after, upTo) {
      for (const numbered of facts.slice(after, upTo)) if (numbered !== undefined) yield numbered
    },
  })
  return {
    ...{ audience, facts, hub },
    tell: (...told: readonly Numbered[]) => audience.tell(told),
    join(after?: number): Listener {
      const stream = new Listener()
      streams.push(stream)
      hub.join(stream, {}, GOOD, after)
      return stream
    },
  }
}

function muteEnded(seq: number): Numbered {
  return { seq, fact: { type: 'mute.ended', at: 0, seenAt: 0, mute: `silence-${seq}`, by: 'ana' } }
}

async function done(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve()
}
