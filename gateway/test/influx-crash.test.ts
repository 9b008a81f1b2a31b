import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createInfluxStub } from '../src/adapters/influx-sender.stage.ts'
import { ADMIN, hasInfluxd, RealInfluxd } from './real-influxd.ts'
import { SeriesRoom, SOON } from './series-room.ts'

const WHOLE = { missing: [], strange: [] }
const BACKLOG = 6_000

describe('a gateway that ends while the server of time series is away, and while it brings what waited', {
  timeout: 600_000,
}, () => {
  it('by kill -9: loses nothing', async () => {
    expect(await tellOfEnds('SIGKILL')).toEqual(WHOLE)
  })

  it('in good order: loses nothing, and does not wait for a server that hangs', async () => {
    expect(await tellOfEnds('SIGTERM')).toEqual(WHOLE)
  })

  it('is caught when it keeps its place before a batch has arrived', async () => {
    // It loses something only where it is killed between two batches.
    let missing: readonly string[] = []
    for (let tries = 0; tries < 5 && missing.length === 0; tries++)
      missing = (await tellOfEnds('SIGKILL', mutant('keep-early'))).missing
    expect(missing).not.toEqual([])
  })
})

describe('a line that the server refuses for good', { timeout: 180_000 }, () => {
  it.each([
    ['alone', true],
    ['with all others of its batch', false],
  ])('%s is kept with the words of the server, and everything else arrives', async (_, keepsTheOthers) => {
    await using room = await SeriesRoom.open()
    const { lines, rest } = await tellOfARefusal(room, keepsTheOthers)
    const rid = [...room.acknowledged].find(([, name]) => name === 'bad-pump')?.[0]
    expect(lines).toEqual([expect.stringMatching(`^hb_signal,heartbeat=bad-pump,.*run="${rid}" \\d+$`)])
    expect(rest.strange).toEqual([])
    expect(rest.missing.filter((point) => !point.includes('bad-pump'))).toEqual([])
  })

  it('is caught when it takes its batch with it', async () => {
    await using room = await SeriesRoom.open(mutant('refuse-whole'))
    expect((await tellOfARefusal(room, false)).lines.length).toBeGreaterThan(1)
  })
})

describe('a place on disk that is damaged', { timeout: 180_000 }, () => {
  it.each([
    ['from its first byte', 0],
    ['behind its first page', 4_096],
  ])('%s is put aside, and everything is told anew', async (_, from) => {
    await using room = await SeriesRoom.open()
    await room.ping(300)
    await room.brought()
    expect(await room.gateway.end('SIGTERM')).toBe(0)
    const path = join(room.gateway.folder, 'data/series.db')
    overwrite(path, from)
    const damaged = readFileSync(path)
    await room.start()
    await room.ping(300)
    await room.brought()
    expect(room.gateway.output).toContain('influx.damaged')
    expect(existsSync(`${path}.damaged`)).toBe(true)
    expect(readFileSync(`${path}.damaged`).length).toBe(damaged.length)
    expect(await room.difference()).toEqual(WHOLE)
  })
})

describe('a configuration that changes while a server hangs', { timeout: 180_000 }, () => {
  it('again before the change before it was done leaves one thread that writes, to the last server', async () => {
    await using room = await SeriesRoom.open({ OVERDUE_LOG: 'info' })
    await using other = await createInfluxStub()
    const file = join(room.gateway.folder, 'overdue.yaml')
    const text = readFileSync(file, 'utf8')
    room.stub.mode = 'hang'
    await room.ping(1)
    await expect.poll(() => room.stub.writes.length, SOON).toBeGreaterThan(0)
    const named = text.replace('influx: {', 'influx: { instance: edge,')
    for (const [turn, next] of [named, text.replace(room.stub.url, other.url)].entries()) {
      writeFileSync(file, next)
      process.kill(room.gateway.pid, 'SIGHUP')
      await expect.poll(() => room.gateway.output.split('config.loaded').length, SOON).toBeGreaterThan(turn + 1)
    }
    await room.ping(100)
    await expect.poll(() => other.kept.filter((line) => line.startsWith('hb_signal')).length, SOON).toBe(101)
    expect(room.gateway.output).not.toContain('influx.broken')
  })
})

describe.skipIf(!hasInfluxd)('influxd, killed under load and started again', { timeout: 180_000 }, () => {
  it('has every signal once', async () => {
    await using influxd = await new RealInfluxd().start()
    const login = `${ADMIN.username}:${ADMIN.password}`
    await using room = await SeriesRoom.open({ INFLUX_URL: influxd.url, INFLUX_TOKEN: login })
    const stop = room.pingOn()
    await expect.poll(() => room.acknowledged.size, SOON).toBeGreaterThan(500)
    await influxd.kill()
    await room.waitsBecause('unreachable')
    await stop()
    await influxd.start()
    await expect.poll(() => influxd.count('overdue', 'hb_signal', 'n'), SOON).toBe(room.acknowledged.size)
  })
})

/** Ends it twice while the server takes nothing and twice while it takes what waited; what is missing in the end. */
async function tellOfEnds(
  signal: 'SIGKILL' | 'SIGTERM',
  fault: Readonly<Record<string, string>> = {},
): Promise<Awaited<ReturnType<SeriesRoom['difference']>>> {
  await using room = await SeriesRoom.open(fault)
  const { stub, acknowledged } = room
  const end = async (): Promise<void> => {
    expect(await room.gateway.end(signal)).toBe(signal === 'SIGTERM' ? 0 : null)
  }
  for (const mode of [{ status: 503 }, 'hang'] as const) {
    stub.mode = mode
    const [writes, enough] = [stub.writes.length, acknowledged.size + BACKLOG / 2]
    const stop = room.pingOn()
    await expect.poll(() => stub.writes.length > writes && acknowledged.size > enough, SOON).toBe(true)
    await end()
    await stop()
    await room.start()
  }
  for (const slow of [1_000, 2_000]) {
    const { length } = stub.kept
    stub.mode = { slow }
    await expect.poll(() => stub.kept.length, SOON).toBeGreaterThan(length)
    await end()
    await room.start()
  }
  stub.mode = 'take'
  return await room.difference()
}

/** One line of many is refused; what is dead, and what is missing beside it. */
async function tellOfARefusal(
  room: SeriesRoom,
  keepsTheOthers: boolean,
): Promise<{ lines: readonly string[]; rest: Awaited<ReturnType<SeriesRoom['difference']>> }> {
  Object.assign(room.stub, { marker: 'hb_signal,heartbeat=bad-pump,', keepsTheOthers })
  await Promise.all([room.ping(300), room.ping(1, 'bad-pump')])
  const dead = async (): Promise<readonly { line: string; why: string }[]> =>
    ((await room.gateway.get('/series/dead')).body as { items: { line: string; why: string }[] }).items
  await expect.poll(dead, SOON).not.toEqual([])
  const items = await dead()
  for (const { why } of items) expect(why).toContain('field type conflict')
  return { lines: items.map(({ line }) => line), rest: await room.difference() }
}

function overwrite(path: string, from: number): void {
  const file = openSync(path, 'r+')
  writeSync(file, Buffer.alloc(statSync(path).size - from, 'damage'), 0, undefined, from)
  closeSync(file)
}

/** A script that every thread of the gateway runs first. */
function mutant(name: string): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import=${join(import.meta.dirname, 'mutants', name)}.ts` }
}
