import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { MemoryLedger } from '../src/adapters/ledger-memory.ts'
import { restore } from '../src/adapters/ledger-snapshot.ts'
import { SqliteLedger } from '../src/adapters/ledger-sqlite.ts'
import { type Opened, openStore, type Store } from '../src/adapters/ledger-store.ts'
import { LedgerUpkeep } from '../src/adapters/ledger-upkeep.ts'
import { Hearing } from '../src/app/hearing.ts'
import { PartitionJudge } from '../src/app/judge.ts'
import type { Judge, Ledger, Outcome } from '../src/app/ports.ts'
import { Registry } from '../src/app/registry.ts'
import type { Fact } from '../src/domain/fact.ts'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import type { Signal } from '../src/domain/signal.ts'

const NOW = Date.UTC(2026, 2, 2, 10)
const SCENE = {
  zone: 'UTC',
  policyOf: () => ({ name: 'default', ackTimeout: 1_800_000, steps: [{ after: 0, page: ['ops'] }] }),
}
const ENDLESS = Number.MAX_SAFE_INTEGER

type Room = { readonly ledger: Ledger; readonly registry: Registry; readonly committed: Fact[] }

const ends: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

function inMemory(): Room {
  const registry = new Registry()
  const committed: Fact[] = []
  const judge: Judge = new PartitionJudge(registry, new Hearing(), SCENE)
  return {
    ledger: new MemoryLedger(
      judge,
      () => NOW,
      (facts) => committed.push(...facts),
    ),
    registry,
    committed,
  }
}

type Embedded = Room & { readonly ledger: SqliteLedger; readonly store: Store; readonly upkeep: LedgerUpkeep }

async function embedded(folder = newFolder()): Promise<Embedded> {
  const registry = new Registry()
  const committed: Fact[] = []
  const judge: Judge = new PartitionJudge(registry, new Hearing(), SCENE)
  const ledger = new SqliteLedger(judge, registry, () => NOW, {
    committed: (facts) => committed.push(...facts),
    measured: () => undefined,
    wasDeaf: () => undefined,
  })
  const events = {
    committed: (upTo: number) => ledger.committed(upTo),
    full: () => ledger.full(),
    recovered: () => ledger.recovered(),
    unsaved: () => registry.forgetSnapshots(),
    broken: () => ledger.stop(),
    unread: () => undefined,
  }
  const { store, next } = (await openStore(folder, events)) as Opened
  ends.push(() => store.close())
  const { floor } = await restore(registry, store, next, () => undefined)
  ledger.open(store, next)
  return { ledger, registry, committed, store, upkeep: new LedgerUpkeep(store, ledger, registry, floor) }
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'overdue-ledger-'))
  ends.push(async () => rmSync(folder, { recursive: true }))
  return folder
}

function hear(ledger: Ledger, name: string, signal: Partial<Signal> = {}, body?: Uint8Array): Promise<Outcome> {
  const arrival = { name, signal: { kind: 'ok', at: NOW, receivedAt: NOW, via: 'http', ...signal } as Signal }
  const create = DEFAULT_TERMS
  return new Promise((resolve) => ledger.receive({ ...arrival, create, ...(body !== undefined && { body }) }, resolve))
}

describe.each([
  ['in memory', async () => inMemory()],
  ['on disk', embedded as () => Promise<Room>],
] as const)('a ledger %s', (_where, open) => {
  it('settles a signal when it is durable, and tells what followed from it', async () => {
    const { ledger, registry, committed } = await open()
    expect(await hear(ledger, 'a')).toBe('durable')
    expect(registry.state(registry.find('a'))).toMatchObject({ verdict: 'ok', signals: 1 })
    expect(committed.map(({ type }) => type)).toEqual(['heartbeat.declared', 'verdict.changed'])
  })

  it('keeps the history of each heartbeat, newest first, a part at a time', async () => {
    const { ledger } = await open()
    for (let n = 0; n < 40; n++) {
      void hear(ledger, 'a', { at: NOW + n, receivedAt: NOW + n })
      void hear(ledger, 'b', { at: NOW + n, receivedAt: NOW + n, message: `number ${n}` })
      if (n % 7 === 0) await hear(ledger, 'c')
    }
    await hear(ledger, 'c')
    const whole = await ledger.history('b', ENDLESS, 1000)
    const signals = whole.filter(({ fact }) => fact.type === 'signal.received')
    expect(signals.map(({ fact }) => fact.at - NOW)).toEqual(Array.from({ length: 40 }, (_, n) => 39 - n))
    expect(whole.every(({ fact }) => 'heartbeat' in fact && fact.heartbeat === 'b')).toBe(true)
    const parts = []
    for (let before = ENDLESS; ; ) {
      const part = await ledger.history('b', before, 7)
      parts.push(...part)
      if (part.length < 7) break
      before = part.at(-1)?.seq as number
    }
    expect(parts).toEqual(whole)
    expect(await ledger.history('nobody', ENDLESS, 10)).toEqual([])
  })

  it('keeps bodies by the number of their signal', async () => {
    const { ledger } = await open()
    await hear(ledger, 'a')
    await hear(ledger, 'a', { bodySize: 3 }, new TextEncoder().encode('log'))
    const [newest, older] = (await ledger.history('a', ENDLESS, 10)).filter(
      ({ fact }) => fact.type === 'signal.received',
    )
    expect(new TextDecoder().decode(await ledger.body(newest?.seq as number))).toBe('log')
    expect(await ledger.body(older?.seq as number)).toBeUndefined()
  })

  it('answers commands when they are durable, and says why it refuses', async () => {
    const { ledger, registry } = await open()
    await hear(ledger, 'a', { kind: 'fail' })
    const [incident = ''] = registry.openIncidents
    const ask = async (kind: 'acknowledge' | 'resolve', id: string) =>
      (await ledger.request({ kind, incident: id, by: 'ana' })).reply
    expect(await ask('acknowledge', incident)).toEqual({ kind: 'done' })
    expect(await ask('acknowledge', incident)).toEqual({ kind: 'refused', why: 'already' })
    expect(await ask('resolve', incident)).toEqual({ kind: 'done' })
    expect(await ask('resolve', 'inc-nobody')).toEqual({ kind: 'refused', why: 'unknown' })
  })

  it('folds facts that no signal caused', async () => {
    const { ledger, registry } = await open()
    ledger.append([{ type: 'channel.failed', at: NOW, seenAt: NOW, channel: 'ops', why: 'refused' }])
    await hear(ledger, 'a')
    expect([...registry.failedChannels.keys()]).toEqual(['ops'])
  })
})

