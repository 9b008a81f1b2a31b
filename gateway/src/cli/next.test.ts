import { describe, expect, it } from 'vitest'
import { next } from './next.ts'
import { run as runCommand } from './shell.stage.ts'

async function run(args: readonly string[], ...input: readonly string[]): Promise<[number, readonly string[]]> {
  const { code, lines } = await runCommand(next, args, { input: () => input })
  return [code, lines]
}

describe('overdue next', () => {
  it('writes the coming due instants of a cron line, one UTC instant a line', async () => {
    const args = ['--cron', '0 3 * * *', '--zone', 'Europe/Riga', '--from', '2026-03-28T01:00:00Z', '--count', '3']
    expect(await run(args)).toEqual([0, ['2026-03-29T01:00:00Z', '2026-03-30T00:00:00Z', '2026-03-31T00:00:00Z']])
  })

  it.each([
    [['--calendar', 'Mon..Fri 08:00'], '2026-02-02T08:00:00Z'],
    [['--every', '5m'], '2026-02-01T00:05:00Z'],
    [['--every', '1s500ms'], '2026-02-01T00:00:01.500Z'],
    [['--window', '02:00-04:00', '--on', 'sat,sun'], '2026-02-01T04:00:00Z'],
  ])('%j comes first at %s', async (args, first) => {
    const [code, lines] = await run([...args, '--from', '2026-02-01T00:00:00Z'])
    expect([code, lines.length, lines[0]]).toEqual([0, 5, first])
  })

  it('writes fewer for a schedule that ends', async () => {
    const args = ['--calendar', '2026..2027-12-24 18:00', '--from', '2026-02-01T00:00:00Z']
    expect(await run(args)).toEqual([0, ['2026-12-24T18:00:00Z', '2027-12-24T18:00:00Z']])
  })

  it('begins now when it is not told where', async () => {
    const [code, lines] = await run(['--every', '1h', '--count', '1'])
    expect([code, lines.length]).toEqual([0, 1])
  })

  it.each([
    [['--cron', '0 2 * *'], 'cron: expected 5 fields, got 4 ("0 2 * *")'],
    [['--cron', '@daily', '--zone', 'Riga'], 'zone: expected an IANA zone such as Europe/Riga, got "Riga"'],
    [['--every', 'often'], 'every: expected 1s to 400d, got NaN'],
  ])('%j is a bad schedule', async (args, message) => {
    expect(await run(args)).toEqual([1, [message]])
  })

  it.each([
    [[]],
    [['--cron', '@daily', '--every', '5m']],
    [['--cron', '@daily', '--on', 'mon']],
    [['--cron', '@daily', '--count', '0']],
    [['--cron', '@daily', '--from', 'noon']],
    [['--cron']],
    [['--often']],
    [['surplus']],
    [['--batch', '--zone', 'UTC']],
  ])('%j is a usage error', async (args) => {
    expect((await run(args))[0]).toBe(2)
  })

  it('answers each line of a batch, wherever the chunks end, and goes on after a bad one', async () => {
    const from = '"from":"2026-02-01T00:00:00Z","count":1'
    const input = [
      `{"cron":"0 3 * * *","zone":"Europe/Riga",${from}}\n{"every":"5m",${from}}\n\nnot js`,
      `on\n{"cron":"0 0 31 2 *","zone":"UTC",${from}}\n[1]\n{"zone":"UTC"}\n`,
      `{"window":"22:00-02:00","on":"fri","zone":"UTC",${from}}`,
    ]
    const [code, lines] = await run(['--batch'], ...input)
    expect(code).toBe(0)
    expect(lines).toEqual([
      '{"next":["2026-02-01T01:00:00Z"]}',
      '{"next":["2026-02-01T00:05:00Z"]}',
      '{"error":"expected a JSON object, got not json"}',
      '{"error":"cron: expected a cron line that fires some day, got \\"0 0 31 2 *\\""}',
      '{"error":"expected a JSON object, got [1]"}',
      '{"error":"expected exactly one of cron, calendar, every, window"}',
      '{"next":["2026-02-07T02:00:00Z"]}',
    ])
  })
})
