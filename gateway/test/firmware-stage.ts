// Where the examples for devices are, what compiles and runs them, and a gateway that asks them for their keys.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { GatewayProcess } from './process.ts'

export const EXAMPLES: string = join(import.meta.dirname, '../../firmware-examples')
export const KEY = 'mTJb1zHYRUyp2u8iE6Kc0w'

/** Keys are needed on loopback too; three devices have one, and a broken link is seen at once. */
export const LOCKED = `signals: { open: false }
heartbeats:
  - { name: pump-17, every: 1h, key: ${KEY} }
  - { name: pump-17/battery, every: 1h }
  - { name: pump-18, every: 1h, key: ${KEY.replace('m', 'n')}, will: down }
  - { name: pump-19, every: 1h, key: ${KEY.replace('m', 'o')} }
`
export const KEYS: Readonly<Record<string, string>> = {
  'pump-17': KEY,
  'pump-18': KEY.replace('m', 'n'),
  'pump-19': KEY.replace('m', 'o'),
}

export type Ran = { readonly code: number | null; readonly output: string }

export type Heard = {
  readonly kind: string
  readonly at: string
  readonly receivedAt: string
  readonly exit: number | null
  readonly message: string | null
  readonly metrics: Readonly<Record<string, number>> | null
}

export function isInstalled(command: string, probe = '--version'): boolean {
  return spawnSync(command, [probe]).error === undefined
}

/** A folder that is gone with its owner. */
export class Folder {
  readonly path: string = mkdtempSync(join(tmpdir(), 'overdue-firmware-'));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true })
  }
}

/** Runs to the end; the output is both streams'. */
export function run(
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = '.',
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(command, args, { cwd, env: { PATH: process.env['PATH'], ...env } }, (error, out, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), output: out + errors }),
    )
  })
}

/** Something that runs on until it is ended. */
export class Running {
  readonly #child
  output = ''

  constructor(command: string, args: readonly string[], env: Record<string, string>) {
    this.#child = spawn(command, args, {
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream.on('data', (text) => (this.output += String(text)))
  }

  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill(signal)
      await once(this.#child, 'exit')
    }
    return this.#child.exitCode
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('SIGKILL')
  }
}

/** What was heard of a heartbeat, oldest first. */
export async function heard(gateway: GatewayProcess, name = 'pump-17'): Promise<readonly Heard[]> {
  const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}/signals`)
  return (body as { items: readonly Heard[] }).items.toReversed()
}

/** Resolves once so many signals were heard. */
export async function heardSoMany(gateway: GatewayProcess, count: number, name = 'pump-17'): Promise<readonly Heard[]> {
  for (;;) {
    const signals = await heard(gateway, name)
    if (signals.length >= count) return signals
    await sleep(50)
  }
}

export function kinds(signals: readonly Heard[]): readonly string[] {
  return signals.map(({ kind }) => kind)
}
