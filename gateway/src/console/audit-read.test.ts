import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { LONGEST_AUDIT, readAudit } from './audit-read.ts'

const JOB = {
  ...{ name: 'nightly-backup', kind: 'crontab', group: 'web-1', title: 'backup', command: 'backup --all' },
  ...{ written: '0 3 * * *', words: 'every day at 03:00', schedule: { cron: '0 3 * * *', zone: 'Europe/Riga' } },
  ...{ why: null, next: ['2026-11-27T01:00:00.000Z'], owner: 'ana', ownerFrom: 'crontab', description: null },
  ...{ file: '/etc/cron.d/backup', line: 3, pings: [{ service: 'overdue', name: 'nightly-backup' }] },
  ...{ package: null, stopped: null, notes: ['a note'] },
}

describe('an audit that is uploaded', () => {
  it('is read as the command prints it', () => {
    const read = readAudit(
      JSON.stringify({ at: '2026-11-26T12:00:00.000Z', jobs: [JOB], blind: [{ where: '/x', why: 'no' }] }),
    )
    expect(read).toEqual({
      value: {
        at: '2026-11-26T12:00:00.000Z',
        jobs: [
          {
            ...{ name: 'nightly-backup', kind: 'crontab', group: 'web-1', command: 'backup --all' },
            ...{ when: 'every day at 03:00', schedule: { cron: '0 3 * * *', zone: 'Europe/Riga' }, why: '' },
            ...{ next: ['2026-11-27T01:00:00.000Z'], owner: 'ana', description: '', place: '/etc/cron.d/backup:3' },
            ...{ pings: [{ service: 'overdue', name: 'nightly-backup' }], package: '', stopped: '', notes: ['a note'] },
          },
        ],
        blind: [{ where: '/x', why: 'no' }],
      },
    })
  })

  it.each([
    ['', 'audit: expected the output of overdue audit --json, got nothing'],
    ['not json', 'audit: expected JSON, got'],
    ['[]', 'audit: expected the output of overdue audit --json, with a list of jobs, got other JSON'],
    ['{"jobs":7}', 'audit: expected the output of overdue audit --json, with a list of jobs, got other JSON'],
    ['x'.repeat(LONGEST_AUDIT + 1), 'audit: expected at most 2000000 characters, got 2000001'],
    [JSON.stringify({ jobs: new Array(5_001).fill({}) }), 'audit: expected at most 5000 jobs, got 5001'],
  ])('is refused where it is something else: %#', (text, expected) => {
    const read = readAudit(text)
    expect(isWrong(read) && read.problems.map(formatProblem).join()).toContain(expected)
  })

  it('gives texts and lists of texts, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (jobs, blind) => {
        const read = readAudit(JSON.stringify({ jobs, blind }))
        if (isWrong(read)) throw new Error('refused')
        for (const { name, command, next, schedule = {} } of read.value.jobs)
          for (const text of [name, command, ...next, ...Object.values(schedule)]) expect(typeof text).toBe('string')
      }),
    )
  })
})
