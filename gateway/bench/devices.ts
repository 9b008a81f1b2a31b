// The row of a fleet over MQTT: what a connection costs, how fast a beat is acknowledged, and what happens when everybody
// comes back at once, with what they had kept.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { startLoad } from './child-processes.ts'
import { type Bench, type GatewayProcess, startGateway, writeConfig } from './gateway-process.ts'
import type { DevicesOptions, DevicesSeen } from './load-devices.ts'

export type Devices = DevicesSeen & {
  devices: number
  /** Incidents that were ever opened: nobody was silent for long. */
  falseAlarms: number
  /** Signals that the gateway counts. */
  signals: number
}

const SECONDS = 60

export async function measureDevices(bench: Bench, devices: number): Promise<Devices> {
  const data = mkdtempSync(join(bench.folder, 'devices-'))
  const text = 'signals: { open: true, create: { every: 30s, grace: 60s } }\nlimits: { connections: 20000 }\n'
  const gateway = await startGateway(bench, data, writeConfig(bench, 'devices.yaml', text))
  try {
    const options: DevicesOptions = {
      ...{ port: gateway.mqttPort, serverPid: gateway.pid, devices, every: 30, seconds: SECONDS, backWithin: 10 },
      backlog: { devices: Math.min(1_000, devices), messages: 60, within: 10 },
    }
    const seen = await startLoad<DevicesSeen>('load-devices.ts', options, 300).result
    const [, signals] =
      /^overdue_signals_accepted_total\{via="mqtt"\} (\d+)/m.exec(await textOf(gateway, '/metrics')) ?? []
    const token = readFileSync(join(data, 'admin-token'), 'utf8').trim()
    const incidents = JSON.parse(await textOf(gateway, '/api/v1/incidents?state=all&limit=1000', token)) as Incidents
    return { ...seen, devices, falseAlarms: incidents.items.length, signals: Number(signals) }
  } finally {
    await gateway.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

type Incidents = { readonly items: readonly unknown[] }

function textOf({ port }: GatewayProcess, path: string, token = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { authorization: `Bearer ${token}` } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('end', () => resolve(text))
    }).on('error', reject)
  })
}
