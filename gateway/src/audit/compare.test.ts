import { describe, expect, it } from 'vitest'
import { describeSchedule, type Schedule } from '../domain/schedule.ts'
import { DAY, HOUR, MINUTE } from '../domain/time.ts'
import { type Choice, isIgnored } from './choice.ts'
import { compare, type Declared, parseDescription } from './compare.ts'
import type { Audit, Job } from './job.ts'

const NOW = Date.UTC(2026, 10, 26, 10)
const ZONE = 'Europe/Riga'
const NIGHTLY: Schedule = { kind: 'cron', cron: '0 3 * * *', zone: ZONE }
const ALL: Choice = { packages: false, ignore: [] }

function job(name: string, more: Partial<Job> = {}): Job {
  return {
    ...{ kind: 'crontab', group: 'web-1', title: name, name, command: name, file: '/etc/crontab', line: 7, pings: [] },
    when: { written: '', schedule: NIGHTLY },
    ...more,
  }
}

function audit(jobs: readonly Job[], looked: readonly string[] = ['web-1 crontab']): Audit {
  return { jobs, blind: [], looked: new Set(looked), texts: new Map() }
}

function declared(name: string, schedule: Schedule, more: Partial<Declared> = {}): Declared {
  return { name, group: 'web-1', tags: ['audit', 'crontab'], schedule: describeSchedule(schedule), ...more }
}

describe('an audit against a gateway', () => {
  it('is good where both say the same', () => {
    expect(compare(audit([job('web-1/a')]), [declared('web-1/A', NIGHTLY)], ALL, NOW)).toEqual({
      isGood: true,
      lines: ['1 job, as the gateway has them'],
    })
  })

  it('tells a job without a heartbeat, unless it pings elsewhere, does not run, is of a package or is ignored', () => {
    const jobs = [
      job('web-1/a'),
      job('web-1/b', { pings: [{ service: 'healthchecks', host: 'hc-ping.com' }] }),
      job('web-1/c', { stopped: 'it is not enabled' }),
      job('web-1/d', { package: 'apt' }),
      job('web-1/e-test'),
    ]
    expect(compare(audit(jobs), [], { packages: false, ignore: ['*/e-*'] }, NOW)).toEqual({
      isGood: false,
      lines: [
        'web-1/a: a job without a heartbeat: every day at 03:00 (/etc/crontab:7)',
        'web-1/b: pings healthchecks instead (/etc/crontab:7)',
        '1 difference',
      ],
    })
    expect(compare(audit(jobs), [], { packages: true, ignore: ['web-1/?', 'WEB-1/A'] }, NOW).lines).toContain(
      'web-1/d: a job without a heartbeat: every day at 03:00 (/etc/crontab:7)',
    )
  })

  it('tells a heartbeat without a job, if an audit made it and the place was looked at', () => {
    const gone = 'web-1/gone: a heartbeat without a job: no crontab in web-1 has it'
    const lines = (heartbeat: Partial<Declared>, looked?: readonly string[]): readonly string[] =>
      compare(audit([], looked), [declared('web-1/gone', NIGHTLY, heartbeat)], ALL, NOW).lines
    expect(lines({})).toEqual([gone, '1 difference'])
    const good = ['0 jobs, as the gateway has them']
    expect(lines({ tags: ['crontab'] })).toEqual(good)
    expect(lines({ tags: ['audit'] })).toEqual(good)
    expect(lines({ group: 'web-2' })).toEqual(good)
    expect(lines({ tags: ['audit', 'systemd'] })).toEqual(good)
    expect(lines({}, [])).toEqual(good)
  })

  it.each<[Schedule, Schedule, boolean]>([
    [NIGHTLY, { kind: 'cron', cron: '0 4 * * *', zone: ZONE }, false],
    [NIGHTLY, { kind: 'cron', cron: '0 3 * * *', zone: 'UTC' }, false],
    [NIGHTLY, { kind: 'calendar', calendar: '*-*-* 03:00', zone: ZONE }, false],
    [{ kind: 'cron', cron: '0 5 * * *', zone: ZONE }, { kind: 'calendar', calendar: '*-*-* 05:00', zone: ZONE }, true],
    [
      { kind: 'cron', cron: '0 5 * * 1-5', zone: ZONE },
      { kind: 'window', window: '05:00-08:00', on: 'mon-fri', zone: ZONE },
      true,
    ],
    [
      { kind: 'cron', cron: '0 5 * * *', zone: ZONE },
      { kind: 'window', window: '05:00-08:00', on: 'mon-fri', zone: ZONE },
      false,
    ],
    [
      { kind: 'cron', cron: '30 23 * * *', zone: ZONE },
      { kind: 'window', window: '23:00-01:00', on: '', zone: ZONE },
      true,
    ],
    [
      { kind: 'cron', cron: '0 9 * * *', zone: ZONE },
      { kind: 'window', window: '05:00-08:00', on: '', zone: ZONE },
      false,
    ],
    [{ kind: 'cron', cron: '*/15 * * * *', zone: ZONE }, { kind: 'every', every: 15 * MINUTE }, true],
    [NIGHTLY, { kind: 'every', every: DAY }, true],
    [NIGHTLY, { kind: 'every', every: 7 * DAY }, false],
    [NIGHTLY, { kind: 'none' }, false],
    [{ kind: 'every', every: HOUR }, { kind: 'every', every: 2 * HOUR }, false],
    [{ kind: 'none' }, NIGHTLY, false],
    [{ kind: 'none' }, { kind: 'none' }, true],
  ])('%j is as good as %j: %s', (schedule, expected, isGood) => {
    const jobs = [job('web-1/a', { when: { written: '', schedule } })]
    const { isGood: found, lines } = compare(audit(jobs), [declared('web-1/a', expected)], ALL, NOW)
    expect(found).toBe(isGood)
    if (!isGood)
      expect(lines[0]).toBe(
        `web-1/a: the job runs ${describeSchedule(schedule)}, the heartbeat expects ${describeSchedule(expected)} (/etc/crontab:7)`,
      )
  })

  it('reads the gateway’s words for a schedule, and no others', () => {
    const schedules: readonly Schedule[] = [
      ...[NIGHTLY, { kind: 'none' } as const, { kind: 'every', every: 90_000 } as const],
      { kind: 'window', window: '02:00-04:00', on: 'mon-fri', zone: 'UTC' },
      { kind: 'window', window: '02:00-04:00', on: '', zone: 'UTC' },
      { kind: 'calendar', calendar: 'Mon..Fri 08:00', zone: ZONE },
    ]
    for (const schedule of schedules) expect(parseDescription(describeSchedule(schedule))).toEqual(schedule)
    expect(parseDescription('whenever')).toBeUndefined()
    const odd = [declared('web-1/a', NIGHTLY, { schedule: 'cron "99 * * * *" in Mars' })]
    expect(compare(audit([job('web-1/a')]), odd, ALL, NOW).isGood).toBe(false)
  })

  it('ignores names whole, in any case, with stars', () => {
    expect(['a/b', 'A/B', 'x/b', 'a/bc'].map((name) => isIgnored(name, { packages: false, ignore: ['a/b'] }))).toEqual([
      ...[true, true, false, false],
    ])
    expect(isIgnored('a/b.c', { packages: false, ignore: ['a/b*c', '('] })).toBe(true)
  })
})
