import { describe, expect, it } from 'vitest'
import { check } from './check.ts'
import { run as runCommand } from './shell.stage.ts'

/** Thu 2026-11-26 12:00 in Riga. */
const NOW = 1_795_687_200_000

async function run(
  text: string,
  env: Record<string, string> = {},
): Promise<{ code: number; lines: readonly string[] }> {
  const { code, lines } = await runCommand(check, ['overdue.yaml'], { env, readFile: () => text, now: () => NOW })
  return { code, lines }
}

describe('overdue check', () => {
  it('counts what a good file declares', async () => {
    const { code, lines } = await run('heartbeats:\n  - { name: pump-17, every: 5m }\n')
    expect(code).toBe(0)
    expect(lines).toEqual(['overdue.yaml is good: 1 heartbeats, 0 channels, 1 policies'])
  })

  it('prints every problem with its place', async () => {
    const { code, lines } = await run(
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

  it('says when nobody is on call in the next eight weeks', async () => {
    const schedule = (layer: string): string => `zone: Europe/Riga
channels: [{ name: ops, webhook: { url: "https://a.example" } }]
responders: [{ name: ana, page: [ops] }]
oncall:
  - { name: always, layers: [{ rotate: [ana], every: day }] }
  - { name: primary, layers: [{ rotate: [ana], every: day${layer} }] }
`
    expect(await run(schedule(''))).toEqual({
      code: 0,
      lines: ['overdue.yaml is good: 0 heartbeats, 1 channels, 1 policies'],
    })
    const expected = 'oncall[1]: expected somebody on call at every instant, got nobody'
    const weekends = await run(schedule(', hours: "00:00-24:00", on: mon-fri'))
    expect(weekends.code).toBe(1)
    expect(weekends.lines).toEqual([
      `${expected} from Sat 2026-11-28 00:00:00 Europe/Riga to Mon 2026-11-30 00:00:00 Europe/Riga, from Sat 2026-12-05 00:00:00 Europe/Riga to Mon 2026-12-07 00:00:00 Europe/Riga, from Sat 2026-12-12 00:00:00 Europe/Riga to Mon 2026-12-14 00:00:00 Europe/Riga (8 gaps in 8 weeks)`,
    ])
    expect((await run(schedule(', to: "2026-12-24"'))).lines).toEqual([
      `${expected} from Thu 2026-12-24 00:00:00 Europe/Riga on (1 gap in 8 weeks)`,
    ])
    expect((await run(schedule(', to: "2026-01-01"'))).lines).toEqual([
      `${expected} from Thu 2026-11-26 12:00:00 Europe/Riga on (1 gap in 8 weeks)`,
    ])
  })

  it('needs a file', async () => {
    expect(await runCommand(check, [])).toMatchObject({ code: 2, lines: ['expected one file\noverdue check FILE'] })
    expect(await runCommand(check, ['x.yaml'])).toMatchObject({
      code: 1,
      lines: [expect.stringContaining('x.yaml: expected a file that can be read, got ENOENT: no such file')],
    })
  })
})
