import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { atPercent } from './crontab.ts'
import { diffLines } from './diff.ts'
import type { Job } from './job.ts'
import { type Means, pinging } from './pinging.ts'
import { isSimple, readShell } from './shell.ts'

const JOB: Job = {
  ...{ kind: 'crontab', group: 'web-1', title: 'a', name: 'web-1/a', command: '', file: '/etc/crontab', line: 1 },
  ...{ when: { written: '@daily', schedule: { kind: 'none' } }, pings: [] },
}
const GATEWAY = 'http://gw:8080'
const CURL: Means = { curl: '/usr/bin/curl', gateway: GATEWAY }
const EXEC: Means = { ...CURL, exec: '/usr/local/bin/overdue' }
const PING = ' && /usr/bin/curl -fsS -m 10 --retry 3 -o /dev/null http://gw:8080/ping/web-1/a'

function changed(command: string, means: Means, isCrontab = true): string {
  const result = pinging(JOB, command, isCrontab, means)
  return 'why' in result ? `no: ${result.why}` : result.command
}

describe('a command with its ping', () => {
  it.each([
    ['/opt/a --x', `/opt/a --x${PING}`],
    ['a >> log 2>&1', `a >> log 2>&1${PING}`],
    ['a | b; c;', `a | b; c${PING}`],
    ['a # nightly', `a${PING} # nightly`],
    ['test -x a || exit 0; a', `(test -x a || exit 0; a)${PING}`],
    ['a &', 'no: it goes on in the background, where nobody waits for it'],
    ["a 'b", 'no: its quotes or parentheses are not closed'],
    ['a "$(b', 'no: its quotes or parentheses are not closed'],
    ['a )', 'no: its quotes or parentheses are not closed'],
    ['cat <<E', 'no: it has a here-document'],
    [`a ${'b'.repeat(950)}`, 'no: with a ping it would be longer than the 998 characters that cron takes'],
  ])('by curl: %s', (command, expected) => expect(changed(command, CURL)).toBe(expected))

  it.each([
    ['/opt/a --x', 'OVERDUE_URL=http://gw:8080 /usr/local/bin/overdue exec web-1/a -- /opt/a --x'],
    ['A=1 a > log', 'A=1 OVERDUE_URL=http://gw:8080 /usr/local/bin/overdue exec web-1/a -- a > log'],
    ['>> log a "b c"', '>> log OVERDUE_URL=http://gw:8080 /usr/local/bin/overdue exec web-1/a -- a "b c"'],
    ['cd /a && b', `cd /a && b${PING}`],
    ['if a; then b; fi', `if a; then b; fi${PING}`],
  ])('by exec: %s', (command, expected) => expect(changed(command, EXEC)).toBe(expected))

  it('with wget, with a header, with an address that cron would cut', () => {
    expect(changed('a', { wget: '/usr/bin/wget', gateway: GATEWAY })).toBe(
      'a && /usr/bin/wget -q -T 10 -t 3 -O /dev/null http://gw:8080/ping/web-1/a',
    )
    expect(changed('a', { ...CURL, headerFile: '/etc/over due' })).toContain("-H @'/etc/over due' http")
    expect(changed('a', { ...CURL, gateway: 'http://gw/a%20b' })).toContain('http://gw/a\\%20b/ping/web-1/a')
    expect(changed('a', { ...CURL, gateway: 'http://gw/a%20b' }, false)).toContain('http://gw/a%20b/ping/web-1/a')
    expect(changed('a', { gateway: GATEWAY })).toBe('no: neither overdue, curl nor wget was found')
  })

  it('is simple where another program could start it', () => {
    const simple = (command: string): boolean => isSimple(readShell(command))
    expect(['a', 'A=1 a', 'a > b 2>&1', 'a "b;c" $(d | e)', 'a \\; b'].map(simple)).toEqual(Array(5).fill(true))
    expect(['a;b', 'a|b', '(a)', 'cd a', '! a', 'A=1', '', '{ a; }', 'exec a', 'a &'].map(simple)).toEqual(
      Array(10).fill(false),
    )
  })
})

