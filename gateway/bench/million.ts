// The row of the million at rest: how long the gateway takes to start with them, what each costs in memory, and
// how much CPU it spends while no signal comes and none is due.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Bench, signalEach, startGateway, writeOpenConfig } from './gateway-process.ts'
import { cpuSecondsOf, residentBytesOf } from './measure.ts'

export type Million = {
  heartbeats: number
  seedSeconds: number
  /** From the spawn to the first 200 of /healthz. */
  startMs: number
  /** Resident bytes of the whole process by the number of heartbeats: after the start, and at the peak. */
  bytesEach: number | undefined
  peakBytesEach: number | undefined
  /** The same after every heartbeat has been signalled once more. */
  signalledBytesEach: number | undefined
  /** Share of one core over the quiet window. */
  idleCores: number | undefined
  idleSeconds: number
  notes: string[]
}

const PERIOD_SECONDS = 60
const IDLE_SECONDS = 30
const SETTLE_SECONDS = 3

export async function measureMillion(bench: Bench): Promise<Million> {
  const data = mkdtempSync(join(bench.folder, 'million-'))
  const config = writeOpenConfig(bench)
  const notes: string[] = []

  const seeding = await startGateway(bench, data, config)
  const seededAt = performance.now()
  const seedSeconds = await signalEach(bench, seeding, '?create=1&every=1m').finally(() => seeding.stop())
  console.error(`million: seeded in ${seedSeconds.toFixed(1)} s`)

  const gateway = await startGateway(bench, data, config)
  try {
    await sleep(SETTLE_SECONDS * 1000)
    const rested = residentBytesOf(gateway.pid)
    if (performance.now() - seededAt > PERIOD_SECONDS * 1000) {
      notes.push('the first heartbeats were already silent when memory was read: seeding and starting took over 1 min')
    }
    // One more signal for each moves all deadlines ahead, so that none falls into the quiet window.
    const signalSeconds = await signalEach(bench, gateway, '')
    await sleep(SETTLE_SECONDS * 1000)
    const free = PERIOD_SECONDS - signalSeconds - SETTLE_SECONDS - 1
    if (free < IDLE_SECONDS) notes.push(`heartbeats fell due ${free.toFixed(0)} s into the quiet window`)
    const cpu0 = cpuSecondsOf(gateway.pid)
    const t0 = performance.now()
    await sleep(IDLE_SECONDS * 1000)
    const idleSeconds = (performance.now() - t0) / 1000
    const cpu1 = cpuSecondsOf(gateway.pid)
    const each = (bytes: number | undefined): number | undefined => bytes && bytes / bench.heartbeats
    return {
      heartbeats: bench.heartbeats,
      seedSeconds,
      startMs: gateway.startMs,
      bytesEach: each(rested?.now),
      peakBytesEach: each(rested?.peak),
      signalledBytesEach: each(residentBytesOf(gateway.pid)?.now),
      idleCores: cpu0 === undefined || cpu1 === undefined ? undefined : (cpu1 - cpu0) / idleSeconds,
      idleSeconds,
      notes,
    }
  } finally {
    await gateway.stop()
    rmSync(data, { recursive: true, force: true })
  }
}
