import { OK, parseEvent } from '@overdue/device-sdk/wire'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { checkSchedule } from '../domain/schedule.ts'
import { readQuery, readTerms } from './http-signal-query.ts'

const NOW = 1_800_000_000_000
const RID = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278'

function signalOf(query: string, word = 'ok'): Record<string, unknown> | string {
  const read = readQuery(query, parseEvent(word) ?? OK, NOW)
  if (typeof read === 'string') return read
  const { at, receivedAt: _, via: __, ...signal } = read.signal
  return { ...signal, ...(at !== NOW && { at }) }
}

describe('a query', () => {
  test.each([
    ['state=run', { kind: 'start' }],
    ['state=complete', { kind: 'ok' }],
    ['state=ok', { kind: 'ok' }],
    ['state=fail', { kind: 'fail' }],
    ['result=success', { kind: 'ok' }],
    ['result=exit-code', { kind: 'fail' }],
    ['result=', { kind: 'ok' }],
    [`rid=${RID}`, { kind: 'ok', run: RID }],
    [`rid=${RID.toUpperCase()}`, { kind: 'ok', run: RID }],
    ['duration=90', { kind: 'ok', duration: 90_000 }],
    ['duration=12.345', { kind: 'ok', duration: 12_345 }],
    ['duration=1m30s', { kind: 'ok', duration: 90_000 }],
    ['duration=1500ms', { kind: 'ok', duration: 1_500 }],
    ['duration=', { kind: 'ok' }],
    ['msg=all+good%21', { kind: 'ok', message: 'all good!' }],
    ['msg=a%00b%1b%5B31m%0Ac', { kind: 'ok', message: 'a b [31m c' }],
    ['msg=a%ff%fe%c3', { kind: 'ok', message: 'a\ufffd\ufffd\ufffd' }],
    ['msg=', { kind: 'ok' }],
    [`next=${'9'.repeat(400)}w`, { kind: 'ok', next: 36_525 * 86_400_000 }],
    ['duration=99999999999999w', { kind: 'ok', duration: 36_525 * 86_400_000 }],
    ['age=60', { kind: 'ok', at: NOW - 60_000 }],
    ['age=30d', { kind: 'ok', at: NOW - 7 * 86_400_000 }],
    ['next=6h&grace=20m', { kind: 'ok', next: 21_600_000, grace: 1_200_000 }],
    ['create=1&grace=20m', { kind: 'ok' }],
    ['create=1&next=6h&grace=20m', { kind: 'ok', next: 21_600_000, grace: 1_200_000 }],
    ['m.rows=120&m.temp=-2.5e1', { kind: 'ok', metrics: { rows: 120, temp: -25 } }],
    ['m.rows=N/A&m.=1&m.a%20b=1&m.x=&m.inf=Infinity', { kind: 'ok' }],
    ['utm_source=x&unknown', { kind: 'ok' }],
  ])('%s is understood', (query, signal) => {
    expect(signalOf(query)).toEqual(signal)
  })

  test.each([
    ['state=', 'state: expected run, complete, ok or fail, got ""'],
    ['state=okay', 'state: expected run, complete, ok or fail, got "okay"'],
    ['state=OK', 'state: expected run, complete, ok or fail, got "OK"'],
    ['rid=', 'invalid uuid format'],
    ['rid=1234', 'invalid uuid format'],
    [`rid=${RID.replaceAll('-', '')}`, 'invalid uuid format'],
    ['duration=-5', 'duration: expected seconds or a duration like 1m30s, got "-5"'],
    ['age=yesterday', 'age: expected seconds or a duration like 1m30s, got "yesterday"'],
    ['next=%00%0d%0a', 'next: expected seconds or a duration like 1m30s, got ""'],
    ['grace=1h30', 'grace: expected seconds or a duration like 1m30s, got "1h30"'],
  ])('%s is refused', (query, problem) => {
    expect(signalOf(query)).toBe(problem)
  })

  test.each([
    ['fail', 'state=ok', { kind: 'fail' }],
    ['start', 'state=ok', { kind: 'start' }],
    ['start', 'state=fail', { kind: 'fail' }],
    ['log', 'state=fail&result=timeout', { kind: 'log' }],
    ['3', 'state=ok', { kind: 'fail', exit: 3 }],
    ['3', 'result=success', { kind: 'fail', exit: 3 }],
    ['0', 'result=timeout', { kind: 'fail', exit: 0 }],
    ['TERM', '', { kind: 'fail', killedBy: 'TERM' }],
    ['TERM', 'result=success', { kind: 'ok' }],
    ['TERM', 'result=signal', { kind: 'fail', killedBy: 'TERM' }],
    ['TERM', 'result=success&state=fail', { kind: 'fail', killedBy: 'TERM' }],
  ])('after /%s, %s: a fail anywhere wins, then the path', (word, query, signal) => {
    expect(signalOf(query, word)).toEqual(signal)
  })

  test('a message is cut at 2000 characters, never inside one', () => {
    expect(signalOf(`msg=${'x'.repeat(5_000)}`)).toEqual({ kind: 'ok', message: 'x'.repeat(2_000) })
    expect(signalOf(`msg=x${encodeURIComponent('😀'.repeat(1_000))}`)).toEqual({
      kind: 'ok',
      message: `x${'😀'.repeat(999)}`,
    })
  })

  test('metrics are at most 32 and reach no prototype', () => {
    const many = Array.from({ length: 40 }, (_, index) => `m.n${index}=${index}`).join('&')
    expect(Object.keys((signalOf(many) as { metrics: object }).metrics)).toHaveLength(32)
    expect(signalOf('m.__proto__=1&m.constructor=2&m.ok=3')).toEqual({ kind: 'ok', metrics: { ok: 3 } })
  })

  test('nothing that can be written makes the readers throw', () => {
    const rules = { base: DEFAULT_TERMS, zone: 'UTC', checkSchedule }
    const keys = [
      'state',
      'rid',
      'duration',
      'age',
      'next',
      'grace',
      'msg',
      'm.a',
      'every',
      'cron',
      'zone',
      'tags',
      'x',
    ]
    const pair = fc.tuple(fc.constantFrom(...keys), fc.oneof(fc.string(), fc.constant('%'), fc.constant('1')))
    fc.assert(
      fc.property(fc.array(pair), fc.constantFrom('ok', 'start', 'TERM', '7', 'log'), (pairs, word) => {
        const query = pairs.map(([key, value]) => `${key}=${value}`).join('&')
        readQuery(query, parseEvent(word) ?? OK, NOW)
        readTerms(new URLSearchParams(query), rules)
      }),
    )
  })
})
