import { describe, expect, it } from 'vitest'
import { check } from './check.ts'

function run(text: string, env: Record<string, string> = {}): { code: number; lines: string[] } {
  const lines: string[] = []
  const code = check(
    ['overdue.yaml'],
    env,
    () => text,
    (line) => lines.push(line),
  )
  return { code, lines }
}

describe('overdue check', () => {
  it('counts what a good file declares', () => {
    const { code, lines } = run('heartbeats:\n  - { name: pump-17, every: 5m }\n')
    expect(code).toBe(0)
    expect(lines).toEqual(['overdue.yaml is good: 1 heartbeats, 0 channels, 1 policies'])
  })

  it('prints every problem with its place', () => {
    const { code, lines } = run(
      'heartbeats:\n  - { name: a, cron: "0 2 * *" }\n  - { name: b, evry: 5m }\n  - { name: A, every: 5x }\n',
      { OVERDUE_HTP: '127.0.0.1:1' },
    )
    expect(code).toBe(1)
    expect(lines.map((line) => line.split(':')[0])).toEqual([
      'OVERDUE_HTP',
      'heartbeats[1].evry',
      'heartbeats[0].cron',
      'heartbeats[1]',
      'heartbeats[2].name',
      'heartbeats[2].every',
    ])
    expect(lines[1]).toContain('nearest: "every"')
  })

  it('needs a file', () => {
    const lines: string[] = []
    expect(
      check(
        [],
        {},
        () => '',
        (line) => lines.push(line),
      ),
    ).toBe(2)
    const missing = (): string => {
      throw new Error('ENOENT: no such file')
    }
    expect(check(['x.yaml'], {}, missing, (line) => lines.push(line))).toBe(1)
    expect(lines.at(-1)).toBe('x.yaml: expected a file that can be read, got ENOENT: no such file')
  })
})
