import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bridgeOf, eventually, HAS_MOSQUITTO, hearing, mosquitto, openIncidents, signalsOf } from './broker-room.ts'
import { BrokerTap } from './broker-tap.ts'
import { GatewayProcess } from './process.ts'

const JUDGED = ['job']

/**
 * Devices of a few seconds behind a line that ends in the way that `lose` makes it end; the names of those that are called
 * missed by the time `job` is, which is heard another way and is due later.
 */
async function missedWhen(lose: (tap: BrokerTap) => void, mutant?: string): Promise<readonly string[]> {
  await using broker = await mosquitto().up()
  await using tap = await new BrokerTap(broker.port).open()
  const text = `bridges: [{ name: plant, url: "${tap.url}" }]
signals: { open: true }
heartbeats: [{ name: pump-1, every: 2s, grace: 1s }, { name: job, every: 2s, grace: 1s, unseen: wait }]
`
  const entry = mutant === undefined ? undefined : join(import.meta.dirname, `mutants/${mutant}.ts`)
  await using gateway = await new GatewayProcess(text, entry).start()
  await hearing(gateway)
  const client = await broker.client()
  await client.publishAsync('hb/pump-1', '', { qos: 1 })
  await eventually(
    () => signalsOf(gateway, 'pump-1'),
    (signals) => signals.length === 1,
  )
  lose(tap)
  await fetch(`${gateway.url}/ping/job`)
  const missed = await eventually(
    () => openIncidents(gateway),
    (names) => names.includes('job') && (mutant === undefined || names.includes('pump-1')),
  )
  client.end(true)
  // Who does not wait for a probe notices a dead line only when the next one is due.
  if (mutant === undefined)
    await eventually(
      () => bridgeOf(gateway),
      ({ state }) => state === 'deaf',
    )
  return missed
}

const cut = (tap: BrokerTap): void => {
  tap.isFrozen = true
  tap.cut()
}
const freeze = (tap: BrokerTap): void => {
  tap.isFrozen = true
}

describe.runIf(HAS_MOSQUITTO)('a device behind a bridge that hears nothing', () => {
  it.each([
    ['whose line was cut', cut],
    ['whose line is dead, and nobody was told', freeze],
  ])('is not called missed: one %s', async (_, lose) => {
    expect(await missedWhen(lose)).toEqual(JUDGED)
  })

  it('would be called missed if a line that is open were taken for one that hears', async () => {
    expect(await missedWhen(freeze, 'judge-unproven')).toContain('pump-1')
  })

  it('would be called missed if nobody remembered that the bridge is deaf', async () => {
    expect(await missedWhen(cut, 'judge-deaf')).toContain('pump-1')
  })
})
