// The part of Alertmanager's API that shows what is wrong: alerts, alone and in groups.
import { type Alert, type AlertWish, type AlertWorld, openAlerts } from '../app/alerts.ts'
import type { ForeignAlerts } from '../app/foreign-alerts.ts'
import { type Checked, formatProblem, isWrong } from '../domain/problem.ts'
import { readRegular } from '../domain/regular.ts'
import { formatInstant, type Instant, MINUTE } from '../domain/time.ts'
import { flagOf, type RawQuery, readFilter, sayNo, textsOf } from './grafana-asked.ts'
import type { Answer, Asked, Route } from './http-route.ts'

export type AlertsWorld = AlertWorld & {
  readonly foreign: ForeignAlerts
  now(): Instant
}

export const ALERTMANAGER = '/grafana/alertmanager/api/v2'

export function alertRoutes(world: AlertsWorld): readonly Route[] {
  const route = (path: string, summary: string, show: (alerts: readonly Alert[], now: Instant) => object): Route => ({
    ...{ method: 'GET', path: `${ALERTMANAGER}${path}`, for: 'grafana', docs: { summary } },
    answer({ query }: Asked<RawQuery>): Answer {
      const wish = readWish(query)
      if (isWrong(wish)) return sayNo(400, wish.problems.map(formatProblem).join('; '))
      const { receives, ...rest } = wish.value
      const now = world.now()
      const alerts = [...openAlerts(world, rest, now), ...world.foreign.list(world.scene(), rest, now)]
      return {
        status: 200,
        json: show(
          alerts.filter(({ receiver }) => receives(receiver)),
          now,
        ),
      }
    },
  })
  return [
    route('/alerts', 'What is wrong, as Alertmanager has it', (alerts, now) =>
      alerts.toSorted(byFingerprint).map((alert) => alertItem(alert, now)),
    ),
    route('/alerts/groups', 'The same by policy, name and group', groupItems),
  ]
}

/** An alert that nobody ends is told anew at each call, with an end that far ahead. */
const STANDS: number = 5 * MINUTE

type Wish = AlertWish & { receives(receiver: string): boolean }

function readWish(query: RawQuery): Checked<Wish> {
  const matchers = readFilter(textsOf(query, 'filter'))
  const [receiver] = textsOf(query, 'receiver')
  const receives = receiver === undefined ? { value: () => true } : readRegular(receiver)
  if (isWrong(matchers)) return matchers
  if (isWrong(receives)) return receives
  return {
    value: {
      ...{ matchers: matchers.value, receives: receives.value, active: flagOf(query, 'active') },
      ...{ silenced: flagOf(query, 'silenced'), inhibited: flagOf(query, 'inhibited') },
    },
  }
}

function alertItem(
  { silencedBy, inhibitedBy, link, startsAt, endsAt, receiver, ...alert }: Alert,
  now: Instant,
): object {
  const state = silencedBy.length + inhibitedBy.length > 0 ? 'suppressed' : 'active'
  return {
    ...alert,
    startsAt: formatInstant(startsAt),
    endsAt: formatInstant(endsAt ?? now + STANDS),
    updatedAt: formatInstant(now),
    generatorURL: link,
    receivers: [{ name: receiver }],
    status: { state, silencedBy, inhibitedBy, mutedBy: [] },
  }
}

function groupItems(alerts: readonly Alert[], now: Instant): object {
  const groups = new Map<string, Alert[]>()
  for (const alert of alerts) {
    const key = JSON.stringify([alert.receiver, alert.labels['alertname'] ?? '', alert.labels['group'] ?? ''])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [alert])
    else group.push(alert)
  }
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, members]) => {
      const [name, alertname, group] = JSON.parse(key) as [string, string, string]
      const labels = { ...(alertname !== '' && { alertname }), ...(group !== '' && { group }) }
      return {
        ...{ labels, routeLabels: {}, receiver: { name } },
        alerts: members.toSorted(byFingerprint).map((alert) => alertItem(alert, now)),
      }
    })
}

function byFingerprint(a: Alert, b: Alert): number {
  return a.fingerprint < b.fingerprint ? -1 : 1
}
