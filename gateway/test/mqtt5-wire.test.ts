// MQTT 5 to the letter: what a connection may ask, what it is promised, and with which code it is told no.
import type { IConnackPacket, IConnectPacket, IPubackPacket, IPublishPacket, ISubackPacket, Packet } from 'mqtt-packet'
import { afterEach, expect, test, vi } from 'vitest'
import { openRoom, packet5, publishPacket, Raw, type Room } from './mqtt-room.ts'

let room: Room
afterEach(async () => {
  vi.useRealTimers()
  await room.ear.close()
})

const CONNECT = { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clean: true, keepalive: 60 } as const

function connect5(fields: Partial<IConnectPacket> = {}): Buffer {
  return packet5({ ...CONNECT, clientId: 'dev', ...fields })
}

function publish5(fields: Partial<IPublishPacket> = {}): Buffer {
  const common = { cmd: 'publish', topic: 'hb/pump-1', payload: '', qos: 1, dup: false, retain: false } as const
  return packet5({ ...common, messageId: 1, ...fields })
}

async function greeted5(fields: Partial<IConnectPacket> = {}): Promise<{ raw: Raw; connack: IConnackPacket }> {
  const raw = new Raw(room.port).send(connect5(fields))
  return { raw, connack: (await raw.packet5()) as IConnackPacket }
}

async function ends(raw: Raw, reasonCode: number): Promise<void> {
  expect(await raw.packet5()).toMatchObject({ cmd: 'disconnect', reasonCode })
  await raw.closed
}

test('the CONNACK promises what is kept and nothing else', async () => {
  room = await openRoom()
  const { connack } = await greeted5({ properties: { sessionExpiryInterval: 3600 } })
  expect(connack).toMatchObject({ reasonCode: 0, sessionPresent: false })
  expect(connack.properties).toEqual({
    ...{ sessionExpiryInterval: 0, receiveMaximum: 100, maximumQoS: 1, maximumPacketSize: 65_536 },
    ...{ topicAliasMaximum: 16, subscriptionIdentifiersAvailable: false, sharedSubscriptionAvailable: false },
    wildcardSubscriptionAvailable: true,
  })
})

test('who names no client id is given one, and who keeps alive too rarely is told how often', async () => {
  room = await openRoom()
  const none = await greeted5({ clientId: '', keepalive: 0 })
  expect(none.connack.properties?.assignedClientIdentifier).toMatch(/^auto-[\w-]{12}$/)
  expect(none.connack.properties?.serverKeepAlive).toBe(1_200)
  const rare = await greeted5({ keepalive: 65_535 })
  expect(rare.connack.properties?.serverKeepAlive).toBe(1_200)
})

test('a CONNECT that can not be taken is told why', async () => {
  const refusing = { authenticate: () => undefined }
  const cases: [Partial<IConnectPacket>, number][] = [
    [{ clientId: 'x'.repeat(65) }, 0x85],
    [{ username: 'a\u007f' }, 0x86],
    [{ will: { topic: 'hb/+/will', payload: '', qos: 1, retain: false } }, 0x90],
    [{ properties: { authenticationMethod: 'SCRAM' } }, 0x8c],
    [{ username: 'pump-1', password: Buffer.from('wrong') }, 0x87],
  ]
  room = await openRoom(refusing)
  for (const [fields, reasonCode] of cases) {
    const { raw, connack } = await greeted5(fields)
    expect(connack).toMatchObject({ reasonCode, properties: { reasonString: expect.stringMatching(/\w/) } })
    await raw.closed
  }
  expect(room.ear.clients()).toBe(0)
})

test('user properties say what a payload can say, and go before it', async () => {
  room = await openRoom()
  const { raw } = await greeted5()
  const userProperties = { age: '42', boot: '9', seq: '412', rid: 'run-7', 'm.temp': '21.5', unknown: 'x' }
  raw.send(publish5({ payload: '{"seq":1,"msg":"warm"}', properties: { userProperties } }))
  expect(await raw.packet5()).toMatchObject({ cmd: 'puback', messageId: 1, reasonCode: 0 })
  const { signal } = room.heard[0]!
  expect(signal).toMatchObject({ boot: 9, seq: 412, run: 'run-7', message: 'warm', metrics: { temp: 21.5 } })
  expect(signal.receivedAt - signal.at).toBe(42_000)
})

