// Leaves one signal with a process that nobody waits for: neither the job's caller, nor its terminal, nor a reader of
// its output.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Duration } from '../domain/time.ts'
import type { Post } from './signal-post.ts'

/** What that process reads from its standard input, as JSON: no list of processes shows it. */
export type Passing = {
  readonly url: string
  readonly key: string | null
  /** In base64. */
  readonly body: string | null
  /** How long ago it was. */
  readonly age: Duration
}

/** Resolves when it has what it needs. */
export async function handOver({ url, key, body }: Post, at: number): Promise<void> {
  const later = spawn(process.execPath, [fileURLToPath(new URL('exec-later.ts', import.meta.url))], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const passing: Passing = {
    url,
    key: key ?? null,
    body: body === undefined ? null : Buffer.from(body).toString('base64'),
    age: performance.now() - at,
  }
  await new Promise<void>((resolve) => {
    later.on('error', () => resolve())
    later.stdin.on('error', () => resolve())
    later.stdin.end(JSON.stringify(passing), () => resolve())
  })
  later.unref()
}
