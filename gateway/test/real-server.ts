// A real server as Debian packages it: started in a folder of its own with what the test says, ended with the test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const START_WITHIN = 60_000
const TRIES = 5

export function isInstalled(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

export class RealServer implements AsyncDisposable {
  readonly folder: string
  readonly command: string
  output = ''
  #child: ChildProcess | undefined

  constructor(command: string) {
    this.command = command
    this.folder = mkdtempSync(join(tmpdir(), `overdue-${command}-`))
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves when `isReady` says so. `argsOf` picks ports, and again where somebody else was faster to take them. */
  async start(argsOf: () => Promise<readonly string[]>, isReady: () => Promise<boolean>): Promise<void> {
    for (let left = TRIES; !(await this.#isUp(await argsOf(), isReady)); left--) {
      if (left === 1 || !/address already in use/.test(this.output))
        throw new Error(`${this.command} did not start (exit code ${this.#child?.exitCode}): ${this.output}`)
    }
  }

  /** Ends the process; its folder stays, so that it can be started again. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): Promise<void> {
    if (!this.isRunning) return
    const ended = once(this.#child as ChildProcess, 'exit')
    this.#child?.kill(signal)
    await ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end()
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** False: it ended before it was ready, or took too long. */
  async #isUp(args: readonly string[], isReady: () => Promise<boolean>): Promise<boolean> {
    this.output = ''
    const child = spawn(this.command, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const keep = (text: unknown): string => (this.output = (this.output + String(text)).slice(-10_000))
    const ended = once(child, 'close').catch(keep)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', keep)
    const giveUpAt = performance.now() + START_WITHIN
    while (!(await isReady().catch(() => false))) {
      if (performance.now() > giveUpAt) child.kill('SIGKILL')
      if (await Promise.race([ended.then(() => true), sleep(20, false)])) return false
    }
    return true
  }
}
