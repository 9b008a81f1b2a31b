// A gateway with people, channels and schedules, and forms posted to it as a browser posts them.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type GatewayProcess, TOKEN } from './process.ts'

/** What a hook may take that starts a gateway. */
export const STARTING = 60_000

export type Posted = { readonly status: number; readonly location: string; readonly text: string }

/** Where pages go: it takes everything. */
export async function openReceiver(): Promise<{ readonly url: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    request.resume()
    response.writeHead(204).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/hook`, close: () => void server.close() }
}

export function peopled(url: string, more = ''): string {
  return `zone: Europe/Riga
webhooks: { allow: [127.0.0.0/8] }
channels: [{ name: push, webhook: { url: "${url}" } }, { name: slack, webhook: { url: "${url}" } }]
responders: [{ name: ana, page: [push] }, { name: ben, page: [slack] }]
oncall: [{ name: primary, layers: [{ rotate: [ana], every: week, handoff: "mon 09:00" }] }]
policies: [{ name: default, ackTimeout: 30m, steps: [{ page: [primary] }, { after: 1h, page: [slack] }] }]
silences: [{ name: of-file, match: { group: attic }, from: "2020-01-01 00:00", to: "2099-01-01 00:00", reason: "never there" }]
heartbeats:
  - { name: hall-7/router, every: 1h, group: hall-7, owner: ana }
  - { name: hall-7/pump, every: 1h, group: hall-7, owner: ana, description: Drains the basin, runbook: "https://wiki.example.org/pump", tags: [pump] }
  - { name: backup, every: 1h, owner: ben, runbook: "javascript:alert(1)" }
${more}`
}

export class Console {
  readonly gateway: GatewayProcess
  token = TOKEN

  constructor(gateway: GatewayProcess) {
    this.gateway = gateway
  }

  async page(path: string): Promise<Posted> {
    return this.#ask(path, { method: 'GET' })
  }

  async post(path: string, form: Readonly<Record<string, string>> = {}): Promise<Posted> {
    return this.#ask(path, { method: 'POST', body: new URLSearchParams(form) })
  }

  async ping(path: string): Promise<void> {
    await fetch(`${this.gateway.url}${path}`)
  }

  /** The one open incident of a heartbeat. */
  async incidentOf(name: string): Promise<string> {
    const { body } = await this.gateway.get('/incidents')
    const found = (body as { items: { id: string; heartbeat: string }[] }).items.find(
      ({ heartbeat }) => heartbeat === name,
    )
    return found?.id ?? ''
  }

  async #ask(path: string, init: RequestInit): Promise<Posted> {
    const headers = { Authorization: `Bearer ${this.token}` }
    const answer = await fetch(`${this.gateway.url}${path}`, { ...init, headers, redirect: 'manual' })
    return { status: answer.status, location: answer.headers.get('location') ?? '', text: await answer.text() }
  }
}
