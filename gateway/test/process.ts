// A gateway in a process of its own, on free loopback ports and a folder of its own, as its users start it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const MAIN = join(import.meta.dirname, '../src/main.ts')
const START_WITHIN = 60_000
export const TOKEN = 'ovd_test-token-of-the-process-tests'

export type Answer = { readonly status: number; readonly body: unknown }

export class GatewayProcess {
  readonly folder: string
  readonly entry: string
  httpPort = 0
  mqttPort = 0
  output = ''
  #child: ChildProcess | undefined

  /** `config` is overdue.yaml; `entry` another script than main.ts. */
  constructor(config = '', entry = MAIN) {
    this.folder = mkdtempSync(join(tmpdir(), 'overdue-'))
    this.entry = entry
    writeFileSync(join(this.folder, 'overdue.yaml'), config)
  }

  get url(): string {
    return `http://127.0.0.1:${this.httpPort}`
  }

  get pid(): number {
    return this.#child?.pid as number
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves when the gateway is healthy; one that does not become so is ended. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<this> {
    if (this.httpPort === 0) [this.httpPort, this.mqttPort] = [await freePort(), await freePort()]
    const child = spawn(process.execPath, [this.entry], {
      cwd: this.folder,
      env: {
        PATH: process.env['PATH'],
        OVERDUE_HTTP: `127.0.0.1:${this.httpPort}`,
        OVERDUE_MQTT: `127.0.0.1:${this.mqttPort}`,
        OVERDUE_ADMIN_TOKEN: TOKEN,
        OVERDUE_LOG: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (this.output += String(text)))
    const giveUpAt = performance.now() + START_WITHIN
    while (!(await this.isHealthy())) {
      if (!this.isRunning || performance.now() > giveUpAt) {
        const { exitCode } = child
        // Whoever waits for its start has nothing yet to end it by.
        await this.end('SIGKILL')
        throw new Error(`the gateway did not start (exit code ${exitCode}):\n${this.output}`)
      }
      await sleep(20)
    }
    return this
  }

  async isHealthy(): Promise<boolean> {
    const answer = await fetch(`${this.url}/healthz`).catch(() => undefined)
    return answer?.status === 200
  }

  /** A GET of the API, as the admin. */
  async get(path: string): Promise<Answer> {
    const answer = await fetch(`${this.url}/api/v1${path}`, { headers: { Authorization: `Bearer ${TOKEN}` } })
    return { status: answer.status, body: await answer.json() }
  }

  /** Its status, as the admin. */
  async delete(path: string): Promise<number> {
    const headers = { Authorization: `Bearer ${TOKEN}` }
    return (await fetch(`${this.url}/api/v1${path}`, { method: 'DELETE', headers })).status
  }

  /** Resolves with the exit code; null where a signal ended it. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#child as ChildProcess
    if (this.isRunning) {
      child.kill(signal)
      await once(child, 'exit')
    }
    return child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== undefined) await this.end('SIGKILL')
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
