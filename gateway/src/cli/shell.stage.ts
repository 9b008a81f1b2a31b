// A process for commands that are tested in this one: what they write is kept, their pauses pass at once.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { Shell } from './shell.ts'

export type Ran = { readonly code: number; readonly lines: readonly string[]; readonly pauses: readonly number[] }
type Command = (args: readonly string[], shell: Shell) => number | Promise<number>

/** Without files, input or terminal unless `around` has them. */
export async function run(command: Command, args: readonly string[], around: Partial<Shell> = {}): Promise<Ran> {
  const lines: string[] = []
  const pauses: number[] = []
  const code = await command(args, {
    env: {},
    readFile(path) {
      throw new Error(`ENOENT: no such file or directory, open '${path}'`)
    },
    input: () => [],
    write: (line) => void lines.push(line),
    warn: (line) => void lines.push(line),
    screen: () => undefined,
    now: () => 1_795_687_200_000,
    pause: async (duration) => void pauses.push(duration),
    ...around,
  })
  return { code, lines, pauses }
}

/** Where it answers, until the test is over. */
export async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export type Said = { readonly status?: number; readonly body?: unknown }

/** Says one thing after another, the last for good, and keeps what was asked: method, path, token, body. */
export async function serveApi(...answers: Said[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = []
  const url = await serve(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    asked.push(`${req.method} ${req.url} ${req.headers.authorization} ${text}`.trim())
    const { status = 200, body } = (answers.length > 1 ? answers.shift() : answers[0]) as Said
    res.writeHead(status).end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body))
  })
  return { url, asked }
}
