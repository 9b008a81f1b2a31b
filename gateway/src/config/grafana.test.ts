import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import { readEnvironment } from './env.ts'
import type { Settings } from './settings.ts'

const TOKEN = 'a-token-of-16-chars'

function read(text: string, grafanaToken?: string) {
  const readFile = (): string => {
    throw new Error('ENOENT: no such file')
  }
  const environment = grafanaToken === undefined ? {} : { grafanaToken }
  return readDocument(text, { env: { T: TOKEN }, environment, file: '/etc/overdue.yaml', readFile, hostZone: 'UTC' })
}

function settings(text: string, token?: string): Settings {
  const checked = read(text, token)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value
}

function problems(text: string, token?: string): readonly string[] {
  const checked = read(text, token)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('what Grafana calls', () => {
  it('has a token of its own where the file or the environment names one, the environment first', () => {
    expect(settings('').grafana).toEqual({})
    expect(settings(`grafana: { token: "${TOKEN}" }`).grafana).toEqual({ token: TOKEN })
    expect(settings('grafana: { token: "${T}" }').grafana).toEqual({ token: TOKEN })
    expect(settings(`grafana: { token: "${TOKEN}" }`, `other-${TOKEN}`).grafana).toEqual({ token: `other-${TOKEN}` })
    const fromFile = readEnvironment({ OVERDUE_GRAFANA_TOKEN_FILE: '/run/secrets/g' }, () => `${TOKEN}\n`)
    expect(fromFile).toEqual({ value: { grafanaToken: TOKEN } })
  })

  it('has marks on graphs by a token that Grafana made', () => {
    expect(settings(`grafana: { annotations: { url: "https://g.example/", token: glsa_x } }`).grafana).toEqual({
      annotations: { url: 'https://g.example', token: 'glsa_x' },
    })
  })

  it.each([
    ['grafana: { token: hidden }', 'grafana.token: expected 16 to 200 printable characters without spaces, got'],
    ['grafana: { token: "hidden with some spaces" }', 'grafana.token: expected 16 to 200 printable characters'],
    ['grafana: { token: 1234567890123456 }', 'grafana.token: expected a token in quotes, got'],
    ['grafana: { annotations: { token: hidden } }', 'grafana.annotations.url: expected an http or https URL'],
    [
      'grafana: { annotations: { url: "https://g.example" } }',
      'grafana.annotations.token: expected the token of a service',
    ],
    [
      'grafana: { annotations: { url: "ftp://hidden", token: x } }',
      'grafana.annotations.url: expected an http or https URL',
    ],
    ['grafana: { annotations: true }', 'grafana.annotations: expected annotations with url and token, got true'],
    ['grafana: { tokens: x }', 'grafana.tokens: expected a key that exists, nearest: "token"'],
  ])('%s is told to be wrong, and where', (text, expected) => {
    const found = problems(text)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
    expect(found[0]).not.toContain('hidden')
  })

  it('has a bad token of the environment told by its name', () => {
    expect(problems('', 'hidden')).toEqual([
      expect.stringMatching(/^OVERDUE_GRAFANA_TOKEN: expected 16 to 200(?!.*hidden)/),
    ])
  })
})

describe('an Alertmanager that is kept up to date', () => {
  const URL = 'http://am.example:9093'

  it('is nobody where the file names none, and is told every 30 s, or as often as it says', () => {
    expect(settings('').alertmanager).toBeUndefined()
    expect(settings(`alertmanager: { url: "${URL}/" }`).alertmanager).toEqual({ url: URL, every: 30_000 })
    expect(settings(`alertmanager: { url: "${URL}/am/", every: 1m, token: x }`).alertmanager).toEqual({
      ...{ url: `${URL}/am`, every: 60_000, authorization: 'Bearer x' },
    })
    expect(settings(`alertmanager: { url: "${URL}", username: a, password: "b:c" }`).alertmanager).toEqual({
      ...{ url: URL, every: 30_000, authorization: `Basic ${btoa('a:b:c')}` },
    })
  })

  it.each([
    ['{}', 'alertmanager.url: expected an http or https URL without a user name in it, got nothing'],
    ['{ url: "https://ana:hidden@x.example" }', 'alertmanager.url: expected an http or https URL without a user name'],
    [`{ url: "${URL}", every: 500ms }`, 'alertmanager.every: expected at least 1s, got 500ms'],
    [`{ url: "${URL}", every: 10m }`, 'alertmanager.every: expected at most 5m, got'],
    [`{ url: "${URL}", username: a }`, 'alertmanager.password: expected a username and a password, got one of them'],
    [
      `{ url: "${URL}", password: hidden }`,
      'alertmanager.password: expected a username and a password, got one of them',
    ],
    [`{ url: "${URL}", username: a, password: hidden, token: hidden }`, 'alertmanager.token: expected a token, or'],
  ])('%s is told to be wrong, and where', (text, expected) => {
    const found = problems(`alertmanager: ${text}`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
    expect(found[0]).not.toContain('hidden')
  })
})
