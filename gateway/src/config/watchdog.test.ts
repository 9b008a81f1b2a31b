import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import type { Settings } from './settings.ts'

const URL = 'https://hc.example.org/ping/0b51c1a2-6d8c-4f0e-9a75-5f0c2f6f7a10'

function read(text: string, env: Readonly<Record<string, string>> = {}) {
  const readFile = (): string => {
    throw new Error('ENOENT: no such file')
  }
  return readDocument(text, { env, environment: {}, file: '/etc/overdue.yaml', readFile, hostZone: 'Europe/Riga' })
}

function watchdog(text: string, env?: Readonly<Record<string, string>>): Settings['watchdog'] {
  const checked = read(text, env)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value.watchdog
}

function problems(text: string, env?: Readonly<Record<string, string>>): readonly string[] {
  const checked = read(text, env)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('a watchdog', () => {
  it('is nobody where the file names none', () => {
    expect(watchdog('')).toBeUndefined()
    expect(watchdog('watchdog:\n')).toBeUndefined()
  })

  it('is pinged every minute, or as often as the file says', () => {
    expect(watchdog(`watchdog: { url: "${URL}" }\n`)).toEqual({ url: URL, every: 60_000 })
    expect(watchdog(`watchdog: { url: "${URL}", every: 10s }\n`)).toEqual({ url: URL, every: 10_000 })
    expect(watchdog('watchdog: { url: "${WATCHDOG}", every: 1h }\n', { WATCHDOG: URL })).toEqual({
      url: URL,
      every: 3_600_000,
    })
  })

  it.each([
    ['{}', 'watchdog.url: expected an http or https URL without a user name in it, got nothing'],
    ['{ every: 5m }', 'watchdog.url: expected an http or https URL without a user name in it, got nothing'],
    ['{ url: "ftp://hidden.example" }', 'watchdog.url: expected an http or https URL without a user name in it, got'],
    ['{ url: "https://ana:hidden@x.example" }', 'watchdog.url: expected an http or https URL without a user name'],
    ['{ url: [hidden] }', 'watchdog.url: expected an http or https URL, got a list of 1'],
    ['{ url: 1234567 }', 'watchdog.url: expected an http or https URL, got something else of 7 characters'],
    [`{ url: "${URL}", every: 9s }`, 'watchdog.every: expected at least 10s, got 9s'],
    [`{ url: "${URL}", every: 60 }`, 'watchdog.every: expected a duration such as 90s, 15m or 1h30m, got 60'],
    [`{ url: "${URL}", every: often }`, 'watchdog.every: expected a duration such as 90s, 15m or 1h30m, got "often"'],
    [`{ url: "${URL}", ever: 1m }`, 'watchdog.ever: expected a key that exists, nearest: "every", got an unknown one'],
    [`"${URL}"`, 'watchdog: expected a watchdog with url and every, got'],
  ])('%s is told to be wrong, and where', (text, expected) => {
    const found = problems(`watchdog: ${text}\n`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
    expect(found[0]).not.toContain('hidden')
  })
})
