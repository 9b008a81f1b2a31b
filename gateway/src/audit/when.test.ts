import { describe, expect, it } from 'vitest'
import { describeSchedule } from '../domain/schedule.ts'
import { formatDuration } from '../domain/time.ts'
import { whenOfLine } from './jenkins.ts'
import type { When } from './job.ts'
import { goDuration, systemdSpan } from './spans.ts'
import { whenOfTimer } from './timer.ts'
import { readUnit } from './unit.ts'
import { cronWhen, goCronWhen, oneOf } from './when.ts'
import { inWords, localTime, nextRuns } from './words.ts'

const ZONE = 'Europe/Riga'

function told(when: When): string {
  if ('why' in when) return `no: ${when.why}`
  return `${describeSchedule(when.schedule)}${when.grace === undefined ? '' : `, grace ${formatDuration(when.grace)}`}`
}

function timer(text: string): When {
  return whenOfTimer(readUnit([{ file: 'a.timer', text: `[Timer]\n${text}\n` }]), ZONE)
}

describe('what schedulers write', () => {
  it.each([
    ['0 3 * * *', 'cron "0 3 * * *" in Europe/Riga'],
    ['5/15 * * * *', 'cron "5-59/15 * * * *" in Europe/Riga'],
    ['@reboot', 'no schedule'],
    ['0 0 31 2 *', 'no: cron: expected a cron line that fires some day, got "0 0 31 2 *"'],
  ])('cron: %s', (line, expected) => expect(told(cronWhen(line, ZONE))).toBe(expected))

  it.each([
    ['@every 1h30m', 'every 1h30m'],
    ['@every soon', 'no: no duration: soon'],
    ['@every 10ms', 'no: every: expected 1s to 400d, got 10ms'],
    ['0 30 2 * * *', 'cron "30 2 * * *" in Europe/Riga'],
    ['20 0 1 * * *', 'cron "0 1 * * *" in Europe/Riga, grace 1h'],
    ['*/10 * * * * *', 'every 10s'],
    ['*/10 * 3 * * *', 'no: it runs several times a minute, at some times only'],
    ['CRON_TZ=Asia/Tokyo 0 6 * * ?', 'cron "0 6 * * ?" in Asia/Tokyo'],
    ['TZ=Nowhere/There @daily', 'no: zone: expected an IANA zone such as Europe/Riga, got "Nowhere/There"'],
  ])('Go’s cron: %s', (line, expected) => expect(told(goCronWhen(line, ZONE, 'maybe'))).toBe(expected))

  it('Go’s cron without seconds takes no sixth field', () => {
    expect(told(goCronWhen('0 30 2 * * *', ZONE, 'never'))).toMatch(/^no: cron: expected 5 fields, got 6/)
  })

  it.each([
    ['H 2 * * *', 'window 02:00-03:00 in Europe/Riga'],
    ['H H(0-7) * * 1-5', 'window 00:00-08:00 on mon-fri in Europe/Riga'],
    ['H(0-29) 4 1,15 * *', 'window 04:00-04:30 on 1,15 in Europe/Riga'],
    ['H H * * *', 'window 00:00-24:00 in Europe/Riga'],
    ['@midnight', 'window 00:00-03:00 in Europe/Riga'],
    ['H * * * *', 'every 1h'],
    ['H/15 * * * *', 'every 15m'],
    ['H/25 * * * *', 'every 25m, grace 25m'],
    ['H H/6 * * *', 'every 6h'],
    ['@weekly', 'every 7d'],
    ['@monthly', 'every 31d'],
    ['5 4 * * 7', 'cron "5 4 * * 7" in Europe/Riga'],
    ['H H H H *', 'no: Jenkins picks the day by itself'],
    ['H H/2 * * 1-5', 'no: Jenkins picks the day by itself'],
    ['H 2 * *', 'no: expected five fields'],
  ])('Jenkins: %s', (line, expected) => expect(told(whenOfLine(line, ZONE))).toBe(expected))

  it.each([
    ['OnCalendar=daily', 'calendar "daily" in Europe/Riga'],
    ['OnCalendar=Mon..Fri 08:00 Europe/Berlin', 'calendar "Mon..Fri 08:00" in Europe/Berlin'],
    ['OnCalendar=daily\nRandomizedDelaySec=1h\nAccuracySec=11min', 'calendar "daily" in Europe/Riga, grace 2h9m'],
    ['OnCalendar=daily\nOnCalendar=', 'no: no On…= line says when'],
    ['OnCalendar=daily\nOnCalendar=hourly', 'no: it has several schedules, and a heartbeat has one'],
    [
      'OnCalendar=someday',
      'no: calendar: expected weekdays such as Mon..Fri or Sat,Sun, then a date and a time, got "someday"',
    ],
    ['OnBootSec=5min\nOnUnitActiveSec=1w 2d', 'every 9d'],
    ['OnUnitInactiveSec=90', 'every 1m30s'],
    ['OnBootSec=5min', 'no schedule'],
    ['OnCalendar=daily\nOnUnitActiveSec=1h', 'no: it has a calendar and an interval, and a heartbeat has one of them'],
  ])('systemd: %j', (text, expected) => expect(told(timer(text))).toBe(expected))

  it('several lines are one where they differ in one field', () => {
    const both = (...lines: readonly string[]): string => told(oneOf(lines.map((line) => cronWhen(line, ZONE))))
    expect(both('30 1 * * *', '30 13 * * *', '30 1 * * *')).toBe('cron "30 1,13,1 * * *" in Europe/Riga')
    expect(both('30 1 * * *', '0 13 * * *')).toBe('no: it has several schedules, and a heartbeat has one')
    expect(both('* 1 * * *', '5 1 * * *')).toBe('no: it has several schedules, and a heartbeat has one')
  })

  it('spans', () => {
    expect(['1h 30min', '2 weeks', '90', '5m', '1.5h', '', 'soon', '1 eon'].map(systemdSpan)).toEqual([
      ...[5_400_000, 1_209_600_000, 90_000, 300_000, 5_400_000, undefined, undefined, undefined],
    ])
    expect(['1h30m', '100ms', '1.5s', '90', ''].map(goDuration)).toEqual([5_400_000, 100, 1500, undefined, undefined])
  })
})

describe('a schedule in words', () => {
  it.each([
    ['0 3 * * *', 'every day at 03:00'],
    ['*/15 * * * *', 'every 15 minutes'],
    ['17 * * * *', 'every hour at minute 17'],
    ['5 */2 * * *', 'every 2 hours at minute 5'],
    ['0 8,20 * * 1-5', 'Mon-Fri at 08:00, 20:00'],
    ['30 2 1,15 * *', 'on day 1, 15 of the month at 02:30'],
    ['0 0 1 jan *', 'on day 1 of Jan at 00:00'],
    ['0 4 13 * fri', 'on day 13 of the month and Fri at 04:00'],
    ['@weekly', 'Sun at 00:00'],
    ['* * * * *', 'every minute'],
    ['0-10/2 3 * * *', '0-10/2 3 * * *'],
  ])('%s', (cron, words) => expect(inWords(cronWhen(cron, ZONE))).toBe(words))

  it('its next runs are told on its own clock, over a change of it', () => {
    const when = cronWhen('30 3 * * *', ZONE)
    if ('why' in when) throw new Error(when.why)
    const runs = nextRuns(when.schedule, Date.UTC(2026, 9, 24), 3)
    expect(runs.map((run) => localTime(run, ZONE))).toEqual([
      ...['Sat 2026-10-24 03:30', 'Sun 2026-10-25 03:30', 'Mon 2026-10-26 03:30'],
    ])
  })
})
