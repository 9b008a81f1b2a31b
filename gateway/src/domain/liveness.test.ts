import { describe, expect, it } from 'vitest'
import { Presences } from '../app/presences.ts'
import { NO_PARTICULARS, type Particulars, type State } from './heartbeat.ts'
import { livenessOf, livenessText } from './liveness.ts'
import { formatInstant, HOUR, MINUTE } from './time.ts'
import type { Verdict } from './verdict.ts'

const NOW = 1_800_000_000_000

function state(verdict: Verdict, more: Partial<Particulars> = {}, deadlineAt = NOW + HOUR): State {
  const times = { declaredAt: 0, since: 0, lastSignalAt: NOW, lastOkAt: NOW, judgedAt: NOW, anchorAt: NOW }
  const counts = { signals: 1, misses: 0, oks: 1 }
  return {
    ...times,
    ...counts,
    verdict,
    dueAt: deadlineAt - MINUTE,
    deadlineAt,
    via: 'mqtt',
    more: { ...NO_PARTICULARS, ...more },
  }
}

function told(of: State, presences = new Presences()): string | undefined {
  const presence = presences.of('pump-1/battery')
  const liveness = livenessOf({ state: of }, presence, NOW)
  return liveness && `${liveness.kind}: ${livenessText(liveness, presence, formatInstant)}`
}

function visited(...published: readonly boolean[]) {
  const presences = new Presences()
  const visit = presences.enter('pump-1', 'esp-7', NOW - HOUR)
  for (const isRetained of published) visit.published(isRetained)
  return { presences, visit }
}

const bye = { farewell: { kind: 'bye', at: NOW - MINUTE } } as const
const will = { farewell: { kind: 'will', at: NOW - MINUTE } } as const

describe('the liveness of a device', () => {
  it('is unknown where nothing but pings was heard', () => expect(told(state('ok'))).toBeUndefined())

  it('is a connection that works, or one behind which nothing works', () => {
    expect(told(state('ok'), visited(false).presences)).toMatch(/^connected: Its device is connected since 2027/)
    expect(told(state('missed'), visited(false).presences)).toMatch(/^silent: .*the link is there and the work is not/)
  })

  it('is not shown by retained messages alone', () => {
    expect(told(state('ok'), visited(true, true).presences)).toMatch(/^retained: .*only retained/)
    expect(told(state('ok'), visited(true, false).presences)).toMatch(/^connected/)
  })

  it('is sleep for as long as it said, and then it is not', () => {
    const { presences, visit } = visited(false)
    visit.leave(true, NOW - MINUTE)
    expect(told(state('ok', bye), presences)).toMatch(/^asleep: Its device is asleep until/)
    expect(told(state('missed', bye, NOW - 1), presences)).toMatch(/^left/)
  })

  it('is broken by its will, and the connection that came back is stronger', () => {
    const { presences, visit } = visited(false)
    visit.leave(false, NOW - MINUTE)
    expect(told(state('ok', will), presences)).toMatch(/^offline: Its device is offline by its will/)
    presences.enter('pump-1', 'esp-7', NOW)
    expect(told(state('ok', will), presences)).toMatch(/^connected: .*connection number 2/)
  })

  it('ends with the last of its connections, politely or not', () => {
    const { presences, visit } = visited(false)
    const second = presences.enter('pump-1', 'esp-8', NOW - MINUTE)
    visit.leave(false, NOW - 2)
    expect(told(state('ok'), presences)).toMatch(/^connected/)
    second.leave(false, NOW - 1)
    expect(told(state('ok'), presences)).toMatch(/^broken: The connection of its device ended without a goodbye/)
  })
})
