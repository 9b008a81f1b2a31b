import { describe, expect, it } from 'vitest'
import { fingerprint } from '../domain/fingerprint.ts'
import { AlertSync, type ToldAlert } from './alert-sync.ts'
import type { Alert } from './alerts.ts'

const EVERY = 30_000
const START = 1_800_000_000_000

function alert(name: string): Alert {
  const labels = { heartbeat: name }
  return {
    ...{ labels, annotations: {}, fingerprint: fingerprint(labels), startsAt: START, link: '', receiver: 'default' },
    ...{ silencedBy: [], inhibitedBy: [], isUnprocessed: false },
  }
}

/** An Alertmanager that takes what it is told, or says why not. */
function stage() {
  const stop = new AbortController()
  const told: ToldAlert[][] = []
  const logged: string[] = []
  const state = { wrong: [] as string[], why: '' }
  const sync = new AlertSync({
    every: EVERY,
    alerts: () => state.wrong.map(alert),
    async push(alerts) {
      if (state.why === '') told.push([...alerts])
      return state.why
    },
    log: (fact, fields) => logged.push(`${fact} ${JSON.stringify(fields)}`),
    stop: stop.signal,
  })
  /** What a round tells, as `name+seconds until its end`. */
  const round = async (now: number): Promise<readonly string[]> => {
    sync.tick(now)
    await new Promise(setImmediate)
    return told
      .splice(0)
      .flat()
      .map(({ labels, endsAt }) => `${labels['heartbeat']}+${(endsAt - now) / 1_000}`)
  }
  return { state, round, logged, stop, told, sync }
}

describe('an Alertmanager that is kept up to date', () => {
  it('is told all that is wrong each round, with an end some rounds ahead, and once what is over', async () => {
    const { state, round } = stage()
    state.wrong = ['a', 'b']
    expect(await round(START)).toEqual(['a+120', 'b+120'])
    expect(await round(START + EVERY - 1)).toEqual([])
    state.wrong = ['b']
    expect(await round(START + EVERY)).toEqual(['b+120', 'a+0'])
    expect(await round(START + 2 * EVERY)).toEqual(['b+120'])
    state.wrong = []
    expect(await round(START + 3 * EVERY)).toEqual(['b+0'])
    expect(await round(START + 4 * EVERY)).toEqual([])
  })

  it('is told the next time what it did not take, ends included, and the log says so once', async () => {
    const { state, round, logged } = stage()
    state.wrong = ['a']
    await round(START)
    Object.assign(state, { wrong: ['b'], why: 'answered 500' })
    await round(START + EVERY)
    await round(START + 2 * EVERY)
    state.wrong = ['c']
    expect(logged).toEqual(['alertmanager.failing {"why":"answered 500"}'])
    state.why = ''
    // What it did not take may have been heard all the same.
    expect(await round(START + 3 * EVERY)).toEqual(['c+120', 'a+0', 'b+0'])
    expect(logged.slice(1)).toEqual(['alertmanager.told {}'])
    expect(await round(START + 4 * EVERY)).toEqual(['c+120'])
  })

  it('is told thousands in requests of hundreds, and begins anew when the clock is set back', async () => {
    const { state, told, sync } = stage()
    state.wrong = Array.from({ length: 1_201 }, (_, index) => String(index))
    sync.tick(START)
    await new Promise(setImmediate)
    expect(told.splice(0).map((batch) => batch.length)).toEqual([500, 500, 201])
    sync.tick(START - 86_400_000)
    await new Promise(setImmediate)
    expect(told.splice(0).map((batch) => batch.length)).toEqual([500, 500, 201])
  })

  it('is told nothing once the gateway stops', async () => {
    const { state, round, stop } = stage()
    state.wrong = ['a']
    stop.abort()
    expect(await round(START)).toEqual([])
  })
})
