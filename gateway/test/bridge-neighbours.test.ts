import { describe, expect, it } from 'vitest'
import { bridgeOf, eventually, HAS_MOSQUITTO, hearing, mosquitto, signalsOf } from './broker-room.ts'
import { GatewayProcess } from './process.ts'

const BEATS = 40

function config(url: string, more: string): string {
  return `bridges: [{ name: plant, url: "${url}"${more} }]\nheartbeats: [{ name: pump-1, every: 1h }]\n`
}

describe.runIf(HAS_MOSQUITTO)('two gateways at one broker', () => {
  it('notice that each would hear only a part, and then hear everything', async () => {
    await using broker = await mosquitto().up()
    await using one = await new GatewayProcess(config(broker.url, ', shared: auto')).start()
    expect(await hearing(one)).toMatchObject({ shared: true })
    await using other = await new GatewayProcess(config(broker.url, ', shared: auto')).start()
    await hearing(other)
    await eventually(
      () => Promise.all([bridgeOf(one), bridgeOf(other)]),
      (both) => both.some(({ shared }) => !shared),
    )
    const client = await broker.client()
    for (let seq = 1; seq <= BEATS; seq++)
      await client.publishAsync('hb/pump-1', JSON.stringify({ boot: 1, seq }), { qos: 1 })
    for (const gateway of [one, other])
      await eventually(
        () => signalsOf(gateway, 'pump-1'),
        (signals) => signals.length === BEATS,
      )
    client.end(true)
  })

  it('do not leave a part of what is told to one that is gone', async () => {
    await using broker = await mosquitto().up()
    await using gone = await new GatewayProcess(config(broker.url, ', shared: on')).start()
    await hearing(gone)
    await gone.end('SIGKILL')
    await using heir = await new GatewayProcess(config(broker.url, ', shared: auto')).start()
    await eventually(
      () => bridgeOf(heir),
      ({ state, shared }) => state === 'hearing' && !shared,
    )
    const client = await broker.client()
    for (let seq = 1; seq <= BEATS; seq++)
      await client.publishAsync('hb/pump-1', JSON.stringify({ boot: 1, seq }), { qos: 1 })
    await eventually(
      () => signalsOf(heir, 'pump-1'),
      (signals) => signals.length === BEATS,
    )
    client.end(true)
  })

  it('share out the work where they are told to', async () => {
    await using broker = await mosquitto().up()
    await using one = await new GatewayProcess(config(broker.url, ', shared: on')).start()
    await using other = await new GatewayProcess(config(broker.url, ', shared: on')).start()
    await Promise.all([hearing(one), hearing(other)])
    const client = await broker.client()
    for (let seq = 1; seq <= BEATS; seq++)
      await client.publishAsync('hb/pump-1', JSON.stringify({ boot: 1, seq }), { qos: 1 })
    const counts = await eventually(
      () => Promise.all([one, other].map(async (gateway) => (await signalsOf(gateway, 'pump-1')).length)),
      ([first = 0, second = 0]) => first + second >= BEATS,
    )
    expect(counts[0] as number).toBeGreaterThan(0)
    expect((counts[0] as number) + (counts[1] as number)).toBe(BEATS)
    client.end(true)
  })
})
