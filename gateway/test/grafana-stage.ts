// What the tests of Grafana's APIs share: a gateway with a token for them, requests, and Debian's commands where they are.
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { GatewayProcess } from './process.ts'

export const GRAFANA_TOKEN = 'a-token-for-grafana-alone'
export const BASIC = `Basic ${Buffer.from(`grafana:${GRAFANA_TOKEN}`).toString('base64')}`
export const ALERTMANAGER = '/grafana/alertmanager'
export const PROMETHEUS = '/grafana/prometheus'

export const CONFIG = `zone: UTC
grafana: { token: ${GRAFANA_TOKEN} }
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
policies:
  - { name: default, steps: [{ page: [ops] }, { after: 15m, page: [ops], severity: critical }] }
  - { name: quiet, steps: [{ after: 1h, page: [ops] }] }
silences: [{ name: cellar, match: { group: "cellar*" }, to: "2030-01-01", reason: flooded }]
maintenance: [{ name: sundays, match: { tags: [db] }, cron: "0 2 * * sun", for: 2h }]
heartbeats:
  - name: pump-1
    every: 1h
    group: hall-7
    owner: ana
    tags: [db, hot]
    description: "<script>alert(1)</script>"
    runbook: https://wiki.example.org/pump
  - { name: pump-2, every: 1h, group: hall-7, policy: quiet, runbook: "javascript:alert(1)" }
  - { name: well-1, every: 1h, group: cellar-1 }
  - { name: tick, every: 1s, grace: 1h }
  - { name: watchdog, every: 1h }
`

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes.
export type Json = any

export type Answered = { readonly status: number; readonly body: Json; readonly type: string }

/** As Grafana asks; `body`: JSON, or a form. */
export async function ask(
  gateway: GatewayProcess,
  method: string,
  path: string,
  body?: object | URLSearchParams,
  authorization: string = BASIC,
): Promise<Answered> {
  const isForm = body instanceof URLSearchParams
  const answer = await fetch(`${gateway.url}${path}`, {
    method,
    headers: {
      ...(authorization !== '' && { Authorization: authorization }),
      ...(body !== undefined && !isForm && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: isForm ? body : JSON.stringify(body) }),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    body: text === '' ? undefined : JSON.parse(text),
    type: answer.headers.get('content-type') ?? '',
  }
}

export async function ping(gateway: GatewayProcess, path: string): Promise<void> {
  const { status } = await fetch(`${gateway.url}/ping/${path}`)
  if (status !== 200) throw new Error(`/ping/${path}: ${status}`)
}

/** The file with the login that amtool reads. */
export function httpConfig(gateway: GatewayProcess): string {
  const path = join(gateway.folder, 'http.yml')
  writeFileSync(path, `basic_auth: { username: grafana, password: ${GRAFANA_TOKEN} }\n`)
  return path
}

export function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
