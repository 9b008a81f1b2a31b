// How long a connection lives, and whose it is.
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectPacket, DISCONNECT, openRoom, publishPacket, Raw, type Room, subscribePacket } from './mqtt-room.ts'

const SECOND = 1_000
let room: Room
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(async () => {
  vi.useRealTimers()
  await room.ear.close()
})

/** What was sent before, on any connection, has been seen by the ear. */
async function seen(): Promise<void> {
  const witness = await Raw.greeted(room.port, 'witness', { keepAlive: 0 })
  for (let i = 0; i < 3; i++) await witness.ping()
  await witness.send(DISCONNECT).closed
}

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const will = { topic: 'hb/pump-1/will', payload: '7' }

test('a stranger has five seconds for a CONNECT, begun or not', async () => {
  room = await openRoom()
  const silent = new Raw(room.port)
  const slow = new Raw(room.port).send(connectPacket('dev').subarray(0, 9))
  await Promise.all([silent.connected, slow.connected])
  await seen()
  await pass(4.9 * SECOND)
  await seen()
  expect([silent.socket.destroyed, slow.socket.destroyed]).toEqual([false, false])
  await pass(0.2 * SECOND)
  await Promise.all([silent.closed, slow.closed])
})

test('a device that is silent for one and a half keep-alives is cut off, and its will told', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev', { keepAlive: 60, will })
  await pass(80 * SECOND)
  device.send(publishPacket('hb/pump-1', { qos: 0 }))
  await room.arrived(1)
  await seen()
  await pass(80 * SECOND)
  expect(await device.ping()).toBe('d000')
  await seen()
  await pass(89 * SECOND)
  await seen()
  expect(device.socket.destroyed).toBe(false)
  await pass(2 * SECOND)
  await device.closed
  await room.arrived(2)
  expect(room.told()).toEqual(['ok:pump-1', 'will:pump-1'])
})

test('a packet that does not end within a minute ends the connection, where no keep-alive does', async () => {
  room = await openRoom()
  const beat = publishPacket('hb/pump-1', { id: 1, payload: 'up' })
  const headOnly = await Raw.greeted(room.port, 'a', { keepAlive: 0 })
  const half = await Raw.greeted(room.port, 'b', { keepAlive: 0 })
  const whole = await Raw.greeted(room.port, 'c', { keepAlive: 0 })
  headOnly.send(beat.subarray(0, 1))
  half.send(beat, beat.subarray(0, 9))
  whole.send(beat.subarray(0, 9))
  await seen()
  await pass(59 * SECOND)
  whole.send(beat.subarray(9))
  expect(await whole.take(4)).toBe('40020001')
  expect([headOnly.socket.destroyed, half.socket.destroyed]).toEqual([false, false])
  await pass(2 * SECOND)
  await Promise.all([headOnly.closed, half.closed])
  expect(await whole.ping()).toBe('d000')
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1'])
})

test('what follows a DISCONNECT is not heard', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev', { will })
  const late = publishPacket('hb/pump-1/fail', { id: 2 })
  await device.send(publishPacket('hb/pump-1', { id: 1 }), DISCONNECT, late, late).closed
  await seen()
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('a second CONNECT ends the connection', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev')
  await device.send(connectPacket('dev')).closed
})

test('a client id counts within its user: nobody ends the session of another, or keeps its will from being told', async () => {
  room = await openRoom({ authenticate: (user) => ({ user, grant: 'key' }) })
  const device = await Raw.greeted(room.port, 'dev', { user: 'pump-1', will })
  const others = [
    await Raw.greeted(room.port, 'dev', { user: 'pump-2' }),
    await Raw.greeted(room.port, 'dev'),
    await Raw.greeted(room.port, 'pump-1/dev'),
  ]
  for (const other of others) await other.send(DISCONNECT).closed
  expect(await device.ping()).toBe('d000')
  device.socket.resetAndDestroy()
  await room.arrived(1)
  expect(room.told()).toEqual(['will:pump-1'])
})

test('who comes back while its old connection is still ending keeps its place', async () => {
  room = await openRoom()
  const turns = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) await turn()
  }
  // A subscription makes the end take its time; one of these moments hits it.
  for (let moment = 0; moment < 100; moment++) {
    const old = await Raw.greeted(room.port, 'dev')
    await old.send(subscribePacket('hbstate/pump-1')).take(5)
    const fresh = new Raw(room.port)
    await fresh.connected
    await turns(moment % 4)
    if (moment % 8 < 4) old.socket.resetAndDestroy()
    else fresh.send(connectPacket('dev'))
    await turns(Math.floor(moment / 8) % 6)
    if (moment % 8 < 4) fresh.send(connectPacket('dev'))
    else old.socket.resetAndDestroy()
    await fresh.take(4)
    await fresh.ping()
    expect(room.ear.clients()).toBe(1)
    await fresh.send(DISCONNECT).closed
    await seen()
  }
})

test('a device that never reads its acknowledgements is cut off before they pile up', async () => {
  room = await openRoom()
  const device = await Raw.greeted(room.port, 'dev')
  device.socket.pause()
  const many = Buffer.concat(Array.from({ length: 10_000 }, () => publishPacket('hb/nobody', { id: 1 })))
  let sent = 0
  while (!device.socket.destroyed && sent < 500_000_000) {
    sent += many.length
    if (!device.socket.write(many)) {
      await Promise.race([device.closed, new Promise((resolve) => device.socket.once('drain', resolve))])
    }
  }
  await device.closed
  expect(sent).toBeLessThan(500_000_000)
})
