import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'

const HEARTBEATS = `zone: Europe/Riga
heartbeats:
  - { name: nightly-backup, cron: "0 3 * * *" }
  - { name: pump-17/battery, every: 5m }
`

function read(text: string) {
  const env = {}
  const readFile = (): string => ''
  return readDocument(HEARTBEATS + text, { env, environment: {}, file: 'overdue.yaml', readFile, hostZone: 'UTC' })
}

describe('planned drills', () => {
  it('name a heartbeat of the file and when, in the zone of the file unless they say otherwise', () => {
    const checked = read(`drills:
  - { heartbeat: nightly-backup, cron: "0 10 * * mon" }
  - { heartbeat: pump-17/battery, cron: "30 9 1 * *", zone: America/New_York }
`)
    expect('value' in checked && checked.value.drills).toEqual([
      { heartbeat: 'nightly-backup', cron: '0 10 * * mon', zone: 'Europe/Riga' },
      { heartbeat: 'pump-17/battery', cron: '30 9 1 * *', zone: 'America/New_York' },
    ])
  })

  it.each([
    ['{ cron: "0 10 * * mon" }', 'drills[0].heartbeat: expected the name of a heartbeat of this file, got nothing'],
    [
      '{ heartbeat: nightly-backups, cron: "0 10 * * mon" }',
      'drills[0].heartbeat: expected the name of a heartbeat of this file, nearest: "nightly-backup", got "nightly-backups"',
    ],
    ['{ heartbeat: nightly-backup }', 'drills[0].cron: expected a cron line such as "0 10 * * mon", got nothing'],
    ['{ heartbeat: nightly-backup, cron: "0 10 * *" }', /^drills\[0\]\.cron: expected .*5 fields/],
    ['{ heartbeat: nightly-backup, cron: "0 10 * * mon", zone: Riga }', /^drills\[0\]\.zone: expected an IANA zone/],
    ['{ heartbeat: nightly-backup, every: 1w }', 'drills[0].every: expected a key that exists, got an unknown one'],
    ['nightly-backup', 'drills[0]: expected a drill with heartbeat and cron, got "nightly-backup"'],
  ])('%s is a problem with its place', (item, problem) => {
    const checked = read(`drills:\n  - ${item}\n`)
    const texts = isWrong(checked) ? checked.problems.map(formatProblem) : []
    expect(texts[0]).toEqual(typeof problem === 'string' ? problem : expect.stringMatching(problem))
  })
})
