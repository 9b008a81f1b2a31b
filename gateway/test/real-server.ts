// A real server as Debian packages it: started in a folder of its own with what the test says, ended with the test.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const START_WITHIN = 20_000

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

  /** Resolves when `isReady` says so; what can't be reached is not ready. */
  async start(args: readonly string[], isReady: () => Promise<boolean>): Promise<void> {
    const child = spawn(this.command, args, { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    let failure: Error | undefined
    child.on('error', (error) => (failure = error))
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (this.output = (this.output + String(text)).slice(-10_000)))
    const giveUpAt = performance.now() + START_WITHIN
    while (!(await isReady().catch(() => false))) {
      if (failure !== undefined || !this.isRunning || performance.now() > giveUpAt)
        throw new Error(`${this.command} did not start (exit code ${child.exitCode}): ${failure ?? this.output}`)
      await sleep(20)
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
}
