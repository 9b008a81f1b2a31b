// Who is let in over MQTT, and whom it sees off again: raw sockets against the ear.
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import type { Pass } from '../src/adapters/device-door.ts'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { connectPacket, openRoom, publishPacket, Raw, type Room, subscribePacket } from './mqtt-room.ts'

let room: Room
afterEach(async () => room?.ear.close())

const pass = (user: string): Pass => ({ user, grant: `token of ${user}` })
const will = { topic: 'hb/pump-1/will', payload: '1' }

test('a new device is acknowledged when its enrolment is on disk, not before, and what it sent meanwhile is heard then', async () => {
  const enrolled = Promise.withResolvers<Pass | undefined>()
  room = await openRoom({ authenticate: () => enrolled.promise })
  const device = new Raw(room.port).send(connectPacket('dev', { user: 'pump-1' }), publishPacket('hb/pump-1'))
  const other = await Raw.greeted(room.port, 'anybody')
  await other.ping()
  expect(device.got.length).toBe(0)
  expect(room.heard).toEqual([])
  enrolled.resolve(pass('pump-1'))
  expect(await device.take(8)).toBe('2002000040020001')
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('a new device that is refused late gets its CONNACK, too', async () => {
  room = await openRoom({ authenticate: () => Promise.resolve(undefined) })
  const device = new Raw(room.port).send(connectPacket('dev', { user: 'pump-1' }))
  expect(await device.take(4)).toBe('20020005')
  await device.closed
})

test('a device that leaves while its enrolment is written is forgotten, and takes no session away', async () => {
  const enrolled = [Promise.resolve(pass('pump-1')), Promise.withResolvers<Pass | undefined>()] as const
  let asked = 0
  room = await openRoom({ authenticate: () => (asked++ === 0 ? enrolled[0] : enrolled[1].promise) })
  const first = await Raw.greeted(room.port, 'dev', { user: 'pump-1', will })
  const second = new Raw(room.port).send(connectPacket('dev', { user: 'pump-1' }))
  await second.connected
  while (asked < 2) await first.ping()
  second.socket.resetAndDestroy()
  await second.closed
  await first.ping()
  enrolled[1].resolve(pass('pump-1'))
  await first.ping()
  expect(room.ear.clients()).toBe(1)
  first.socket.resetAndDestroy()
  await room.arrived(1)
  expect(room.told()).toEqual(['will:pump-1'])
})

test('dismissed devices are gone at once: nothing more is heard or acknowledged, and their wills are no news', async () => {
  room = await openRoom({ authenticate: pass })
  const gone = await Raw.greeted(room.port, 'dev', { user: 'pump-1', will })
  const kept = await Raw.greeted(room.port, 'dev', { user: 'pump-2' })
  const anonymous = await Raw.greeted(room.port, 'dev')
  room.intake.manual = true
  gone.send(publishPacket('hb/pump-1', { id: 7 }))
  await room.arrived(1)
  room.ear.dismiss(({ user, grant }) => user === 'pump-1' && grant === 'token of pump-1')
  gone.send(publishPacket('hb/pump-1', { id: 8 }))
  for (const settled of room.waiting.splice(0)) settled('durable')
  await gone.closed
  expect(gone.got.length).toBe(0)
  for (const other of [kept, anonymous]) expect(await other.ping()).toBe('d000')
  expect(room.told()).toEqual(['ok:pump-1'])
  expect(room.ear.latest(9).map(({ user }) => user)).toEqual([undefined, 'pump-2'])
  expect(room.logged.filter((line) => line.startsWith('connection.cut'))).toHaveLength(1)
})

test('unknown names of a device are declared with its own terms, where its pass has some', async () => {
  const terms = { ...DEFAULT_TERMS, group: 'hall-7' }
  const create = (name: string) => (name === 'new/full' ? undefined : terms)
  room = await openRoom({ authenticate: (user) => (user === 'new' ? { ...pass(user), create } : pass(user)) })
  const device = await Raw.greeted(room.port, 'dev', { user: 'new' })
  device.send(
    ...['new', 'new/battery', 'new/full', 'old'].map((name, id) => publishPacket(`hb/${name}`, { id: id + 1 })),
  )
  await device.take(16)
  const other = await Raw.greeted(room.port, 'dev', { user: 'old' })
  other.send(publishPacket('hb/old'))
  await other.take(4)
  expect(room.heard.map(({ name, create: as }) => [name, as?.group])).toEqual([
    ['new', 'hall-7'],
    ['new/battery', 'hall-7'],
  ])
  expect(room.arrivals).toEqual(['new/full', 'old'])
})

test.each(['drop', 'close'] as const)(
  'whoever publishes where it may not is told of; its connection: %s',
  async (denied) => {
    const told: string[] = []
    room = await openRoom({
      authenticate: pass,
      denied: (...words) => told.push(words.join(' ')),
      live: { create: 'auto', defaults: DEFAULT_TERMS, denied },
    })
    const device = await Raw.greeted(room.port, 'dev', { user: 'pump-1', will })
    device.send(subscribePacket('hbstate/pump-2/#'))
    expect(await device.take(5)).toBe('9003000980')
    device.send(publishPacket('hb/pump-1', { id: 1 }))
    expect(await device.take(4)).toBe('40020001')
    device.send(publishPacket('hb/pump-2', { id: 2 }), publishPacket('hb/pump-1', { id: 3 }))
    if (denied === 'drop') expect(await device.take(8)).toBe('4002000240020003')
    else {
      await device.closed
      expect(device.got.length).toBe(0)
    }
    expect(told).toEqual(['pump-1 hbstate/pump-2/# subscription', 'pump-1 hb/pump-2 denied'])
    expect(room.told()).toEqual(denied === 'drop' ? ['ok:pump-1', 'ok:pump-1'] : ['ok:pump-1'])
  },
)

test('over MQTT 5 a device that is not welcome any more is told so', async () => {
  room = await openRoom({
    authenticate: pass,
    live: { create: 'auto', defaults: DEFAULT_TERMS, denied: 'close' },
  })
  const options = { protocolVersion: 5, reconnectPeriod: 0, port: room.port, host: '127.0.0.1' } as const
  const said = async (username: string, act: (device: MqttClient) => void): Promise<number | undefined> => {
    const device = await connectAsync({ ...options, username })
    const farewell = new Promise<number | undefined>((resolve) =>
      device.once('disconnect', ({ reasonCode }) => resolve(reasonCode)),
    )
    act(device)
    return farewell
  }
  expect(await said('pump-1', () => room.ear.dismiss(({ user }) => user === 'pump-1'))).toBe(0x87)
  expect(await said('pump-2', (device) => device.publish('hb/pump-1', '', { qos: 0 }))).toBe(0x87)
  expect(room.heard).toEqual([])
})
