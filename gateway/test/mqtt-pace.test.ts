// A device that beats faster than it is worth storing: heard, acknowledged, and stored as one.
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, expect, test, vi } from 'vitest'
import { openRoom, publishPacket, Raw, type Room } from './mqtt-room.ts'

let room: Room
afterEach(async () => {
  vi.useRealTimers()
  await room.ear.close()
})

const beats = (from: number, count: number): Buffer[] =>
  Array.from({ length: count }, (_, n) => publishPacket('hb/pump-1', { id: from + n }))

test('of a flood of beats a burst is stored one by one, the rest as one, and each is acknowledged', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
  room = await openRoom({ pace: () => ({ perSecond: 1, burst: 3 }) })
  const device = await Raw.greeted(room.port)
  device.send(...beats(1, 20))
  expect(await device.take(12)).toBe('400200014002000240020003')
  await device.ping()
  expect(room.heard).toHaveLength(3)
  vi.advanceTimersByTime(1_100)
  await turn()
  const rest = Array.from({ length: 17 }, (_, n) => `4002${(n + 4).toString(16).padStart(4, '0')}`)
  expect(await device.take(17 * 4)).toBe(rest.join(''))
  expect(room.heard).toHaveLength(4)
  expect([room.counted('signals_coalesced'), room.counted('mqtt')]).toEqual([16, 20])
})

test('what is held when the gateway ends is stored first', async () => {
  room = await openRoom({ pace: () => ({ perSecond: 1, burst: 1 }) })
  const device = await Raw.greeted(room.port)
  await device.send(...beats(1, 5)).ping()
  const closed = room.ear.close()
  expect(await device.take(20)).toBe('4002000140020002400200034002000440020005')
  await closed
  expect(room.heard).toHaveLength(2)
})

test('a failure is stored at once, behind the beat that was held', async () => {
  room = await openRoom({ pace: () => ({ perSecond: 1, burst: 1 }) })
  const device = await Raw.greeted(room.port)
  await device.send(...beats(1, 3), publishPacket('hb/pump-1/fail', { id: 9 })).ping()
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1', 'fail:pump-1'])
})
