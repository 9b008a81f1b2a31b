import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { atPercent, readCrontab, withPercents } from './crontab.ts'

describe('a crontab', () => {
  it('has entries with their place, their settings and the comment above them', () => {
    const text = `# Nightly dump
  0  3\t* * *   /usr/bin/dump --all
MAILTO = "ana@example.org"  \n
'CRON_TZ'=Europe/Riga
# 5 4 * * * /switched/off
@daily ls
*/5 * * * * A=1 /bin/x
`
    expect(readCrontab(text, false)).toEqual({
      entries: [
        {
          ...{ line: 2, schedule: '0 3 * * *', command: '/usr/bin/dump --all', column: 15 },
          ...{ settings: {}, comment: 'Nightly dump' },
        },
        {
          ...{ line: 7, schedule: '@daily', command: 'ls', column: 7 },
          settings: { MAILTO: 'ana@example.org', CRON_TZ: 'Europe/Riga' },
        },
        {
          ...{ line: 8, schedule: '*/5 * * * *', command: 'A=1 /bin/x', column: 12 },
          settings: { MAILTO: 'ana@example.org', CRON_TZ: 'Europe/Riga' },
        },
      ],
      flaws: [],
    })
  })

  it('has users where it is the system’s', () => {
    const [entry] = readCrontab('@reboot\troot  /x y\n', true).entries
    expect(entry).toMatchObject({ schedule: '@reboot', user: 'root', command: '/x y', column: 14 })
  })

  it.each([
    ['61 * * * * x\n', 'expected a minute 0-59, got "61"'],
    ['@dayly x\n', `expected @daily or another of cron's words, got "@dayly"`],
    ['0 3 * *\n', 'expected five fields and a command, got "0 3 * *"'],
    ['0 3 * * *\n', 'expected a command'],
    ['0 3 L * * x\n', 'cron knows no L, # and ?, got "0 3 L * *"'],
    ['0 3 * * 5#2 x\n', 'cron knows no L, # and ?, got "0 3 * * 5#2"'],
    ['0 3 * * * x', 'the last line does not end in a newline'],
    ['0 3 * * * /opt/long \\\n  --option\n', 'expected five fields and a command, got "--option"'],
  ])('%j has a flaw', (text, why) => {
    expect(readCrontab(text, false).flaws.map((flaw) => flaw.why)).toEqual([why])
  })

  it('keeps each command byte for byte, whatever stands around it', () => {
    const schedule = fc.constantFrom('0 3 * * *', '*/5 8-18 * * mon-fri', '@hourly', '1,2\t3-9/2  1  jan 7')
    const command = fc
      .string({ minLength: 1, maxLength: 60 })
      .filter((text) => /^[^\s=]/.test(text) && !/[\r\n]/.test(text))
    const line = fc.record({
      blank: fc.constantFrom('', ' ', '\t ', '# a comment\n', '\n', 'A=b\n'),
      schedule,
      gap: fc.constantFrom(' ', '\t', '  \t'),
      command,
    })
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const text = lines.map((one) => `${one.blank}${one.schedule}${one.gap}${one.command}\n`).join('')
        const { entries, flaws } = readCrontab(text, false)
        expect(flaws).toEqual([])
        expect(entries.map((entry) => entry.command)).toEqual(lines.map((one) => one.command))
        const written = text.split('\n')
        for (const entry of entries) expect(written[entry.line - 1]?.slice(entry.column)).toBe(entry.command)
      }),
    )
  })

  it('gives the shell what stands before the first plain percent', () => {
    expect(atPercent('date +\\%F > a%line 1%line 2')).toEqual({ command: 'date +%F > a', length: 13 })
    expect(atPercent('a \\\\ b \\')).toEqual({ command: 'a \\\\ b \\', length: 8 })
    fc.assert(
      fc.property(fc.string(), (text) => {
        // A backslash in front of a percent would be taken for the one that escapes it.
        fc.pre(!/\\(?:%|$)|\\\\/.test(text))
        expect(atPercent(withPercents(text)).command).toBe(text)
      }),
    )
  })
})
