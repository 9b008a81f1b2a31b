// Topics that devices publish anyway, at a broker of somebody else: what it had kept says who there is, and no more.
import { describe, expect, it } from 'vitest'
import { eventually, HAS_MOSQUITTO, hearing, mosquitto, signalsOf } from './broker-room.ts'
import { GatewayProcess } from './process.ts'

const config = (url: string): string => `bridges: [{ name: home, url: "${url}" }]
adopt:
  - { as: tasmota, every: 5m, group: hall-7 }
  - { as: zigbee2mqtt, every: 25h, create: true }
heartbeats:
  - { name: plug, every: 5m, unseen: wait }
`

describe.runIf(HAS_MOSQUITTO)('a rule that adopts topics, over a bridge', () => {
  it('lists what was kept, takes what is said now for a sign of life, and subscribes by itself', async () => {
    await using broker = await mosquitto().up()
    const client = await broker.client()
    const say = (topic: string, payload: string, retain = false) =>
      client.publishAsync(topic, payload, { qos: 1, retain })
    await say('tele/plug/LWT', 'Online', true)
    await say('tele/other/LWT', 'Online', true)
    await say('zigbee2mqtt/lamp/availability', '{"state":"online"}', true)
    await using gateway = await new GatewayProcess(config(broker.url)).start()
    await hearing(gateway)
    const newcomers = async (): Promise<string> => JSON.stringify((await gateway.get('/newcomers')).body)
    await eventually(newcomers, (text) => text.includes('"other"') && text.includes('hall-7'))
    expect(await signalsOf(gateway, 'plug')).toEqual([])
    expect((await gateway.get('/heartbeats/zigbee2mqtt%2Flamp')).status).toBe(404)
    await say('tele/plug/STATE', '{"Time":"2026-11-26T08:00:00","UptimeSec":611}')
    await say('zigbee2mqtt/lamp', '{"state":"ON"}')
    const heard = await eventually(
      () => signalsOf(gateway, 'plug'),
      (signals) => signals.length === 1,
    )
    expect(heard[0]).toMatchObject({ kind: 'ok', via: 'bridge:home' })
    await eventually(
      () => gateway.get('/heartbeats/zigbee2mqtt%2Flamp'),
      ({ status }) => status === 200,
    )
    client.end(true)
  })
})
