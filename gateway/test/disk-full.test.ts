// A real file system that is really full: a small one in memory, mounted for these tests.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../src/app/ports.ts'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { contentsOf, LedgerRoom } from './ledger-room.ts'
import { VirtualClock } from './world.ts'

const NOON = Date.parse('2026-03-02T12:00:00Z')
const DISK = mkdtempSync(join(tmpdir(), 'overdue-disk-'))
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mount()
const WAIT = { timeout: 10_000 }

function mount(): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', DISK]).status === 0
}

afterAll(() => {
  if (canMount) spawnSync('umount', [DISK])
  rmSync(DISK, { recursive: true, force: true })
})

describe.skipIf(!canMount)('a full disk (needs the right to mount a tmpfs)', { timeout: 30_000 }, () => {
  let room: LedgerRoom
  beforeEach(async () => {
    room = await LedgerRoom.open(join(DISK, 'data'), new VirtualClock(NOON))
    const schedule = { kind: 'every', every: 60_000 } as const
    for (const name of ['pump', 'silent'])
      await room.watch.ledger.request({ kind: 'declare', name, terms: { ...DEFAULT_TERMS, schedule, grace: 5_000 } })
  })
  afterEach(async () => {
    await room.close()
    for (const file of ['data', 'ballast']) rmSync(join(DISK, file), { recursive: true, force: true })
  })

  const hear = (run: string, name = 'pump'): Promise<Outcome> => {
    const now = room.clock.now()
    const signal = { kind: 'ok', at: now, receivedAt: now, via: 'http', run, message: 'm'.repeat(900) } as const
    return new Promise((resolve) => room.watch.ledger.receive({ name, signal }, resolve))
  }
  /** Signals until one of them is not durable; which runs were. */
  const hearUntilFull = async (): Promise<readonly string[]> => {
    const durable: string[] = []
    for (let n = 0; ; n++) {
      const outcome = await hear(`before ${n}`)
      if (outcome !== 'durable') return durable
      durable.push(`before ${n}`)
    }
  }
  const runs = async (): Promise<readonly string[]> =>
    (await room.facts()).flatMap((fact) => (fact.type === 'signal.received' ? [fact.signal.run ?? ''] : []))

  it('acknowledges nobody, judges everybody, and has everything in order once there is space', async () => {
    fillDisk()
    const acknowledged = await hearUntilFull()
    expect(room.said).toEqual(['full'])
    expect(room.watch.ledger.state).toBe('full')

    const refused = await Promise.all(['a', 'b', 'c'].map((run) => hear(run)))
    expect(refused).toEqual(['full', 'full', 'full'])
    for (let second = 0; second < 70; second++) {
      if (second === 50) await hear('d')
      room.clock.pass(1_000)
      room.watch.tick()
    }
    expect([...room.watch.registry.open()].map(({ heartbeat }) => heartbeat)).toEqual(['silent'])
    expect(room.watch.ledger.maySpeak()).toBe(true)

    rmSync(join(DISK, 'ballast'))
    await expect.poll(() => room.said, WAIT).toEqual(['full', 'recovered'])
    expect(await hear('after')).toBe('durable')
    const kept = await runs()
    expect(kept.slice(0, acknowledged.length)).toEqual(acknowledged)
    expect(kept.slice(acknowledged.length + 1)).toEqual(['a', 'b', 'c', 'd', 'after'])

    const before = contentsOf(room.watch.registry)
    await room.close()
    room = await LedgerRoom.open(join(DISK, 'data'), room.clock)
    expect(room.losses).toEqual([])
    expect(contentsOf(room.watch.registry)).toEqual(before)
  })

  it('still tells the history of what waits', async () => {
    fillDisk()
    await hearUntilFull()
    await hear('waits')
    const [newest] = await room.watch.ledger.history('pump', Number.MAX_SAFE_INTEGER, 1)
    expect(newest?.fact).toMatchObject({ signal: { run: 'waits' } })
  })

  it('that has space now and then gets on by what fits', async () => {
    fillDisk()
    await hearUntilFull()
    for (let round = 0; round < 3; round++) {
      room.said.length = 0
      rmSync(join(DISK, 'ballast'))
      await expect.poll(() => room.said, WAIT).toContain('recovered')
      fillDisk()
      await hearUntilFull()
    }
    rmSync(join(DISK, 'ballast'))
    await expect.poll(() => room.watch.ledger.state, WAIT).toBe('ok')
    const kept = await runs()
    expect(kept.length).toBe(new Set(kept.map((run, n) => `${n} ${run}`)).size)
    expect((await room.facts()).length).toBe(room.watch.ledger.latest)
  })

  it('keeps snapshots until there is space for them, and replays right if the process ends before', async () => {
    room.upkeep.snapshot(Number.POSITIVE_INFINITY)
    fillDisk()
    await hearUntilFull()
    room.upkeep.snapshot(Number.POSITIVE_INFINITY)
    rmSync(join(DISK, 'ballast'))
    await expect.poll(() => room.said, WAIT).toEqual(['full', 'recovered'])
    await room.watch.ledger.quiet()
    const before = contentsOf(room.watch.registry)
    await room.close()
    room = await LedgerRoom.open(join(DISK, 'data'), room.clock)
    expect(contentsOf(room.watch.registry)).toEqual(before)
  })

  it('does not stop a start', async () => {
    await hear('first')
    await room.close()
    fillDisk()
    room = await LedgerRoom.open(join(DISK, 'data'), room.clock)
    expect(room.losses).toEqual([])
    expect(await runs()).toEqual(['first'])
    await hearUntilFull()
    rmSync(join(DISK, 'ballast'))
    await expect.poll(() => room.said, WAIT).toEqual(['full', 'recovered'])
  })
})

/** Writes until nothing more fits. */
function fillDisk(): void {
  const file = openSync(join(DISK, 'ballast'), 'w')
  for (const size of [65_536, 4_096]) while (fits(file, Buffer.alloc(size)));
  closeSync(file)
}

function fits(file: number, bytes: Buffer): boolean {
  try {
    return writeSync(file, bytes) === bytes.length
  } catch {
    return false
  }
}
