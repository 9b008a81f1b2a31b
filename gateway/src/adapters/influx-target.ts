// Where the time series go, and how each kind of server wants to be written to and greeted. Pure.

export type Flavor = 'v1' | 'v2' | 'v3' | 'victoriametrics'

export type InfluxTarget = {
  /** http or https; a path in front of the API (of a proxy) is kept. */
  readonly url: string
  readonly flavor: Flavor | 'auto'
  /** What v2 calls a bucket. */
  readonly database: string
  /** Of v2 alone. */
  readonly org?: string
  readonly token?: string
  readonly username?: string
  readonly password?: string
  /** Of v1 alone. */
  readonly retentionPolicy?: string
}

/** Below the path of the url. Times are in ns. */
export function writePath({ database, org = '', retentionPolicy }: InfluxTarget, flavor: Flavor): string {
  if (flavor !== 'v1') return `/api/v2/write?${query({ org, bucket: database, precision: 'ns' })}`
  const policy = retentionPolicy === undefined ? {} : { rp: retentionPolicy }
  return `/write?${query({ db: database, ...policy, precision: 'ns' })}`
}

/**
 * The Authorization header; `auto` is for the ping, before anything is known. v1 before 1.8 knows Basic alone, so a token
 * that 1.8 would take (`user:password`) becomes that; a login for v2 becomes such a token.
 */
export function authorizationOf(target: InfluxTarget, flavor: Flavor | 'auto'): string | undefined {
  const { token, username, password = '' } = target
  if (username !== undefined && flavor !== 'v2') return basic(`${username}:${password}`)
  if (token !== undefined) return token.includes(':') && LOGINS.has(flavor) ? basic(token) : `Token ${token}`
  return username === undefined ? undefined : `Token ${username}:${password}`
}

const LOGINS: ReadonlySet<Flavor | 'auto'> = new Set(['v1', 'auto'])

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * What answers `GET /ping` like this; undefined: nothing that is known. Tried: 1.6.7 (204, `X-Influxdb-Version: 1.6.7~rc0`)
 * and VictoriaMetrics 1.79 (204, no version, `X-Server-Hostname`). Not tried, from their sources and documents alone: 2.x
 * (204, `X-Influxdb-Version: v2.7.1`) and 3 Core (200, `X-Influxdb-Version: 3.0.1`).
 */
export function flavorOf({
  status,
  headers,
}: {
  readonly status: number
  readonly headers: Headers
}): Flavor | undefined {
  const [, major] = /^v?(\d+)\./.exec(String(headers['x-influxdb-version'] ?? '')) ?? []
  if (major !== undefined) return major === '3' ? 'v3' : major === '2' ? 'v2' : 'v1'
  if (status < 200 || status > 299) return undefined
  // A build without a version is one of somebody's own; a 204 without either may have lost the host on its way.
  if (headers['x-influxdb-version'] !== undefined || headers['x-influxdb-build'] !== undefined) return 'v2'
  return headers['x-server-hostname'] !== undefined || status === 204 ? 'victoriametrics' : undefined
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`
}

function query(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
}
