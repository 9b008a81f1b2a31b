// A gateway in a process of its own, and devices that are Debian's mosquitto clients and curl.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GatewayProcess, TOKEN } from './process.ts'

const run = promisify(execFile)

export type Item = Readonly<Record<string, unknown>> & { readonly token: string; readonly id: string }
export type Said = { readonly status: number; readonly body: Item & { readonly items: readonly Item[] } }

/** What the mosquitto clients exit with where the CONNACK says 5. */
export const REFUSED = 5

export class DeviceStage {
  readonly gateway: GatewayProcess

  constructor(config: string, entry?: string) {
    this.gateway = new GatewayProcess(config, entry)
  }

  /** Exit code of mosquitto_pub, in any of its versions of the protocol. */
  publish(user: string, password: string, topic: string = `hb/${user}`, ...more: readonly string[]): Promise<number> {
    const who = user === '' ? [] : ['-u', user, '-P', password]
    const args = ['-p', String(this.gateway.mqttPort), ...who, '-q', '1', '-t', topic, '-n', ...more]
    return run('mosquitto_pub', args).then(
      () => 0,
      ({ code }: { code: number }) => code,
    )
  }

  /** What mosquitto_sub says where its one subscription is refused: it gives up then. */
  async subscribe(user: string, password: string, filter: string): Promise<string> {
    const args = ['-p', String(this.gateway.mqttPort), '-u', user, '-P', password, '-q', '1', '-t', filter]
    return (await run('mosquitto_sub', args)).stderr
  }

  /** Resolves when it is connected. */
  async listen(user: string, password: string, ...more: readonly string[]): Promise<ChildProcess> {
    const who = ['-u', user, '-P', password, '-i', `listener-${user}`, '-t', `hbstate/${user}/#`, ...more]
    const child = spawn('mosquitto_sub', ['-p', String(this.gateway.mqttPort), ...who], { stdio: 'ignore' })
    const isConnected = async () => {
      const { status, body } = await this.act('GET', `/devices/${user}`)
      return status === 200 && body['connected'] !== null
    }
    while (!(await isConnected())) await sleep(20)
    return child
  }

  async signalsOf(name: string): Promise<number> {
    return (await this.act('GET', `/heartbeats/${encodeURIComponent(name)}`)).body['signals'] as number
  }

  /** The status. */
  async curl(path: string, ...more: readonly string[]): Promise<string> {
    const format = ['-s', '-o', '/dev/null', '-w', '%{http_code}']
    return (await run('curl', [...format, ...more, `${this.gateway.url}${path}`])).stdout
  }

  async act(method: string, path: string, body?: object, token: string = TOKEN): Promise<Said> {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
    const init = { method, headers, ...(body && { body: JSON.stringify(body) }) }
    const answer = await fetch(`${this.gateway.url}/api/v1${path}`, init)
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text) }
  }
}
