// What every ledger owes the watch, told of each: the one in memory that stories run on, and the one on disk.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MemoryLedger } from '../src/adapters/ledger-memory.ts'
import type { Command, Ledger, Outcome } from '../src/app/ports.ts'
import type { Watch } from '../src/app/watch.ts'
import type { Fact } from '../src/domain/fact.ts'
import { DEFAULT_TERMS, type Terms } from '../src/domain/heartbeat.ts'
import type { Signal } from '../src/domain/signal.ts'
import { LedgerRoom, watchOver } from './ledger-room.ts'
import { VirtualClock } from './world.ts'

const NOON = Date.parse('2026-03-02T12:00:00Z')
const HOURLY: Partial<Terms> = { schedule: { kind: 'every', every: 3_600_000 }, grace: 60_000 }

type Place = {
  readonly watch: Watch<Ledger>
  readonly clock: VirtualClock
  /** All facts, in order. */
  facts(): Promise<readonly Fact[]>
  end(): Promise<void>
}

const KINDS: readonly { readonly kind: string; readonly open: () => Promise<Place> }[] = [
  {
    kind: 'in memory',
    async open() {
      const clock = new VirtualClock(NOON)
      const watch = watchOver(clock, (judge, _, committed) => new MemoryLedger(judge, () => clock.now(), committed))
      return { watch, clock, facts: async () => watch.ledger.facts, end: async () => undefined }
    },
  },
  {
    kind: 'on disk',
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'overdue-contract-'))
      const room = await LedgerRoom.open(folder, new VirtualClock(NOON))
      const end = async (): Promise<void> => {
        await room.close()
        rmSync(folder, { recursive: true })
      }
      return { watch: room.watch, clock: room.clock, facts: () => room.facts(), end }
    },
  },
]

describe.each(KINDS)('a ledger $kind', ({ open }) => {
  let place: Place
  beforeEach(async () => {
    place = await open()
  })
  afterEach(() => place.end())

  const declare = (name: string): Promise<unknown> =>
    place.watch.ledger.request({ kind: 'declare', name, terms: { ...DEFAULT_TERMS, ...HOURLY } })
  const hear = (name: string, signal: Partial<Signal> = {}, body?: Uint8Array): Promise<Outcome> => {
    const now = place.clock.now()
    const heard = { kind: 'ok', at: now, receivedAt: now, via: 'http', ...signal } as const
    return new Promise((resolve) =>
      place.watch.ledger.receive({ name, signal: heard, ...(body !== undefined && { body }) }, resolve),
    )
  }
  const runsOf = async (name: string, before = Number.MAX_SAFE_INTEGER, limit = 100): Promise<readonly string[]> => {
    const numbered = await place.watch.ledger.history(name, before, limit)
    return numbered.flatMap(({ fact }) => (fact.type === 'signal.received' ? [fact.signal.run ?? '-'] : []))
  }

  it('says durable to every signal', async () => {
    await declare('pump')
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => hear('pump')))
    expect(new Set(outcomes)).toEqual(new Set(['durable']))
  })

  it('keeps facts in the order in which they were judged', async () => {
    await declare('pump')
    await declare('fan')
    for (let n = 0; n < 30; n++) void hear(n % 3 === 0 ? 'fan' : 'pump', { run: `r${n}` })
    await hear('pump', { run: 'last' })
    const runs = (await place.facts()).flatMap((fact) => (fact.type === 'signal.received' ? [fact.signal.run] : []))
    expect(runs).toEqual([...Array.from({ length: 30 }, (_, n) => `r${n}`), 'last'])
  })

  it('tells the history of one heartbeat newest first, from any fact back, as far as asked', async () => {
    await declare('pump')
    await declare('fan')
    for (let n = 1; n <= 6; n++) {
      await hear('pump', { run: `p${n}` })
      void hear('fan', { run: `f${n}` })
    }
    expect(await runsOf('pump')).toEqual(['p6', 'p5', 'p4', 'p3', 'p2', 'p1'])
    expect(await runsOf('pump', Number.MAX_SAFE_INTEGER, 2)).toEqual(['p6', 'p5'])
    const third = (await place.watch.ledger.history('pump', Number.MAX_SAFE_INTEGER, 3)).at(-1)
    expect(await runsOf('pump', third?.seq, 2)).toEqual(['p3', 'p2'])
    expect(await runsOf('nobody')).toEqual([])
  })

  it('tells history up to the signal that was heard last, settled or not', async () => {
    await declare('pump')
    await hear('pump', { run: 'a' })
    void hear('pump', { run: 'b' })
    expect(await runsOf('pump')).toEqual(['b', 'a'])
  })

  it('tells plain beats as they were', async () => {
    await declare('pump')
    await hear('pump')
    place.clock.pass(1_000)
    await hear('pump')
    const [{ fact } = {}] = await place.watch.ledger.history('pump', Number.MAX_SAFE_INTEGER, 1)
    const at = NOON + 1_000
    expect(fact).toMatchObject({
      type: 'signal.received',
      heartbeat: 'pump',
      at,
      seenAt: at,
      signal: { kind: 'ok', at, receivedAt: at, via: 'http' },
      effect: { dueAt: at + 3_600_000, deadlineAt: at + 3_660_000 },
    })
  })

  it('keeps bodies by the number of their signal', async () => {
    await declare('pump')
    await hear('pump')
    await hear('pump', { bodySize: 3 }, new Uint8Array([1, 2, 3]))
    await hear('pump')
    const [bare, full] = await place.watch.ledger.history('pump', Number.MAX_SAFE_INTEGER, 2)
    expect([...((await place.watch.ledger.body(full?.seq ?? 0)) ?? [])]).toEqual([1, 2, 3])
    expect(await place.watch.ledger.body(bare?.seq ?? 0)).toBeUndefined()
  })

  it.each<[Command, 'done' | 'unknown']>([
    [{ kind: 'pause', name: 'pump', by: 'me' }, 'done'],
    [{ kind: 'remove', name: 'pump', by: 'me' }, 'done'],
    [{ kind: 'pause', name: 'nobody', by: 'me' }, 'unknown'],
    [{ kind: 'acknowledge', incident: 'none', by: 'me' }, 'unknown'],
  ])('answers the command %o: %s', async (command, expected) => {
    await declare('pump')
    const { reply, outcome } = await place.watch.ledger.request(command)
    expect(reply.kind === 'done' ? 'done' : reply.why).toBe(expected)
    expect(outcome).toBe('durable')
  })

  it('appends what was decided elsewhere', async () => {
    const now = place.clock.now()
    place.watch.ledger.append([{ type: 'channel.failed', at: now, seenAt: now, channel: 'ops', why: 'refused' }])
    await declare('pump')
    expect((await place.facts()).map(({ type }) => type)).toEqual(['channel.failed', 'heartbeat.declared'])
    expect(place.watch.registry.failedChannels.has('ops')).toBe(true)
  })

  it('judges silence when time moves, and not before', async () => {
    await declare('pump')
    await hear('pump')
    place.watch.ledger.tick(NOON + 3_660_000)
    expect(place.watch.registry.openIncidents.size).toBe(0)
    place.watch.ledger.tick(NOON + 3_660_001)
    expect(place.watch.registry.openIncidents.size).toBe(1)
    await declare('fan')
    expect((await place.facts()).map(({ type }) => type)).toContain('incident.opened')
  })
})
