// Debian's VictoriaMetrics on a free loopback port, with or without a login.
import { freePort } from './process.ts'
import type { Login } from './real-influxd.ts'
import { isInstalled, RealServer } from './real-server.ts'

export const hasVictoria: boolean = isInstalled('victoria-metrics')

/** One series as `/api/v1/export` gives it; timestamps in ms. */
export type Exported = {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly number[]
  readonly timestamps: readonly number[]
}

export class RealVictoria implements AsyncDisposable {
  readonly #server = new RealServer('victoria-metrics')
  readonly #login: Login | undefined
  #port = 0

  constructor(login?: Login) {
    this.#login = login
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async start(): Promise<this> {
    const isFirst = this.#port === 0
    const login = this.#login
    const argsOf = async (): Promise<readonly string[]> => {
      if (isFirst) this.#port = await freePort()
      return [
        `-storageDataPath=${this.#server.folder}/vm`,
        `-httpListenAddr=127.0.0.1:${this.#port}`,
        '-retentionPeriod=100y',
        '-dedup.minScrapeInterval=1ms',
        '-search.latencyOffset=0s',
        '-loggerLevel=WARN',
        ...(login === undefined
          ? []
          : [`-httpAuth.username=${login.username}`, `-httpAuth.password=${login.password}`]),
      ]
    }
    await this.#server.start(argsOf, async () => (await this.#get('/health')).ok)
    return this
  }

  /** The series whose names match, sorted by name; what was written before is included. */
  async export(name: RegExp): Promise<readonly Exported[]> {
    await this.#get('/internal/force_flush')
    const match = encodeURIComponent(`{__name__=~"${name.source}"}`)
    const text = await (await this.#get(`/api/v1/export?match[]=${match}`)).text()
    const series = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Exported]))
    return series.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
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

  async #get(path: string): Promise<Response> {
    const login = this.#login
    const basic = Buffer.from(`${login?.username}:${login?.password}`).toString('base64')
    return await fetch(`${this.url}${path}`, login && { headers: { authorization: `Basic ${basic}` } })
  }
}

function nameOf({ metric }: Exported): string {
  return metric['__name__'] ?? ''
}