test('a topic is named once and then by its alias', async () => {
  room = await openRoom()
  const { raw } = await greeted5()
  raw.send(
    publish5({ properties: { topicAlias: 3 } }),
    publish5({ topic: '', messageId: 2, properties: { topicAlias: 3 } }),
  )
  raw.send(publish5({ topic: 'hb/pump-2', messageId: 3, properties: { topicAlias: 3 } }))
  raw.send(publish5({ topic: '', messageId: 4, properties: { topicAlias: 3 } }))
  for (let id = 1; id <= 4; id++) expect(await raw.packet5()).toMatchObject({ cmd: 'puback', messageId: id })
  expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1', 'ok:pump-2', 'ok:pump-2'])
})

test.each<[string, Partial<IPublishPacket>, number]>([
  ['an alias that was never given', { topic: '', properties: { topicAlias: 5 } }, 0x82],
  ['an alias above what was promised', { properties: { topicAlias: 17 } }, 0x94],
  ['QoS 2', { qos: 2 }, 0x9b],
  ['no topic at all', { topic: '' }, 0x82],
])('%s ends the connection', async (_, fields, reasonCode) => {
  room = await openRoom()
  const { raw } = await greeted5()
  await ends(raw.send(publish5(fields)), reasonCode)
  expect(room.heard).toEqual([])
})

