// Kills a gateway again and again while devices publish to its broker, and compares what they published with what it has.
import { eventually, hearing, mosquitto, signalsOf } from './broker-room.ts'
import { BrokerTap } from './broker-tap.ts'
import { GatewayProcess } from './process.ts'

/** So many that no heartbeat has more signals in flight than it remembers: a broker may deliver all it has at once. */
const NAMES = 50
const PER_KILL = 200
/** It is killed when it has acknowledged so many: in the middle of them. */
const MOST_ACKNOWLEDGED = 100

export type BridgeCrashReport = {
  readonly published: number
  readonly lost: readonly string[]
  readonly twice: readonly string[]
}

export async function tellOfBridgeCrashes(kills: number, entry?: string): Promise<BridgeCrashReport> {
  await using broker = await mosquitto().up()
  await using tap = await new BrokerTap(broker.port).open()
  const names = Array.from({ length: NAMES }, (_, n) => `pump-${n}`)
  const declared = names.map((name) => `  - { name: ${name}, every: 1h }\n`).join('')
  const text = `bridges: [{ name: plant, url: "${tap.url}" }]\nheartbeats:\n  - { name: last, every: 1h }\n${declared}`
  await using gateway = new GatewayProcess(text, entry)
  await gateway.start()
  await hearing(gateway)
  const client = await broker.client()
  const published = new Set<string>()
  let next = 0
  for (let kill = 0; kill < kills; kill++) {
    const publishing = Array.from({ length: PER_KILL }, async () => {
      const [name, seq] = [names[next % NAMES] as string, Math.floor(next++ / NAMES) + 1]
      await client.publishAsync(`hb/${name}`, JSON.stringify({ boot: 1, seq, msg: String(seq) }), { qos: 1 })
      published.add(`${name}#${seq}`)
    })
    const killAt = tap.count + Math.random() * MOST_ACKNOWLEDGED
    await eventually(
      () => tap.count,
      (count) => count >= killAt,
    )
    await gateway.end('SIGKILL')
    await Promise.all(publishing)
    await gateway.start()
  }
  await hearing(gateway)
  // A broker delivers what it owes first.
  await client.publishAsync('hb/last', '', { qos: 1 })
  await eventually(
    () => signalsOf(gateway, 'last'),
    (signals) => signals.length > 0,
  )
  client.end(true)
  return await compare(gateway, names, published)
}

async function compare(
  gateway: GatewayProcess,
  names: readonly string[],
  published: ReadonlySet<string>,
): Promise<BridgeCrashReport> {
  const seen = new Map<string, number>()
  for (const name of names)
    for (const { message } of (await signalsOf(gateway, name)) as readonly { message?: string }[])
      seen.set(`${name}#${message}`, (seen.get(`${name}#${message}`) ?? 0) + 1)
  return {
    published: published.size,
    lost: [...published].filter((each) => !seen.has(each)),
    twice: [...seen].flatMap(([each, count]) => (count > 1 ? [each] : [])),
  }
}
