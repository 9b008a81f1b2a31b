import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { bridgeOf, eventually, HAS_MOSQUITTO, hearing, mosquitto, openIncidents, signalsOf } from './broker-room.ts'
import { GatewayProcess } from './process.ts'

const PUMPS = ['pump-1', 'pump-2', 'pump-3']
const HEARTBEATS = `heartbeats:\n${PUMPS.map((name) => `  - { name: ${name}, every: 1h }\n`).join('')}`

function config(url: string, more = ''): string {
  return `bridges: [{ name: plant, url: "${url}"${more} }]\n${HEARTBEATS}`
}

describe.runIf(HAS_MOSQUITTO)('a bridge to mosquitto', () => {
  it.each([
    ['5', ''],
    ['3.1.1', ', version: 3.1.1'],
    ['5', ', shared: auto'],
  ])('hears with MQTT %s%s what others publish', async (version, more) => {
    await using broker = await mosquitto().up()
    await using gateway = await new GatewayProcess(config(broker.url, more)).start()
    expect(await hearing(gateway)).toMatchObject({ version, shared: more === ', shared: auto', why: null })
    for (const qos of ['0', '1', '2'])
      execFileSync('mosquitto_pub', ['-p', String(broker.port), '-t', `hb/pump-${Number(qos) + 1}`, '-n', '-q', qos])
    for (const name of PUMPS)
      await eventually(
        () => signalsOf(gateway, name),
        (signals) => signals.length === 1 && signals[0]?.via === 'bridge:plant',
      )
    const { body } = await gateway.get('/heartbeats/bridge-plant')
    expect(body).toMatchObject({ verdict: 'ok', description: `Hears the broker at 127.0.0.1:${broker.port}` })
  })

  it('takes what the broker kept for no sign of life, and lists who is not known', async () => {
    await using broker = await mosquitto().up()
    const client = await broker.client()
    for (const name of ['pump-1', 'unknown-1']) await client.publishAsync(`hb/${name}`, 'ok', { qos: 1, retain: true })
    await using gateway = await new GatewayProcess(config(broker.url, ', version: 3.1.1')).start()
    await hearing(gateway)
    await client.publishAsync('hb/unknown-2', 'ok', { qos: 1 })
    const arrivals = () => gateway.get('/newcomers').then(({ body }) => JSON.stringify(body))
    await eventually(arrivals, (text) => text.includes('unknown-1') && text.includes('unknown-2'))
    expect(await signalsOf(gateway, 'pump-1')).toEqual([])
    client.end(true)
  })

  it('says what the broker has against its password, and keeps it to itself', async () => {
    await using broker = await mosquitto(['allow_anonymous false']).up()
    const more = ', username: overdue, password: hunter2-secret'
    await using gateway = await new GatewayProcess(config(broker.url, more)).start()
    const item = await eventually(
      () => bridgeOf(gateway),
      ({ state }) => state === 'refused',
    )
    expect(item.why).toMatch(/not auth/i)
    expect(gateway.output).toContain('bridge.refused')
    expect(gateway.output + JSON.stringify(item)).not.toContain('hunter2')
    expect((await gateway.get('/heartbeats/pump-1')).status).toBe(200)
  })

  it('is deaf while the broker is killed, and its devices are not judged for it', async () => {
    await using broker = await mosquitto().up()
    const fast = 'heartbeats: [{ name: pump-1, every: 2s, grace: 1s }, { name: job, every: 2s, grace: 1s }]\n'
    const text = `bridges: [{ name: plant, url: "${broker.url}" }]\n${fast}`
    await using gateway = await new GatewayProcess(text).start({ OVERDUE_LOG: 'info' })
    await hearing(gateway)
    const client = await broker.client()
    await client.publishAsync('hb/pump-1', '', { qos: 1 })
    await eventually(
      () => signalsOf(gateway, 'pump-1'),
      (signals) => signals.length === 1,
    )
    await broker.end('SIGKILL')
    await eventually(
      () => bridgeOf(gateway),
      ({ state }) => state === 'deaf',
    )
    // One that is heard another way is judged meanwhile.
    await eventually(
      () => openIncidents(gateway),
      (names) => names.includes('job'),
    )
    await eventually(
      () => gateway.get('/heartbeats/pump-1').then(({ body }) => (body as { verdict: string }).verdict),
      (verdict) => verdict === 'unverified',
    )
    await broker.up()
    await hearing(gateway)
    await client.publishAsync('hb/pump-1', '', { qos: 1 })
    await eventually(
      () => gateway.get('/heartbeats/pump-1').then(({ body }) => (body as { verdict: string }).verdict),
      (verdict) => verdict === 'ok',
    )
    expect(await openIncidents(gateway)).toEqual(['job'])
    const { body } = await gateway.get('/blind')
    expect((body as { items: unknown[] }).items[0]).toMatchObject({ source: 'bridge:plant', cause: 'link' })
    expect(gateway.output).toContain('bridge.lost')
    client.end(true)
  })
})
