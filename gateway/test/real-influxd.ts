// Debian's influxd 1.6.7 on free loopback ports: tsi1, logins on, an admin, and a user who was granted nothing.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from './process.ts'
import { isInstalled, RealServer } from './real-server.ts'

export const hasInfluxd: boolean = isInstalled('influxd')

export type Login = { readonly username: string; readonly password: string }
export const ADMIN: Login = { username: 'admin', password: 'the admin’s password' }
export const PLAIN: Login = { username: 'plain', password: 'plain-password' }

export type Series = {
  readonly name: string
  readonly columns: readonly string[]
  readonly values: readonly (readonly unknown[])[]
  readonly tags?: Readonly<Record<string, string>>
}

export class RealInfluxd implements AsyncDisposable {
  readonly #server = new RealServer('influxd')
  #port = 0

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Ready for writes and queries; after `kill` on the same port with the same data. */
  async start(): Promise<this> {
    const isFirst = this.#port === 0
    const argsOf = async (): Promise<readonly string[]> => {
      if (isFirst) this.#port = await freePort()
      const { folder } = this.#server
      const config = join(folder, 'influxdb.conf')
      writeFileSync(config, configOf(folder, this.#port, await freePort()))
      return ['run', '-config', config]
    }
    await this.#server.start(argsOf, async () => (await fetch(`${this.url}/ping`)).status === 204)
    if (!isFirst) return this
    await this.query(`CREATE USER "${ADMIN.username}" WITH PASSWORD '${ADMIN.password}' WITH ALL PRIVILEGES`)
    await this.query(`CREATE USER "${PLAIN.username}" WITH PASSWORD '${PLAIN.password}'`)
    return this
  }

  /** InfluxQL as the admin. `epoch` is the unit of the times; ns lose digits as JSON numbers. */
  async query(q: string, db = '', epoch = 'ms'): Promise<readonly Series[]> {
    const basic = Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64')
    const answer = await fetch(`${this.url}/query`, {
      method: 'POST',
      headers: { authorization: `Basic ${basic}` },
      body: new URLSearchParams({ q, db, epoch }),
    })
    const { results, error } = (await answer.json()) as {
      readonly results?: readonly { readonly series?: readonly Series[]; readonly error?: string }[]
      readonly error?: string
    }
    const failure = error ?? results?.find((result) => result.error !== undefined)?.error
    if (failure !== undefined) throw new Error(`${q}: ${failure}`)
    return results?.flatMap(({ series }) => series ?? []) ?? []
  }

  /** How many points a measurement has, counted by one of its fields. */
  async count(database: string, measurement: string, field: string): Promise<number> {
    const [series] = await this.query(`SELECT count("${field}") FROM "${measurement}"`, database)
    return (series?.values[0]?.[1] as number | undefined) ?? 0
  }

  async kill(): Promise<void> {
    await this.#server.end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.#server[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }
}

function configOf(folder: string, port: number, backupPort: number): string {
  return `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  auth-enabled = true
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "warn"
`
}
