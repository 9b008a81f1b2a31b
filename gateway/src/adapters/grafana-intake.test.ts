import { describe, expect, it } from 'vitest'
import { Counters } from '../app/counters.ts'
import { ForeignAlerts } from '../app/foreign-alerts.ts'
import type { Intake } from '../app/intake.ts'
import type { Arrival, Outcome, Settled } from '../app/ports.ts'
import { intakeRoute } from './grafana-intake.ts'

const NOW = 1_800_000_000_000
const NOBODY = { params: {}, query: {}, caller: undefined, headers: {}, address: '' }

/** A ledger that knows `watchdog` and settles what it is given when it is told to. */
function stage() {
  const waiting: { arrival: Arrival; settled: Settled }[] = []
  const counters = new Counters()
  const intake: Intake = {
    has: (name) => name === 'watchdog',
    clash: () => undefined,
    receive: (arrival, settled) => void waiting.push({ arrival, settled }),
    hold: () => () => undefined,
    silence: (_name, _order, settled) => settled('durable'),
  }
  const route = intakeRoute({ intake, counters, foreign: new ForeignAlerts(), now: () => NOW })
  const post = async (...labels: readonly Record<string, string>[]) =>
    await route.answer({ ...NOBODY, body: labels.map((one) => ({ labels: one })) })
  const settle = (outcome: Outcome): void => {
    for (const { settled } of waiting.splice(0)) settled(outcome)
  }
  return { post, waiting, settle, counted: () => [...counters.entries()].map((entry) => entry.join(' ')) }
}

describe('an alert that names a heartbeat', () => {
  it('is an ok of now, and acknowledged only when it is on disk', async () => {
    const { post, waiting, settle, counted } = stage()
    let isAnswered = false
    const answered = post({ heartbeat: 'watchdog' }).then((answer) => {
      isAnswered = true
      return answer
    })
    await new Promise(setImmediate)
    expect(isAnswered).toBe(false)
    expect(waiting.map(({ arrival }) => arrival)).toEqual([
      { name: 'watchdog', signal: { kind: 'ok', at: NOW, receivedAt: NOW, via: 'http' } },
    ])
    settle('durable')
    expect(await answered).toMatchObject({ status: 200 })
    expect(counted()).toEqual(['signals_accepted http 1'])
  })

  it.each(['full', 'closed'] as const)('is not acknowledged where the ledger is %s', async (outcome) => {
    const { post, settle, counted } = stage()
    const answered = post({ heartbeat: 'watchdog' }, { alertname: 'Other' })
    settle(outcome)
    expect(await answered).toMatchObject({ status: 503 })
    expect(counted()).toEqual(['alerts_taken  1', `signals_refused ${outcome} 1`])
  })

  it.each([
    [{ alertname: 'Always' }, true],
    [{ alertname: 'Watchdog', severity: 'none' }, true],
    [{ alertname: 'Watchdog', severity: 'info', grafana_folder: 'x' }, true],
    [{ alertname: 'OverdueMissed' }, false],
    [{ alertname: 'OverdueIncident', about: 'inc-1' }, false],
    [{ alertname: 'Silent', verdict: 'missed' }, false],
    [{ alertname: 'Silent', severity: 'critical' }, false],
    [{ alertname: 'HeartbeatDown', grafana_folder: 'Heartbeats' }, false],
  ])('and has %j besides is a sign of life: %s', async (labels, isSign) => {
    const { post, waiting, settle } = stage()
    const answered = post({ heartbeat: 'watchdog', ...labels })
    expect(waiting).toHaveLength(isSign ? 1 : 0)
    settle('durable')
    expect(await answered).toMatchObject({ status: 200 })
  })
})
