import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  type BridgeItem,
  eventually,
  HAS_MOSQUITTO,
  hearing,
  mosquitto,
  type RealBroker,
  signalsOf,
} from './broker-room.ts'
import { GatewayProcess } from './process.ts'

function config(...bridges: readonly (readonly [name: string, broker: RealBroker])[]): string {
  const list = bridges.map(([name, { url }]) => `{ name: ${name}, url: "${url}" }`).join(', ')
  return `bridges: [${list}]\nheartbeats: [{ name: pump-1, every: 2s, grace: 1s, unseen: wait }]\n`
}

async function bridges(gateway: GatewayProcess): Promise<string> {
  const { body } = await gateway.get('/bridges')
  return (body as { items: readonly BridgeItem[] }).items.map(({ name, state }) => `${name} ${state}`).join(', ')
}

describe.runIf(HAS_MOSQUITTO)('a reload', () => {
  it('adds, moves and removes bridges, and leaves the others as they are', async () => {
    await using one = await mosquitto().up()
    await using other = await mosquitto().up()
    await using gateway = await new GatewayProcess(config(['plant', one])).start({ OVERDUE_LOG: 'info' })
    const reload = (...list: readonly (readonly [string, RealBroker])[]): void => {
      writeFileSync(join(gateway.folder, 'overdue.yaml'), config(...list))
      process.kill(gateway.pid, 'SIGHUP')
    }
    const { since } = (await hearing(gateway)) as BridgeItem & { since: string }
    reload(['plant', one], ['yard', other])
    await eventually(
      () => bridges(gateway),
      (text) => text === 'plant hearing, yard hearing',
    )
    expect(await hearing(gateway)).toMatchObject({ name: 'plant', since })
    expect((await gateway.get('/heartbeats/bridge-yard')).body).toMatchObject({ verdict: 'ok' })

    await one.end('SIGKILL')
    reload(['plant', other], ['yard', other])
    await eventually(
      () => bridges(gateway),
      (text) => text.includes('plant hearing') && text.includes('yard hearing'),
    )
    const client = await other.client()
    await client.publishAsync('hb/pump-1', '', { qos: 1 })
    const signals = await eventually(
      () => signalsOf(gateway, 'pump-1'),
      (all) => all.length > 0,
    )
    expect(signals[0]?.via).toMatch(/^bridge:(plant|yard)$/)
    client.end(true)

    // Nobody listens there any more: what it heard is silent now, not unheard.
    reload()
    await eventually(
      () => bridges(gateway),
      (text) => text === '',
    )
    await eventually(
      () => gateway.get('/heartbeats/pump-1').then(({ body }) => (body as { verdict: string }).verdict),
      (verdict) => verdict === 'missed',
    )
    expect((await gateway.get('/heartbeats/bridge-plant')).status).toBe(404)
  })
})
