// The part of Alertmanager's API that shows what is wrong: alerts, alone and in groups.
import { type Alert, type AlertWish, type AlertWorld, openAlerts } from '../app/alerts.ts'
import type { ForeignAlerts } from '../app/foreign-alerts.ts'
import { type Checked, formatProblem, isWrong } from '../domain/problem.ts'
import { readRegular } from '../domain/regular.ts'
import { formatInstant, type Instant, MINUTE } from '../domain/time.ts'
import { flagOf, JSON_TYPE, type RawQuery, readFilter, sayNo, textsOf } from './grafana-asked.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { inTurns } from './in-turns.ts'

export type AlertsWorld = AlertWorld & {
  readonly foreign: ForeignAlerts
  now(): Instant
}

export const ALERTMANAGER = '/grafana/alertmanager/api/v2'

export function alertRoutes(world: AlertsWorld): readonly Route[] {
  const route = (path: string, summary: string, write: Writer): Route => ({
    ...{ method: 'GET', path: `${ALERTMANAGER}${path}`, for: 'grafana', docs: { summary } },
    async answer({ query }: Asked<RawQuery>): Promise<Answer> {
      const wish = readWish(query)
      if (isWrong(wish)) return sayNo(400, wish.problems.map(formatProblem).join('; '))
      const now = world.now()
      const text = await write(wished(world, wish.value, now), clocked(now))
      return { status: 200, text, type: JSON_TYPE }
    },
  })
  return [
    route('/alerts', 'What is wrong, as Alertmanager has it', async (alerts, item) =>
      listed(await inTurns(alerts, (alert) => JSON.stringify(item(alert)))),
    ),
    route('/alerts/groups', 'The same by policy, name and group', writeGroups),
  ]
}

type Item = (alert: Alert) => object
type Writer = (alerts: Iterable<Alert>, item: Item) => Promise<string>

function* wished(world: AlertsWorld, { receives, ...wish }: Wish, now: Instant): Iterable<Alert> {
  for (const alerts of [openAlerts(world, wish, now), world.foreign.list(world.scene(), wish, now)])
    for (const alert of alerts) if (receives(alert.receiver)) yield alert
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
      unprocessed: flagOf(query, 'unprocessed'),
    },
  }
}

function clocked(now: Instant): Item {
  const times = { updatedAt: formatInstant(now), endsAt: formatInstant(now + STANDS) }
  return ({ silencedBy, inhibitedBy, link, startsAt, endsAt, receiver, isUnprocessed, ...alert }) => ({
    ...alert,
    ...times,
    startsAt: formatInstant(startsAt),
    ...(endsAt !== undefined && { endsAt: formatInstant(endsAt) }),
    generatorURL: link,
    receivers: [{ name: receiver }],
    status: {
      state: silencedBy.length + inhibitedBy.length > 0 ? 'suppressed' : isUnprocessed ? 'unprocessed' : 'active',
      ...{ silencedBy, inhibitedBy, mutedBy: [] },
    },
  })
}

async function writeGroups(alerts: Iterable<Alert>, item: Item): Promise<string> {
  const groups = new Map<string, string[]>()
  await inTurns(alerts, (alert) => {
    const { alertname = '', group = '' } = alert.labels
    const key = JSON.stringify([alert.receiver, alertname, group])
    const members = groups.get(key)
    if (members === undefined) groups.set(key, [JSON.stringify(item(alert))])
    else members.push(JSON.stringify(item(alert)))
  })
  const written = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, members]) => {
      const [name, alertname, group] = JSON.parse(key) as [string, string, string]
      const labels = { ...(alertname !== '' && { alertname }), ...(group !== '' && { group }) }
      const head = JSON.stringify({ labels, routeLabels: {}, receiver: { name } })
      return `${head.slice(0, -1)},"alerts":${listed(members)}}`
    })
  return listed(written)
}

function listed(items: readonly string[]): string {
  return `[${items.join(',')}]`
}
