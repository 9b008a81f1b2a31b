import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StubAnswer, StubMode } from '../src/adapters/influx-sender.stage.ts'
import { SeriesRoom, SILENT } from './series-room.ts'

const WHOLE = { missing: [], strange: [] }

describe('a server of time series that is away', { timeout: 180_000 }, () => {
  let room: SeriesRoom
  beforeAll(async () => {
    room = await SeriesRoom.open()
  })
  afterAll(() => room[Symbol.asyncDispose]())

  const ways: readonly (readonly [string, string, StubMode | 'refuse'])[] = [
    ['refuses connections', 'unreachable', 'refuse'],
    ['reads and never answers', 'unreachable', 'hang'],
    ['answers 503 to its greeting, too', 'busy', { status: 503 }],
    ['answers 429 and when to come again', 'busy', { status: 429, headers: { 'Retry-After': '1' } }],
    ['answers 401', 'unauthorized', { status: 401 }],
    ['answers 404', 'missing', { status: 404 }],
  ]
  it.each(ways)('%s: signals and pages go on, and the gateway is well', async (way, because, mode) => {
    const { stub } = room
    const { ping } = stub
    if (mode === 'refuse') await stub.leave()
    else stub.mode = mode
    // A proxy in front of it answers for everything.
    if (because === 'busy') stub.ping = mode as StubAnswer
    await room.ping(200)
    await room.waitsBecause(because)
    await room.ping(200)
    await room.fallSilent(SILENT[ways.findIndex(([known]) => known === way)] as string)
    Object.assign(stub, { mode: 'take', ping })
    // Requests that hang are not waited for: their connections end with the server's.
    await stub.leave()
    await stub.listen()
    await room.brought()
    await room.writes()
  })

  it('is very slow: signals and pages go on, and it is waited for', async () => {
    room.stub.mode = { slow: 1_500 }
    await room.ping(400)
    await room.fallSilent(SILENT[6] as string)
    expect(await room.series()).toMatchObject({ state: 'writing' })
    room.stub.mode = 'take'
    await room.brought()
  })

  it('has every signal, verdict and page once, when it is back', async () => {
    expect(await room.difference()).toEqual(WHOLE)
    expect(room.acknowledged.size).toBeGreaterThan(7 * 400)
  })
})
