import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { eventually, HAS_NATS, hearing, nats, signalsOf } from './broker-room.ts'
import { GatewayProcess } from './process.ts'

describe.runIf(HAS_NATS)('a bridge to NATS', () => {
  it('falls back to MQTT 3.1.1, finds out that shared subscriptions are dead there, and hears', async () => {
    await using broker = await nats().up()
    const text = `bridges: [{ name: plant, url: "${broker.url}", shared: auto }]\nheartbeats: [{ name: pump-1, every: 1h }]\n`
    await using gateway = await new GatewayProcess(text).start({ OVERDUE_LOG: 'info' })
    expect(await hearing(gateway)).toMatchObject({ version: '3.1.1', shared: false })
    expect(gateway.output).toContain('bridge.plain')
    const client = await broker.client()
    await client.publishAsync('hb/pump-1', '', { qos: 1 })
    await eventually(
      () => signalsOf(gateway, 'pump-1'),
      (signals) => signals.length === 1,
    )
    client.end(true)
  })

  it('would believe its subscription if its probe did not go through the broker', async () => {
    await using broker = await nats().up()
    const text = `bridges: [{ name: plant, url: "${broker.url}", shared: auto }]\nheartbeats: [{ name: pump-1, every: 1h }]\n`
    await using gateway = await new GatewayProcess(text, join(import.meta.dirname, 'mutants/believe-broker.ts')).start()
    expect(await hearing(gateway)).toMatchObject({ version: '3.1.1', shared: true })
    const client = await broker.client()
    const delivered = new Promise((resolve) => client.once('message', resolve))
    await client.subscribeAsync('hb/#', { qos: 1 })
    await client.publishAsync('hb/pump-1', '', { qos: 1 })
    await delivered
    expect(await signalsOf(gateway, 'pump-1')).toEqual([])
    client.end(true)
  })

  it('hears over WebSockets, too', async () => {
    await using broker = await nats('websocket').up()
    const text = `bridges: [{ name: plant, url: "ws://127.0.0.1:${broker.port}/mqtt", version: 3.1.1 }]\n`
    await using gateway = await new GatewayProcess(text).start()
    expect(await hearing(gateway)).toMatchObject({ version: '3.1.1', why: null })
  })
})
