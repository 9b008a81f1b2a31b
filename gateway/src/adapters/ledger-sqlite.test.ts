import { beforeEach, describe, expect, it } from 'vitest'
import { Audience } from '../app/audience.ts'
import type { Judge, Outcome } from '../app/ports.ts'
import { Registry } from '../app/registry.ts'
import type { Fact } from '../domain/fact.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { chainOf } from './ledger-chain.ts'
import { SqliteLedger } from './ledger-sqlite.ts'
import type { Group, Store } from './ledger-store.ts'

const NOON = 1_772_452_800_000

describe('a ledger whose store commits when told to', () => {
  let ledger: SqliteLedger
  let appended: Group[]
  let asked: number[]
  let acted: Fact[]
  let deafSince: number[]
  let outcomes: Record<string, Outcome>

  beforeEach(() => {
    appended = []
    asked = []
    acted = []
    deafSince = []
    outcomes = {}
    const registry = new Registry()
    registry.fold({
      type: 'heartbeat.declared',
      heartbeat: 'pump',
      at: NOON,
      seenAt: NOON,
      terms: DEFAULT_TERMS,
      dueAt: NOON,
      deadlineAt: NOON,
    })
    const failed: Fact = { type: 'channel.failed', at: NOON, seenAt: NOON, channel: 'ops', why: '' }
    const judge: Judge = {
      arrive: ({ name, signal }) => [
        { type: 'signal.received', heartbeat: name, at: NOON, seenAt: NOON, signal },
        failed,
      ],
      request: () => ({ reply: { kind: 'done' }, facts: [failed] }),
      tick: () => [],
      note: () => undefined,
    }
    ledger = new SqliteLedger(judge, registry, () => NOON, {
      audience: new Audience(),
      committed: (facts) => acted.push(...facts),
      measured: () => undefined,
      wasDeaf: (since) => deafSince.push(since),
    })
    const store: Pick<Store, 'append' | 'chain'> = {
      append: (group) => void appended.push(group),
      chain: async (seq, limit) => {
        asked.push(appended.length)
        return chainOf(seq, limit, (each) => appended.find(({ first, count }) => each >= first && each < first + count))
      },
    }
    ledger.open(store as Store, 1)
  })

  const hear = (run: string, message = ''): void =>
    ledger.receive(
      { name: 'pump', signal: { kind: 'ok', at: NOON, receivedAt: NOON, via: 'http', run, message } },
      (outcome) => {
        outcomes[run] = outcome
      },
    )
  const loop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

  it('acknowledges nobody, and acts on nothing, before the commit', async () => {
    hear('a')
    await loop()
    expect(appended).toHaveLength(1)
    expect([outcomes, acted]).toEqual([{}, []])
    ledger.committed(2)
    expect(outcomes).toEqual({ a: 'durable' })
    expect(acted).toHaveLength(1)
  })

  it('gathers what is heard during a commit into the next group', async () => {
    hear('a')
    await loop()
    hear('b')
    hear('c')
    await loop()
    expect(appended).toHaveLength(1)
    ledger.committed(2)
    expect(outcomes).toEqual({ a: 'durable' })
    expect(appended[1]).toMatchObject({ first: 3, count: 4 })
  })

  it('tells everybody at once when the disk turns out full, also those whose group is not on its way yet', async () => {
    hear('a')
    await loop()
    hear('b')
    ledger.full()
    expect(outcomes).toEqual({ a: 'full', b: 'full' })
    expect(acted).toHaveLength(2)
    ledger.committed(4)
    ledger.recovered()
    expect(acted).toHaveLength(2)
    expect(ledger.state).toBe('ok')
  })

  it('refuses signals unheard when too much waits for space, and says since when', async () => {
    ledger.full()
    for (let n = 0; n < 70; n++) {
      hear(`large ${n}`, 'm'.repeat(1_000_000))
      ledger.flush()
    }
    const heard = ledger.latest
    hear('too much')
    expect(outcomes['too much']).toBe('full')
    expect(ledger.latest).toBe(heard)
    ledger.committed(heard)
    ledger.recovered()
    expect(deafSince).toEqual([NOON])
  })

  it('acknowledges nobody after it was stopped', async () => {
    hear('a')
    await loop()
    hear('b')
    ledger.stop()
    hear('c')
    expect(outcomes).toEqual({ a: 'closed', b: 'closed', c: 'closed' })
    expect(ledger.maySpeak()).toBe(false)
    await loop()
  })

  it('hands over what it has heard before it asks for history', async () => {
    hear('a')
    await loop()
    hear('b')
    const history = await ledger.history('pump', Number.MAX_SAFE_INTEGER, 10)
    expect(asked[0]).toBe(2)
    expect(history).toHaveLength(2)
  })
})
