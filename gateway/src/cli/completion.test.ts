import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { completion } from './completion.ts'
import { run as runCommand, serveApi } from './shell.stage.ts'

const USAGES = {
  exec: 'overdue exec NAME [--every 5m] [--output | --no-output] -- COMMAND…',
  ping: 'overdue ping NAME [ok|start]\n   [--msg TEXT]',
  ack: 'overdue ack INCIDENT|NAME [--note TEXT]',
  check: 'overdue check FILE',
}

async function script(shell: string): Promise<string> {
  const { code, lines } = await runCommand((args, around) => completion(args, around, USAGES), [shell])
  expect(code).toBe(0)
  return lines.join('\n')
}

describe.skipIf(spawnSync('bash', ['--version']).error !== undefined)('the completion of bash', () => {
  it.each([
    [['overdue', 'e'], 'exec'],
    [['overdue', ''], 'exec ping ack check help'],
    [['overdue', 'exec', 'a', '--no'], '--no-output'],
    [['overdue', 'ping', 'a', 'st'], 'start'],
    [['overdue', 'ack', 'pu'], 'pump-17 pump-17/battery'],
    [['overdue', 'exec', 'a', '--', 'mkfif'], 'mkfifo'],
    [['overdue', 'check', '/etc/host'], expect.stringContaining('/etc/hosts')],
  ])('%j gives %s', async (words, expected) => {
    const line = `overdue() { printf 'pump-17\\npump-17/battery\\nrouter\\n'; }; compopt() { :; }
${await script('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _overdue; printf '%s\\n' "\${COMPREPLY[@]}" | sort -u | tr '\\n' ' '`
    const { stdout, stderr } = spawnSync('bash', ['-c', line, 'bash', ...words], { encoding: 'utf8' })
    expect([stderr, stdout.trim().split(' ').sort()]).toEqual([
      '',
      typeof expected === 'string' ? expected.split(' ').sort() : expect.arrayContaining([expected]),
    ])
  })
})

it.each([
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
])('the script is one that %s can read', async (shell, check) => {
  const text = await script(shell)
  for (const word of ['exec', 'ping', 'ack', 'check', 'every', 'note', 'completion --names'])
    expect(text).toContain(word)
  const { error, status, stderr } = spawnSync(shell, check, { input: text, encoding: 'utf8' })
  if (error === undefined) expect([stderr, status]).toEqual(['', 0])
})

it('names the heartbeats that the gateway has, and nothing where it has no answer', async () => {
  const item = { verdict: 'ok', since: '2026-03-02T09:00:00.000Z' }
  const { url } = await serveApi(
    {
      body: {
        items: [
          { name: 'a', ...item },
          { name: 'b/c', ...item },
        ],
        next: null,
      },
    },
    { status: 401 },
  )
  const names = () =>
    runCommand((args, around) => completion(args, around, {}), ['--names'], { env: { OVERDUE_URL: url } })
  expect(await names()).toMatchObject({ code: 0, lines: ['a\nb/c'] })
  expect(await names()).toMatchObject({ code: 0, lines: [] })
})

it.each([[[]], [['tcsh']], [['bash', 'zsh']], [['bash', '--names']]])('%j is a usage error', async (args) => {
  const { code, lines } = await runCommand((words, around) => completion(words, around, USAGES), args)
  expect([code, lines]).toEqual([
    2,
    [expect.stringContaining('expected bash, zsh, fish or --names\noverdue completion ')],
  ])
})
