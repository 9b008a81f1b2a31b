import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ended, environment, OVERDUE } from './exec-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../docs/cli.md'), 'utf8')
/** Every line of every block that is for a shell, in their order, with the exit code that it says. */
const LINES = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
  block
    .trim()
    .split('\n')
    .map((line) => [line, Number(/# exits (\d+)$/.exec(line)?.[1] ?? 0)] as const),
)

const pages = createServer((req, res) => req.resume().on('end', () => res.end()))
let gateway: GatewayProcess

beforeAll(async () => {
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
  const { port } = pages.address() as AddressInfo
  gateway = await new GatewayProcess(`channels: [{ name: ops, webhook: { url: "http://127.0.0.1:${port}/" } }]
webhooks: { allow: [127.0.0.0/8] }
`).start()
  const bin = join(gateway.folder, 'bin')
  mkdirSync(bin)
  for (const [name, line] of [
    ['overdue', `exec '${process.execPath}' '${OVERDUE}' "$@"`],
    ['pg_dump', 'echo a dump'],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`)
    chmodSync(join(bin, name), 0o755)
  }
})
afterAll(async () => {
  await gateway[Symbol.asyncDispose]()
  pages.close()
})

// Those that send signals need no token here, and an API token is no heartbeat's key.
it.each(LINES)('%s', async (line, code) => {
  const env = environment(gateway.url, {
    ...{ PATH: `${gateway.folder}/bin:${process.env['PATH']}`, USER: 'ana' },
    ...(!/^overdue (?:exec|ping)/.test(line) && { OVERDUE_TOKEN: TOKEN }),
  })
  const child = spawn('sh', ['-c', line], { cwd: gateway.folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ran = await ended(child)
  expect(ran).toMatchObject({ code })
})

it('is about every command', async () => {
  const { stdout } = spawnSync(process.execPath, [OVERDUE, 'help'], { encoding: 'utf8', env: environment(gateway.url) })
  for (const [, command] of stdout.matchAll(/^overdue (\w+)/gm))
    expect(PAGE).toMatch(new RegExp(`^overdue ${command}\\b`, 'm'))
  for (const [option] of stdout.matchAll(/--[a-z][a-z-]*/g))
    if (/^overdue exec[\s\S]*?-- COMMAND/.exec(stdout)?.[0].includes(option)) expect(PAGE).toContain(`\`${option}`)
})
