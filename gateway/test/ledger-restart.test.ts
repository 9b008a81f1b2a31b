import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEFAULT_TERMS, type Terms } from '../src/domain/heartbeat.ts'
import type { Signal } from '../src/domain/signal.ts'
import { contentsOf, LedgerRoom } from './ledger-room.ts'
import { VirtualClock } from './world.ts'

const NOON = Date.parse('2026-03-02T12:00:00Z')
const RETENTION = { facts: 90 * 86_400_000, bodies: 86_400_000 }
const ALL_PAGES = Number.POSITIVE_INFINITY

describe('a start', () => {
  let folder: string
  let room: LedgerRoom
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'overdue-restart-'))
    room = await LedgerRoom.open(folder, new VirtualClock(NOON))
  })
  afterEach(async () => {
    await room.close()
    rmSync(folder, { recursive: true })
  })

  const declare = (name: string, terms: Partial<Terms> = {}): void => {
    const every = { kind: 'every', every: 60_000 } as const
    void room.watch.ledger.request({
      kind: 'declare',
      name,
      terms: { ...DEFAULT_TERMS, schedule: every, grace: 5_000, declaredBy: 'api', ...terms },
    })
  }
  const hear = (name: string, signal: Partial<Signal> = {}): void => {
    const now = room.clock.now()
    const heard = { kind: 'ok', at: now, receivedAt: now, via: 'http', ...signal } as const
    room.watch.ledger.receive({ name, signal: heard }, () => undefined)
  }
  /** Lets time pass a second at a time, with what the ledger does each second. */
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      room.clock.pass(1_000)
      room.watch.tick()
      room.upkeep.turn(room.clock.now(), RETENTION)
    }
  }
  const restart = async (): Promise<void> => {
    await room.close()
    room = await LedgerRoom.open(folder, room.clock)
  }
  const expectTheSameAfterARestart = async (): Promise<void> => {
    await room.watch.ledger.quiet()
    const before = contentsOf(room.watch.registry)
    await restart()
    expect(contentsOf(room.watch.registry)).toEqual(before)
  }
  /** All kinds of heartbeats in all kinds of states. */
  const live = (): void => {
    declare('well')
    declare('silent')
    declare('job', { finishWithin: 20_000 })
    declare('paused')
    declare('gone')
    declare('Seen', { schedule: { kind: 'every', every: 86_400_000 } })
    for (const name of ['well', 'silent', 'job', 'paused', 'gone']) hear(name)
    pass(10)
    hear('job', { kind: 'start', run: 'r1' })
    hear('well', { kind: 'fail', run: 'r2', message: 'disk' })
    void room.watch.ledger.request({ kind: 'pause', name: 'paused', by: 'me' })
    void room.watch.ledger.request({ kind: 'remove', name: 'gone', by: 'me' })
    pass(40)
    hear('well', { via: 'mqtt', boot: 3, seq: 9 })
    pass(40)
    room.watch.blind({ source: 'mqtt', from: room.clock.now() - 9_000, to: room.clock.now(), cause: 'link' })
    declare('gone', { grace: 7_000 })
    declare('well', { grace: 9_000 })
    hear('gone')
    room.watch.ledger.append([{ type: 'channel.failed', at: NOON, seenAt: NOON, channel: 'ops', why: 'no route' }])
  }

  it('folds every state again from the facts alone', async () => {
    live()
    await expectTheSameAfterARestart()
    expect(room.watch.registry.openIncidents.size).toBeGreaterThan(0)
  })

  it('finds every state in the snapshots, and folds nothing again', async () => {
    live()
    room.upkeep.snapshot(ALL_PAGES)
    await expectTheSameAfterARestart()
    expect(room.replayed).toBe(0)
  })

  it('folds only what came after the snapshots', async () => {
    live()
    room.upkeep.snapshot(ALL_PAGES)
    hear('well')
    hear('silent')
    void room.watch.ledger.request({ kind: 'remove', name: 'job', by: 'me' })
    await room.watch.ledger.quiet()
    const facts = room.watch.ledger.latest
    await expectTheSameAfterARestart()
    expect(room.replayed).toBeGreaterThan(0)
    expect(room.replayed).toBeLessThan(facts / 2)
  })

  it('gives the same states after each of many starts, with snapshots of some pages between', async () => {
    for (let n = 0; n < 2_500; n++) declare(`d${n}`)
    for (let round = 0; round < 4; round++) {
      for (let n = round; n < 2_500; n += 3 + round) hear(`d${n}`, { run: `${round}` })
      room.clock.pass(1_000)
      room.watch.tick()
      room.upkeep.snapshot(1)
      for (let n = 0; n < 900; n += 7) hear(`d${n}`)
      await expectTheSameAfterARestart()
    }
  })

  it('does not fold again what happened before heartbeats that are never heard again fell silent', async () => {
    declare('quiet', { schedule: { kind: 'every', every: 30 * 86_400_000 } })
    for (let n = 0; n < 1_100; n++) declare(`busy${n}`, { schedule: { kind: 'every', every: 86_400_000 } })
    for (let minute = 0; minute < 5; minute++) {
      for (let n = 1_050; n < 1_100; n++) hear(`busy${n}`)
      pass(2)
    }
    room.upkeep.snapshot(ALL_PAGES)
    hear('busy1099')
    await expectTheSameAfterARestart()
    expect(room.replayed).toBe(1)
  })

  it('goes on counting where it was, and history reaches back before it', async () => {
    declare('well')
    hear('well', { run: 'before' })
    await room.watch.ledger.quiet()
    const { latest } = room.watch.ledger
    await restart()
    expect(room.watch.ledger.latest).toBe(latest)
    hear('well', { run: 'after' })
    const history = await room.watch.ledger.history('well', Number.MAX_SAFE_INTEGER, 10)
    const runs = history.flatMap(({ fact }) => (fact.type === 'signal.received' ? [fact.signal.run] : []))
    expect(runs).toEqual(['after', 'before'])
  })
})
