// Kills a gateway under load again and again, and compares what it acknowledged with what it has afterwards.
import { randomUUID } from 'node:crypto'
import { Agent, createServer, request, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt from 'mqtt'
import { freePort, GatewayProcess } from './process.ts'

const NAMES = 6
/** Heartbeats that are never heard. */
const SILENT = 2
const HTTP_IN_FLIGHT = 12
const MQTT_CLIENTS = 3
const MQTT_IN_FLIGHT = 8

export type CrashReport = {
  readonly acknowledged: number
  /** Run ids that were acknowledged and are not in the history. */
  readonly lost: readonly string[]
  readonly incidents: readonly { readonly id: string; readonly heartbeat: string; readonly openedAt: string }[]
  /** Ids of pages that no receiver saw. */
  readonly unpaged: readonly string[]
}

type Incident = CrashReport['incidents'][number] & { readonly pages: readonly { readonly id: string }[] }

export async function tellOfCrashes(kills: number, entry?: string): Promise<CrashReport> {
  const received = new Set<string>()
  const receiver = await startReceiver(received)
  await using gateway = new GatewayProcess(configFor((receiver.address() as { port: number }).port), entry)
  const acknowledged = new Map<string, string>()
  try {
    for (let kill = 0; kill < kills; kill++) {
      await gateway.start()
      await pingUntilKilled(gateway, acknowledged, 30 + Math.random() * 250)
    }
    await gateway.start()
    const incidents = await settledIncidents(gateway, received)
    return {
      acknowledged: acknowledged.size,
      lost: await missingFrom(gateway, acknowledged),
      incidents: incidents.map(({ id, heartbeat, openedAt }) => ({ id, heartbeat, openedAt })),
      unpaged: incidents.flatMap(({ pages }) => pages.map(({ id }) => id).filter((id) => !received.has(id))),
    }
  } finally {
    receiver.closeAllConnections()
    receiver.close()
  }
}

function configFor(port: number): string {
  const names = Array.from({ length: NAMES }, (_, n) => `  - { name: job-${n}, every: 1h }\n`).join('')
  return `signals: { open: true }
channels:
  - { name: ops, webhook: { url: "http://127.0.0.1:${port}/", secret: "whsec_${Buffer.alloc(32, 7).toString('base64')}" } }
webhooks: { allow: [127.0.0.0/8] }
heartbeats:
${names}  - { name: silent-1, every: 2s, grace: 1s }
  - { name: silent-2, every: 5s, grace: 1s }
`
}

async function startReceiver(received: Set<string>): Promise<Server> {
  const port = await freePort()
  const server = createServer((req, res) => {
    received.add(String(req.headers['webhook-id']))
    req.resume().on('end', () => res.end())
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}

/** Signals from many sides; kills the gateway after `ms` and returns when every sender has seen its end. */
async function pingUntilKilled(gateway: GatewayProcess, acknowledged: Map<string, string>, ms: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: HTTP_IN_FLIGHT })
  const load = { isOver: false }
  const senders = Array.from({ length: HTTP_IN_FLIGHT }, () => pingOverHttp(gateway, agent, acknowledged, load))
  const clients = await Promise.all(
    Array.from({ length: MQTT_CLIENTS }, (_, n) => connect(gateway.mqttPort, n % 2 === 0 ? 5 : 4)),
  )
  for (const client of clients) for (let n = 0; n < MQTT_IN_FLIGHT; n++) publishOn(client, acknowledged, load)
  await sleep(ms)
  await gateway.end('SIGKILL')
  load.isOver = true
  await Promise.all(senders)
  for (const client of clients) client.end(true)
  agent.destroy()
}

async function pingOverHttp(
  gateway: GatewayProcess,
  agent: Agent,
  acknowledged: Map<string, string>,
  load: { readonly isOver: boolean },
): Promise<void> {
  while (!load.isOver) {
    const rid = randomUUID()
    const name = anyName()
    const status = await new Promise<number | undefined>((resolve) => {
      const req = request(`${gateway.url}/ping/${name}?rid=${rid}`, { agent }, (res) => {
        res.resume().on('end', () => resolve(res.statusCode))
        res.on('error', () => resolve(undefined))
      })
      req.on('error', () => resolve(undefined))
      req.end()
    })
    if (status === 200) acknowledged.set(rid, name)
    else return
  }
}

function connect(port: number, protocolVersion: 4 | 5): Promise<mqtt.MqttClient> {
  return mqtt.connectAsync({ host: '127.0.0.1', port, reconnectPeriod: 0, protocolVersion })
}

function publishOn(
  client: mqtt.MqttClient,
  acknowledged: Map<string, string>,
  load: { readonly isOver: boolean },
): void {
  if (load.isOver) return
  const rid = randomUUID()
  const name = anyName()
  client.publish(`hb/${name}`, JSON.stringify({ s: 'ok', rid }), { qos: 1 }, (error) => {
    if (error) return
    acknowledged.set(rid, name)
    publishOn(client, acknowledged, load)
  })
}

function anyName(): string {
  return `job-${Math.floor(Math.random() * NAMES)}`
}

async function missingFrom(gateway: GatewayProcess, acknowledged: ReadonlyMap<string, string>): Promise<string[]> {
  const kept = new Set<string>()
  for (let n = 0; n < NAMES; n++)
    for await (const { run } of itemsOf<{ run: string }>(gateway, `/heartbeats/job-${n}/signals`)) kept.add(run)
  return [...acknowledged.keys()].filter((rid) => !kept.has(rid))
}

/** Incidents, once every page of theirs has arrived or enough time has passed for it. */
async function settledIncidents(gateway: GatewayProcess, received: ReadonlySet<string>): Promise<readonly Incident[]> {
  for (let turn = 0; ; turn++) {
    const incidents: Incident[] = []
    for await (const incident of itemsOf<Incident>(gateway, '/incidents?state=all')) incidents.push(incident)
    const isSettled =
      incidents.length >= SILENT && incidents.every(({ pages }) => pages.every(({ id }) => received.has(id)))
    if (isSettled || turn === 100) return incidents
    await sleep(200)
  }
}

async function* itemsOf<T>(gateway: GatewayProcess, path: string): AsyncIterable<T> {
  const mark = path.includes('?') ? '&' : '?'
  for (let after = ''; ; ) {
    const { body } = await gateway.get(`${path}${mark}limit=1000${after}`)
    const { items, next } = body as { items: readonly T[]; next: string | number | null }
    yield* items
    if (next === null || next === undefined) return
    after = `&after=${encodeURIComponent(next)}`
  }
}
