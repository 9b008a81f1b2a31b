// The bench's measures: a process's CPU time and memory from /proc, a timed window over a running load, and
// medians. On a system without /proc the CPU and memory figures are undefined; rates still come.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const TICKS_PER_SECOND = 100

export type Window = {
  ops: number
  seconds: number
  perSecond: number
  /** CPU microseconds the server spent per operation, all its threads. */
  serverMicrosPerOp: number | undefined
  /** Shares of one core; a multi-threaded process may pass 1. */
  serverCores: number | undefined
  loadCores: number
}

/** Lets a load warm up, then counts its operations and both sides' CPU over the given seconds. */
export async function measureWindow(options: {
  warmup: number
  seconds: number
  serverPid: number
  count: () => number
  ended?: Promise<unknown>
}): Promise<Window> {
  await sleep(options.warmup * 1000)
  const ops0 = options.count()
  const server0 = cpuSecondsOf(options.serverPid)
  const load0 = process.cpuUsage()
  const t0 = performance.now()
  const over = new AbortController()
  const time = sleep(options.seconds * 1000, undefined, { signal: over.signal }).catch(() => {})
  await (options.ended ? Promise.race([time, options.ended]) : time)
  over.abort()
  const seconds = (performance.now() - t0) / 1000
  const load = process.cpuUsage(load0)
  const server1 = cpuSecondsOf(options.serverPid)
  const ops = options.count() - ops0
  const server = server0 === undefined || server1 === undefined ? undefined : server1 - server0
  return {
    ops,
    seconds,
    perSecond: ops / seconds,
    serverMicrosPerOp: server === undefined || ops === 0 ? undefined : (server * 1e6) / ops,
    serverCores: server === undefined ? undefined : server / seconds,
    loadCores: (load.user + load.system) / 1e6 / seconds,
  }
}

/** The user and system CPU time a process has used so far, in steps of 10 ms. */
export function cpuSecondsOf(pid: number): number | undefined {
  const stat = procFile(pid, 'stat')
  if (stat === undefined) return undefined
  // The second field is the command in parentheses and may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

/** The resident memory of a process, now and at its peak. */
export function residentBytesOf(pid: number): { now: number; peak: number } | undefined {
  const status = procFile(pid, 'status')
  if (status === undefined) return undefined
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024
  return { now: field('VmRSS'), peak: field('VmHWM') }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  if (sorted.length === 0) return Number.NaN
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}

/** The smallest value that the given share of all values does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

function procFile(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return undefined
  }
}
