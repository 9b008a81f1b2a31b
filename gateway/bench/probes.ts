// Probes: heartbeats that are pinged for a while and then fall silent one after the other, each with a policy of its own,
// so that no page waits to see whether it is part of a storm. The sink notes when their webhooks come.
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayProcess } from './gateway-process.ts'
import type { Arrival } from './servers/sink.ts'

const PINGS = 4
const GRACE_SECONDS = 2
const LONGEST_PERIOD_SECONDS = 5
/** After the last ping of the last probe: until its webhook should have come. */
const TAIL_SECONDS: number = LONGEST_PERIOD_SECONDS + GRACE_SECONDS + 3

/** The part of a configuration that declares probes and whom they page. */
export function probeConfig(count: number, channels: readonly string[]): string {
  const numbers = Array.from({ length: count }, (_, i) => i)
  const policies = numbers.map((i) => `  - { name: probe-${i + 1}, steps: [{ page: [${channels.join(', ')}] }] }\n`)
  const probes = numbers.map(
    (i) =>
      `  - { name: probe-${i + 1}, policy: probe-${i + 1}, every: ${periodOf(i)}s, grace: ${GRACE_SECONDS}s, unseen: wait }\n`,
  )
  return `policies:\n${policies.join('')}heartbeats:\n${probes.join('')}`
}

/** How long they take from the first ping to the last webhook. */
export function probeSeconds(spreadSeconds: number): number {
  return spreadSeconds + PINGS + TAIL_SECONDS
}

/** They start, and so end, spread over some time. Gives the deadlines that their last pings have set. */
export async function runProbes(gateway: GatewayProcess, count: number, spreadSeconds: number): Promise<number[]> {
  const deadlines = await Promise.all(
    Array.from({ length: count }, async (_, i) => {
      await sleep((i / count) * spreadSeconds * 1000)
      return pingProbe(gateway, i)
    }),
  )
  await sleep(TAIL_SECONDS * 1000)
  return deadlines
}

/** Milliseconds from each deadline to its webhook; one that has not come counts as one that never will. */
export function delaysOf(arrivals: readonly Arrival[], count: number): number[] {
  const delays = arrivals.map(({ arrived, deadline }) => arrived - deadline)
  while (delays.length < count) delays.push(Number.POSITIVE_INFINITY)
  return delays
}

/** Pings one probe each second for a while; gives the deadline its last ping has set. */
async function pingProbe(gateway: GatewayProcess, index: number): Promise<number> {
  let at = 0
  for (let ping = 0; ping < PINGS; ping++) {
    if (ping > 0) await sleep(1000)
    at = Date.now()
    const response = await fetch(`http://127.0.0.1:${gateway.port}/ping/probe-${index + 1}`)
    if (!response.ok) throw new Error(`a probe's ping got ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
  return at + (periodOf(index) + GRACE_SECONDS) * 1000
}

function periodOf(index: number): number {
  return 2 + (index % (LONGEST_PERIOD_SECONDS - 1))
}
