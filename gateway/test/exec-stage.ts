// Runs `overdue exec` as a crontab would, and looks at what it leaves behind.
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export const OVERDUE: string = join(import.meta.dirname, '../bin/overdue')
export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

/** Compiled once, not for each process. */
const CACHE = mkdtempSync(join(tmpdir(), 'overdue-cache-'))

export function environment(url: string, more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], XDG_CACHE_HOME: CACHE, OVERDUE_URL: url, ...more }
}

export function start(url: string, args: readonly string[], stdio: StdioOptions = 'pipe', more = {}): ChildProcess {
  return spawn(process.execPath, [OVERDUE, 'exec', ...args], { env: environment(url, more), stdio })
}

/** Resolves when it is gone and its output has ended. */
export async function ended(child: ChildProcess): Promise<Ran> {
  const said = { out: '', err: '' }
  child.stdout?.on('data', (text) => (said.out += String(text)))
  child.stderr?.on('data', (text) => (said.err += String(text)))
  const [code] = await once(child, 'close')
  return { code: code as number | null, ...said }
}

export function exec(url: string, ...args: readonly string[]): Promise<Ran> {
  return ended(start(url, args, ['ignore', 'pipe', 'pipe']))
}

/** Polls: processes and sockets have no other way to say it. */
export async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look()
    if (seen !== undefined && seen !== false) return seen
    await sleep(20)
  }
}

export function isThere(pid: number): boolean {
  try {
    // A zombie is there, too.
    return readFileSync(`/proc/${pid}/stat`, 'utf8') !== ''
  } catch {
    return false
  }
}

/** Processes that tell of an end in the background, of those that have the mark in their environment. */
export function tellers(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const [line, env] = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'))
        return line?.includes('exec-later.ts') && env?.includes(mark)
      } catch {
        return false
      }
    })
}