describe('run by sh', () => {
  const folder = mkdtempSync(join(tmpdir(), 'overdue-pinging-'))
  const log = join(folder, 'pings')
  const curl = join(folder, 'curl')
  writeFileSync(curl, `#!/bin/sh\necho "$@" >> ${log}\n`)
  chmodSync(curl, 0o755)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const sh = (command: string): { status: number | null; stdout: string; pings: number } => {
    writeFileSync(log, '')
    rmSync(join(folder, 'out'), { force: true })
    const { status, stdout } = spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', cwd: folder })
    return { status, stdout, pings: readFileSync(log, 'utf8').split('\n').length - 1 }
  }

  it('does and says what it did before, and pings where it succeeds', () => {
    const simple = fc.constantFrom(
      ...['true', 'false', 'echo a', 'echo \'b; c\' "d & $((1+1))"', "A=1 sh -c 'echo $A; exit 3'", 'echo e > out'],
      ...[
        'cat out 2>/dev/null',
        'test -n ""',
        'echo \\; f',
        'exit 0',
        'exit 4',
        '(false; echo g)',
        '{ echo h; false; }',
      ],
      ...[
        'if true; then echo i; fi',
        'for x in 1 2; do echo $x; done',
        '! true',
        'date +\\%Y > /dev/null',
        'echo "$(echo \')\')"',
      ],
    )
    const line = fc
      .tuple(simple, fc.array(fc.tuple(fc.constantFrom(' && ', ' || ', ' | ', '; ', ';'), simple), { maxLength: 3 }))
      .map(([first, rest]) => first + rest.map((pair) => pair.join('')).join(''))
    const end = fc.constantFrom('', '', ' ;', ' # a comment', '  ')
    fc.assert(
      fc.property(line, end, (body, tail) => {
        const command = `${body}${tail}`
        const result = pinging(JOB, command, true, { curl, gateway: GATEWAY })
        if ('why' in result) throw new Error(result.why)
        const before = sh(atPercent(command).command)
        const after = sh(atPercent(result.command).command)
        expect(after).toEqual({ ...before, pings: before.status === 0 ? 1 : 0 })
      }),
      { numRuns: 40 },
    )
  }, 120_000)
})

describe('a diff', () => {
  it('has three lines around each change, and one hunk for those that are near', () => {
    const text = Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join('')
    const lines = [
      ...diffLines(
        '/etc/a b',
        text,
        new Map([
          [2, 'two'],
          [8, 'eight'],
          [20, 'twenty'],
        ]),
      ),
    ]
    expect(lines.slice(0, 3)).toEqual(['--- a/etc/a b\t', '+++ b/etc/a b\t', '@@ -1,11 +1,11 @@'])
    expect(lines.filter((line) => line.startsWith('@@'))).toEqual(['@@ -1,11 +1,11 @@', '@@ -17,4 +17,4 @@'])
    const near = (one: number, other: number): readonly string[] =>
      [...diffLines('/a', text, new Map([one, other].map((number) => [number, 'x'])))].filter((line) =>
        /^@@/.test(line),
      )
    expect(near(2, 9)).toEqual(['@@ -1,12 +1,12 @@'])
    expect(near(2, 10)).toEqual(['@@ -1,5 +1,5 @@', '@@ -7,7 +7,7 @@'])
    expect([...diffLines('/a', 'x', new Map([[1, 'y']]))].slice(2)).toEqual([
      ...['@@ -1,1 +1,1 @@', '-x', '\\ No newline at end of file', '+y', '\\ No newline at end of file'],
    ])
  })

  it('is taken by patch and by git apply, and makes what was meant', () => {
    const line = fc.string({ maxLength: 12 }).filter((text) => !/[\r\n]/.test(text))
    const folder = mkdtempSync(join(tmpdir(), 'overdue-diff-'))
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 25 }),
        fc.infiniteStream(fc.nat(5)),
        fc.boolean(),
        (lines, coins, ends) => {
          const changes = new Map<number, string>()
          lines.forEach((text, index) => {
            if (coins.next().value === 0) changes.set(index + 1, `${text} changed`)
          })
          fc.pre(changes.size > 0 && (ends || lines.at(-1) !== ''))
          const whole = (list: readonly string[]): string => list.join('\n') + (ends ? '\n' : '')
          const wanted = whole(lines.map((text, index) => changes.get(index + 1) ?? text))
          const diff = `# a note\n${[...diffLines('/etc/x', whole(lines), changes)].join('\n')}\n`
          for (const tool of [
            ['patch', '-p1', '-s', '--no-backup-if-mismatch'],
            ['git', 'apply', '-p1'],
          ] as const) {
            const [command, ...args] = tool
            spawnSync('mkdir', ['-p', join(folder, 'etc')])
            writeFileSync(join(folder, 'etc/x'), whole(lines))
            const { status, stderr } = spawnSync(command, args, { cwd: folder, input: diff, encoding: 'utf8' })
            expect([command, status, stderr]).toEqual([command, 0, expect.anything()])
            expect(readFileSync(join(folder, 'etc/x'), 'utf8')).toBe(wanted)
          }
        },
      ),
      { numRuns: 15 },
    )
    rmSync(folder, { recursive: true, force: true })
  }, 120_000)
})
