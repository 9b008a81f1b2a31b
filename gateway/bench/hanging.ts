// The row of a channel that never answers: what its presence does to the way of another channel's pages.
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Bench, sinkChannel, startGateway, writeConfig } from './gateway-process.ts'
import { median, percentile } from './measure.ts'
import { delaysOf, probeConfig, runProbes } from './probes.ts'
import { arrivalsOf, webhooksOf } from './servers/sink-client.ts'
import { startSink } from './servers/start.ts'

export type Hanging = {
  pages: number
  alone: Delays
  beside: Delays
  /** Tries of the channel that never answers. */
  hung: number
}

type Delays = { p50: number; p99: number; max: number }

const PAGES = 200
const SPREAD_SECONDS = 12

export async function measureHanging(bench: Bench): Promise<Hanging> {
  const alone = await measure(bench, ['normal'])
  const beside = await measure(bench, ['hanging', 'normal'])
  return { pages: PAGES, alone: alone.delays, beside: beside.delays, hung: beside.hung }
}

/** Every probe pages `channels`; deadline to webhook of the normal one. */
async function measure(bench: Bench, channels: readonly string[]): Promise<{ delays: Delays; hung: number }> {
  const data = mkdtempSync(join(bench.folder, 'hanging-'))
  const sink = await startSink(bench.folder)
  const text = `signals: { open: true }
channels:
${sinkChannel('normal', sink.port)}${sinkChannel('hanging', sink.port, '/hang')}webhooks: { allow: [127.0.0.0/8] }
${probeConfig(PAGES, channels)}`
  const gateway = await startGateway(bench, data, writeConfig(bench, 'hanging.yaml', text))
  try {
    await runProbes(gateway, PAGES, SPREAD_SECONDS)
    const delays = delaysOf(await arrivalsOf(sink.port), PAGES)
    const hung = (await webhooksOf(sink.port)).filter(({ path }) => path === '/hang').length
    return { delays: { p50: median(delays), p99: percentile(delays, 0.99), max: Math.max(...delays) }, hung }
  } finally {
    await gateway.stop()
    await sink.stop()
    rmSync(data, { recursive: true, force: true })
  }
}
