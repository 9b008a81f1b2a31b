// Where the time series of the bench go: a sink that counts them, or an influxd as Debian packages it.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, type ServerProcess, startServer } from '../child-processes.ts'
import type { SeriesCounts } from './series-sink.ts'
import { findCommand, startSeriesSink } from './start.ts'

export type SeriesServer = {
  readonly name: string
  readonly url: string
  /** Again after it was stopped, at the same url. */
  start(): Promise<ServerProcess>
  /** How many points of hb_signal it has; the same point counts once. */
  signals(): Promise<number>
  /** One that was stopped knows nothing of what came before. */
  readonly forgets: boolean
  /** From its first batch to the last that had a signal in it; undefined: it does not know. */
  drainSeconds?(): Promise<number>
}

export async function seriesSink(folder: string): Promise<SeriesServer> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  return {
    ...{ name: 'the sink', url, forgets: true },
    start: () => startSeriesSink(folder, port),
    signals: async () => Number(await (await fetch(`${url}/distinct`)).text()),
    async drainSeconds() {
      const { firstAt, lastSignalAt } = (await (await fetch(`${url}/counts`)).json()) as SeriesCounts
      return (lastSignalAt - firstAt) / 1000
    },
  }
}

export function findInfluxd(): string | undefined {
  return findCommand('influxd')
}

/** With tsi1 and without logins. */
export async function seriesInfluxd(command: string, folder: string): Promise<SeriesServer> {
  const [port, backupPort] = [await freePort(), await freePort()]
  const data = mkdtempSync(join(folder, 'influxd-'))
  const config = join(data, 'influxdb.conf')
  const url = `http://127.0.0.1:${port}`
  writeFileSync(
    config,
    `reporting-disabled = true
bind-address = "127.0.0.1:${backupPort}"
[meta]
  dir = "${data}/meta"
[data]
  dir = "${data}/data"
  wal-dir = "${data}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "warn"
`,
  )
  return {
    ...{ name: 'influxd', url, forgets: false },
    start: () => startServer({ command, args: ['run', '-config', config], port, log: join(folder, 'influxd.log') }),
    async signals() {
      const answer = await fetch(`${url}/query?db=overdue&q=${encodeURIComponent('SELECT count(n) FROM hb_signal')}`)
      const { results } = (await answer.json()) as { results: { series?: { values: number[][] }[] }[] }
      return results[0]?.series?.[0]?.values[0]?.[1] ?? 0
    },
  }
}
