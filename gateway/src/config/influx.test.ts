import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import { type Environment, readEnvironment } from './env.ts'
import type { Settings } from './settings.ts'

const URL = 'http://127.0.0.1:8086'
const noFile = (): string => {
  throw new Error('ENOENT: no such file')
}

function read(text: string, variables: Readonly<Record<string, string>> = {}) {
  const environment = readEnvironment(variables, noFile)
  if (isWrong(environment)) throw new Error(environment.problems.map(formatProblem).join('\n'))
  return readDocument(text, { ...ORIGIN, environment: environment.value })
}
const ORIGIN = { env: {}, file: '/etc/overdue.yaml', readFile: noFile, hostZone: 'Europe/Riga' }

function influx(text: string, variables?: Readonly<Record<string, string>>): Settings['influx'] {
  const checked = read(text, variables)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value.influx
}

function problems(text: string, variables?: Readonly<Record<string, string>>): readonly string[] {
  const checked = read(text, variables)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('the time series', () => {
  it('go nowhere unless somebody says where', () => {
    expect(influx('')).toBeUndefined()
    expect(influx('', { INFLUX_TOKEN: 'secret' })).toBeUndefined()
    expect(problems('influx: { database: x }\n')).toEqual([
      'influx.url: expected an http or https URL without a user name in it, got nothing',
    ])
  })

  it('go to a database called overdue, in full, on a server that says itself what it is', () => {
    expect(influx(`influx: { url: "${URL}/" }\n`)).toEqual({
      target: { url: URL, flavor: 'auto', database: 'overdue' },
      detail: 'all',
      details: {},
    })
  })

  it('go where the environment says before the file, and with INFLUX_URL alone', () => {
    const variables = { INFLUX_URL: 'http://influx:8086', INFLUX_TOKEN: 't', INFLUX_ORG: 'o', INFLUX_BUCKET: 'b' }
    const target = { url: 'http://influx:8086', flavor: 'auto', database: 'b', token: 't', org: 'o' }
    expect(influx('', variables)?.target).toEqual(target)
    expect(influx(`influx: { url: "${URL}", token: x, org: y, database: z }\n`, variables)?.target).toEqual(target)
  })

  it('are fewer of groups that are worth less', () => {
    const text = `influx: { url: "${URL}", flavor: v1, username: u, password: p, retentionPolicy: raw, series: transitions, groups: { "hall 7": aggregate, ops: all }, instance: edge-1 }\n`
    expect(influx(text)).toEqual({
      target: { url: URL, flavor: 'v1', database: 'overdue', username: 'u', password: 'p', retentionPolicy: 'raw' },
      detail: 'transitions',
      details: { 'hall 7': 'aggregate', ops: 'all' },
      instance: 'edge-1',
    })
  })

  it('say everything that is wrong at once, and show no secret', () => {
    const text =
      'influx: { url: "ftp://x", flavor: v4, database: "", token: [1], password: hunter2, groups: { a: some }, sires: all }\n'
    const found = problems(text)
    expect(found.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining([
        'influx.url',
        'influx.flavor',
        'influx.database',
        'influx.token',
        'influx.username',
        'influx.groups',
        'influx.sires',
      ]),
    )
    expect(found.join('\n')).toContain('series')
    expect(found.join('\n')).not.toContain('hunter2')
    expect(problems(`influx: { url: "${URL}", token: t, username: u }\n`)).toHaveLength(1)
    expect(problems('', { INFLUX_URL: 'influx:8086' } satisfies Readonly<Record<string, string>>)).toEqual([
      'INFLUX_URL: expected an http or https URL without a user name in it, got "influx:8086"',
    ])
    expect(problems('', { INFLUX_URL: 'http://ana:hunter2@influx:8086' }).join('\n')).toMatch(
      /^INFLUX_URL: (?!.*hunter2)/,
    )
  })
})

describe('a token in a file', () => {
  it('is read, and is one of two ways to say it', () => {
    const checked = readEnvironment({ INFLUX_TOKEN_FILE: '/run/t' }, () => 'secret\n')
    expect((checked as { value: Environment }).value).toEqual({ influx: { token: 'secret' } })
    const both = readEnvironment({ INFLUX_TOKEN_FILE: '/run/t', INFLUX_TOKEN: 'x' }, () => 'secret\n')
    expect(isWrong(both) && both.problems.map(formatProblem)).toEqual([
      'INFLUX_TOKEN_FILE: expected either it or INFLUX_TOKEN, got both',
    ])
  })
})
