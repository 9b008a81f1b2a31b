import { expect, it } from 'vitest'
import { readJob } from './exec-args.ts'

it('takes everything behind -- as the command, and the rest as its own', () => {
  const args = ['backup', '--tail', '20kB', '--wait', '-q', '--', 'pg_dump', '--tail', '--', '-h']
  expect(readJob(args, { OVERDUE_TOKEN: 'the-key' })).toEqual({
    name: 'backup',
    command: ['pg_dump', '--tail', '--', '-h'],
    beat: undefined,
    create: {},
    tail: 20_000,
    output: 'auto',
    timeout: 2000,
    waits: true,
    isQuiet: true,
    url: 'http://127.0.0.1:8080',
    untold: undefined,
    key: 'the-key',
  })
})

it('describes a heartbeat that does not exist yet, a loop by how often it says that it is alive', () => {
  const job = ['--create', '--cron', '0 3 * * *', '--zone', 'Europe/Riga', '--owner', 'ana', '--grace', '10m']
  expect(readJob(['a', ...job, '--', 'true'], {})).toMatchObject({
    create: { create: '1', cron: '0 3 * * *', zone: 'Europe/Riga', owner: 'ana', grace: '10m' },
  })
  expect(readJob(['a', '--create', '--every', '5m', '--', 'true'], {})).toMatchObject({
    ...{ beat: 300_000, create: { create: '1', every: '5m' } },
  })
  expect(readJob(['a', '--every', '5m', '--', 'true'], {})).toMatchObject({ beat: 300_000, create: {} })
})

it.each([
  [['--output'], 'kept'],
  [['--no-output'], 'untouched'],
])('%j: the output is %s', (args, output) => {
  expect(readJob(['a', ...args, '--', 'true'], {})).toMatchObject({ output })
})

it('prefers its own address and key to those of the environment', () => {
  const env = { OVERDUE_URL: 'http://a.example', OVERDUE_TOKEN: 'one' }
  expect(readJob(['a', '--url', 'https://b.example/x/', '--key', 'two', '--', 'true'], env)).toMatchObject({
    ...{ url: 'https://b.example/x', key: 'two' },
  })
})

it('tells nobody where the environment’s address is none', () => {
  expect(readJob(['a', '--', 'true'], { OVERDUE_URL: 'nowhere' })).toMatchObject({
    ...{ url: undefined, untold: expect.stringMatching(/^OVERDUE_URL: expected an address/) },
  })
})

it.each([
  [[], 'expected one name and then --, got no name'],
  [['--', 'true'], 'expected one name and then --, got no name'],
  [['a', 'true'], 'expected one name and then --, got "a true"'],
  [['a'], 'expected -- and a command behind the name'],
  [['a', '--'], 'expected -- and a command behind the name'],
  [['a/b/c', '--', 'true'], 'name: expected one or two levels, got 3'],
  [['a', '--cron', '0 3 * * *', '--', 'true'], '--cron: expected only beside --create'],
  [['a', '--create', '--every', '5m', '--cron', '0 3 * * *', '--', 'true'], '--cron: expected without --every'],
  [['a', '--every', '0', '--', 'true'], '--every: expected 1s to 7d, got "0"'],
  [['a', '--timeout', '1h', '--', 'true'], '--timeout: expected 1ms to 10m, got "1h"'],
  [['a', '--tail', '1MB', '--', 'true'], '--tail: expected 0 to 100kB, got "1MB"'],
  [['a', '--tail', '101kB', '--', 'true'], '--tail: expected 0 to 100kB, got "101kB"'],
  [['a', '--url', 'gateway:8080', '--', 'true'], expect.stringMatching(/^--url: expected an address/)],
  [['a', '--nope', '--', 'true'], expect.stringContaining('--nope')],
])('%j is a usage error', (args, problem) => {
  expect(readJob(args, {})).toEqual({ problem })
})