describe('the ledger on disk', () => {
  it('gives the same states, incidents and histories after every kind of ending', async () => {
    const folder = newFolder()
    let names = 0
    for (const ending of ['no snapshot', 'a whole snapshot', 'a part of a snapshot', 'removals', 'none'] as const) {
      const room = await embedded(folder)
      for (let n = 0; n < 1500; n++) void hear(room.ledger, `hb-${names + n}`, { kind: n % 50 === 0 ? 'fail' : 'ok' })
      names += 1500
      await hear(room.ledger, 'one-more', { kind: 'start', run: 'r' })
      if (ending === 'a whole snapshot') room.upkeep.snapshot(room.registry.pages.length)
      if (ending === 'a part of a snapshot') {
        room.upkeep.snapshot(1)
        for (let n = 0; n < 3000; n += 5) void hear(room.ledger, `hb-${n}`, { at: NOW + 5, receivedAt: NOW + 5 })
        await hear(room.ledger, 'hb-1')
        room.upkeep.snapshot(1)
        for (let n = 1000; n < 1100; n += 5) void hear(room.ledger, `hb-${n}`, { at: NOW + 9, receivedAt: NOW + 9 })
        await hear(room.ledger, 'hb-2')
      }
      if (ending === 'removals') {
        await room.ledger.request({ kind: 'remove', name: 'hb-3', by: 'ana' })
        await hear(room.ledger, 'hb-3')
        await room.ledger.request({ kind: 'remove', name: 'hb-4', by: 'ana' })
      }
      const before = await picture(room)
      await (ends.pop() as () => Promise<void>)()
      const after = await embedded(folder)
      expect(await picture(after), ending).toEqual(before)
      await (ends.pop() as () => Promise<void>)()
    }
  })

  it('puts all that waits into few commits', async () => {
    const room = await embedded()
    const commits: number[] = []
    const { committed } = room.ledger
    room.ledger.committed = (upTo) => {
      commits.push(upTo)
      committed.call(room.ledger, upTo)
    }
    const settled: Promise<Outcome>[] = []
    for (let burst = 0; burst < 20; burst++) {
      for (let n = 0; n < 100; n++) settled.push(hear(room.ledger, `hb-${n}`))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(settled)
    expect(commits.at(-1)).toBe(room.ledger.latest)
    expect(commits).toEqual([...commits].sort((a, b) => a - b))
    expect(commits.length).toBeLessThan(25)
  })

  it('acknowledges nothing once it is stopped', async () => {
    const { ledger } = await embedded()
    const waiting = hear(ledger, 'a')
    ledger.stop()
    expect(await waiting).toBe('closed')
    expect(await hear(ledger, 'b')).toBe('closed')
  })
})

/** Everything that a restart must bring back. */
async function picture({ ledger, registry }: Room): Promise<object> {
  const heartbeats = [...registry.roster.numbers()].map((number) => ({ number, ...registry.heartbeat(number) }))
  const history = await ledger.history('one-more', ENDLESS, 1000)
  return {
    heartbeats,
    history,
    verdicts: new Map([...registry.verdicts].filter(([, count]) => count > 0)),
    incidents: [...registry.incidents.values()],
    unsettled: [...registry.unsettled.values()],
  }
}