test('a publish that is not taken is answered with the reason, in its turn', async () => {
  room = await openRoom({ authenticate: (user) => ({ user, grant: 'key' }) })
  room.intake.manual = true
  const { raw } = await greeted5({ username: 'pump-1', password: Buffer.from('good') })
  raw.send(publish5({ messageId: 1 }))
  raw.send(publish5({ topic: 'hb/pump-2', messageId: 2 }), publish5({ topic: 'hb/pump-1/9x/y', messageId: 3 }))
  raw.send(publish5({ topic: 'home/door', messageId: 4 }), publish5({ topic: 'hb/pump-1/other', messageId: 5 }))
  await room.arrived(1)
  raw.send(packet5({ cmd: 'pingreq' }))
  expect(await raw.packet5()).toMatchObject({ cmd: 'pingresp' })
  for (const settled of room.waiting) settled('durable')
  const answers = []
  for (let id = 1; id <= 5; id++) answers.push((await raw.packet5()) as IPubackPacket)
  expect(answers.map(({ messageId, reasonCode }) => [messageId, reasonCode])).toEqual([
    ...[
      [1, 0],
      [2, 0x87],
      [3, 0x90],
      [4, 0x90],
      [5, 0x10],
    ],
  ])
  expect(answers[1]?.properties?.reasonString).toMatch(/not your topic/)
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('more publishes under way than was promised end the connection', async () => {
  room = await openRoom()
  room.intake.manual = true
  const { raw } = await greeted5()
  raw.send(...Array.from({ length: 101 }, (_, n) => publish5({ messageId: n + 1 })))
  await ends(raw, 0x93)
  expect(room.heard).toHaveLength(100)
  for (const settled of room.waiting) settled('durable')
})

test('what can not be made durable is not acknowledged, and the connection ends with the reason', async () => {
  room = await openRoom()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  room.intake.outcome = 'full'
  const { raw } = await greeted5({ will: { topic: 'hb/pump-1/will', payload: '1', qos: 1, retain: false } })
  raw.send(publish5())
  await room.arrived(1)
  await new Promise((resolve) => setImmediate(resolve))
  await vi.advanceTimersByTimeAsync(1_000)
  await ends(raw, 0x97)
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('a connection with the same client id replaces the one before, across versions, and no will is told', async () => {
  room = await openRoom()
  const will = { topic: 'hb/pump-1/will', payload: '1', qos: 1 as const, retain: false }
  const first = await greeted5({ will })
  const second = await greeted5({ will })
  await ends(first.raw, 0x8e)
  const old = await Raw.greeted(room.port, 'dev', { will })
  await ends(second.raw, 0x8e)
  const third = await greeted5()
  await old.closed
  await third.raw.send(publish5()).packet5()
  expect(room.told()).toEqual(['ok:pump-1'])
  expect(room.ear.clients()).toBe(1)
})

test('a will is told when the connection breaks, or when the peer asks for it, and not after a plain goodbye', async () => {
  room = await openRoom()
  const willOf = (topic: string) => ({ will: { topic, payload: '7', qos: 1 as const, retain: true } })
  const broken = await greeted5({ clientId: 'a', ...willOf('hb/pump-1/will') })
  broken.raw.socket.resetAndDestroy()
  await room.arrived(1)
  const asked = await greeted5({ clientId: 'b', ...willOf('hb/pump-2/will') })
  await asked.raw.send(packet5({ cmd: 'disconnect', reasonCode: 4 })).closed
  await room.arrived(2)
  const plain = await greeted5({ clientId: 'c', ...willOf('hb/job/will') })
  await plain.raw.send(packet5({ cmd: 'disconnect', reasonCode: 0 })).closed
  expect(room.heard.map(({ name, signal }) => [signal.kind, name, signal.boot])).toEqual([
    ...[
      ['will', 'pump-1', 7],
      ['will', 'pump-2', 7],
    ],
  ])
})

test('a will that has a delay is told only if nobody comes back before', async () => {
  room = await openRoom()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const properties = { willDelayInterval: 60 }
  const will = { topic: 'hb/pump-1/will', payload: '7', qos: 1 as const, retain: false, properties }
  const leave = async (): Promise<void> => {
    const { raw } = await greeted5({ will })
    raw.socket.resetAndDestroy()
    while (room.ear.clients() > 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await leave()
  await vi.advanceTimersByTimeAsync(59_000)
  await leave()
  await vi.advanceTimersByTimeAsync(59_000)
  expect(room.told()).toEqual([])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(room.told()).toEqual(['will:pump-1'])
})

test('who is silent for one and a half keep-alives is told so and ended', async () => {
  room = await openRoom()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { raw } = await greeted5({ keepalive: 60 })
  await vi.advanceTimersByTimeAsync(80_000)
  raw.send(packet5({ cmd: 'pingreq' }))
  expect(await raw.packet5()).toMatchObject({ cmd: 'pingresp' })
  await vi.advanceTimersByTimeAsync(89_000)
  expect(raw.socket.destroyed).toBe(false)
  await vi.advanceTimersByTimeAsync(2_000)
  await ends(raw, 0x8d)
})

test('what follows a DISCONNECT is not heard, nor is anything before a CONNECT', async () => {
  room = await openRoom()
  const { raw } = await greeted5()
  await raw.send(publish5(), packet5({ cmd: 'disconnect', reasonCode: 0 }), publish5({ messageId: 2 })).closed
  const second = await greeted5()
  await ends(second.raw.send(connect5()), 0x82)
  expect(room.told()).toEqual(['ok:pump-1'])
})

test('a packet above the promised size ends the connection with the reason', async () => {
  room = await openRoom()
  const { raw } = await greeted5()
  await ends(raw.send(publish5({ payload: 'x'.repeat(65_536) })), 0x95)
})

test('a subscription is granted, refused or unknown, each with its code', async () => {
  room = await openRoom({ authenticate: (user) => ({ user, grant: 'key' }) })
  const { raw } = await greeted5({ username: 'pump-1', password: Buffer.from('good') })
  const filters = ['hbstate/pump-1/#', 'hbstate/pump-2', 'hb/pump-1', '$share/g/hbstate/pump-1', 'hbstate/pump-1/#/x']
  const subscriptions = filters.map((topic) => ({ topic, qos: 2 as const, rh: 0 }))
  raw.send(packet5({ cmd: 'subscribe', messageId: 7, subscriptions } as Packet))
  expect(((await raw.packet5()) as ISubackPacket).granted).toEqual([1, 0x87, 0x87, 0x9e, 0x8f])
  raw.send(packet5({ cmd: 'unsubscribe', messageId: 8, unsubscriptions: ['hbstate/pump-1/#', 'hbstate/x'] } as Packet))
  expect(await raw.packet5()).toMatchObject({ cmd: 'unsuback', granted: [0, 0x11] })
})

test('a beat goes to those who subscribed, whichever version either of them speaks', async () => {
  room = await openRoom()
  const five = await greeted5({ clientId: 'five' })
  const three = await Raw.greeted(room.port, 'three')
  five.raw.send(packet5({ cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: 'hb/#', qos: 1 }] } as Packet))
  await five.raw.packet5()
  three.send(publishPacket('hb/pump-1', { id: 3, payload: 'up' }))
  expect(await three.take(4)).toBe('40020003')
  const told = (await five.raw.packet5()) as IPublishPacket
  expect([told.topic, String(told.payload), told.qos, told.retain]).toEqual(['hb/pump-1', 'up', 1, false])
})
