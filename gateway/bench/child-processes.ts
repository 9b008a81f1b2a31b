// The bench's child processes: servers, which run until they are stopped by their pid, and loads, which end by
// themselves and print one line of JSON. Whatever still runs when the bench ends is killed, by pid.
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export type ServerProcess = {
  readonly pid: number
  readonly port: number
  /** Milliseconds from the spawn to the first time it was ready. */
  readonly startMs: number
  /** Asks it to end (SIGTERM) and waits; kills it when it has not ended in time. */
  stop(): Promise<void>
}

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1))

export async function startServer(options: {
  command: string
  args: readonly string[]
  port: number
  /** The file its output goes to; shown when it does not start. */
  log: string
  env?: Record<string, string>
  ready?: () => Promise<boolean>
  startWithinSeconds?: number
}): Promise<ServerProcess> {
  const log = openSync(options.log, 'w')
  const t0 = performance.now()
  const child = spawn(options.command, options.args, {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
  })
  closeSync(log)
  const ended = track(child)
  const ready = options.ready ?? (() => accepts(options.port))
  const limit = (options.startWithinSeconds ?? 30) * 1000
  while (!(await ready())) {
    if (child.exitCode !== null || child.signalCode !== null || performance.now() - t0 > limit) {
      child.kill('SIGKILL')
      const output = readFileSync(options.log, 'utf8').slice(-2000)
      throw new Error(`${options.command} ${options.args.join(' ')} did not get ready:\n${output}`)
    }
    await sleep(10)
  }
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await ended
    clearTimeout(late)
  }
  return { pid: child.pid!, port: options.port, startMs: performance.now() - t0, stop }
}

export type Load<Result> = { readonly pid: number; readonly result: Promise<Result>; stop(): void }

/** Starts one of the bench's own scripts with its options as JSON; its result is the JSON line it prints. */
export function startLoad<Result>(script: string, options: object, withinSeconds: number): Load<Result> {
  const child = spawn(process.execPath, [new URL(script, import.meta.url).pathname, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = track(child)
  const limit = setTimeout(() => child.kill('SIGKILL'), withinSeconds * 1000)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text
  })
  const result = (async () => {
    await ended
    clearTimeout(limit)
    if (child.exitCode !== 0) throw new Error(`${script} failed (${child.exitCode ?? child.signalCode})`)
    return JSON.parse(output) as Result
  })()
  result.catch(() => {})
  return { pid: child.pid!, result, stop: () => void child.kill('SIGTERM') }
}

/**
 * A port of the loopback address that was free a moment ago. It lies below the ports the system gives to outgoing
 * connections, so that none of those, the readiness probes first of all, can take it before the server does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    try {
      await once(server, 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function track(child: ChildProcess): Promise<void> {
  running.add(child)
  try {
    // 'close' follows the end of its output, so that nothing it printed is missed.
    await once(child, 'close')
  } finally {
    running.delete(child)
  }
}
