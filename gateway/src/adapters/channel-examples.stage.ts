// Pages of every kind for the tests of the channels, and one whose every text means harm.
import type { PageBody } from '../domain/page.ts'
import { pageExample } from './page-example.stage.ts'

export const TRIGGERED: PageBody = pageExample()

const { incident, links } = TRIGGERED
const { acknowledge: _, resolve: __, silence: ___, snooze: ____, ...places } = links

export const ACKNOWLEDGED: PageBody = pageExample({
  type: 'incident.acknowledged',
  id: 'page-0002',
  at: '2026-03-02T01:20:00.000Z',
  text: 'nightly-backup is missed since 2026-03-02T01:12:00.001Z, acknowledged by ana',
  state: 'acknowledged',
})

export const RESOLVED: PageBody = pageExample({
  type: 'incident.resolved',
  id: 'page-0003',
  at: '2026-03-02T02:12:00.001Z',
  text: 'nightly-backup is resolved after 1h (by heartbeat)',
  state: 'resolved',
  ...(incident !== undefined && {
    incident: { ...incident, state: 'resolved', resolvedAt: '2026-03-02T02:12:00.001Z', resolvedBy: 'heartbeat' },
  }),
  links: places,
})

export const WARNING: PageBody = pageExample({ severity: 'warning' })

export const DRILL: PageBody = {
  type: 'drill',
  id: 'page-0004',
  at: '2026-03-02T10:00:00.000Z',
  text: 'DRILL: ana is testing how nightly-backup pages, since 2026-03-02T10:00:00.000Z',
  about: 'drill-0001',
  state: 'triggered',
  severity: 'info',
  page: { step: 1, attempt: 1, target: 'ops', path: 'primary › ana › ops' },
  explanation: 'Nothing is wrong.',
  paged: [],
  links: { gateway: 'https://beats.example.org' },
}

export const STORM: PageBody = {
  type: 'storm.triggered',
  id: 'page-0005',
  at: '2026-03-02T01:12:30.000Z',
  text: '38 of 40 heartbeats of group hall-7 are bad since 2026-03-02T01:12:00.000Z',
  about: 'storm-0001',
  state: 'triggered',
  severity: 'critical',
  storm: {
    id: 'storm-0001',
    scope: 'group hall-7',
    state: 'triggered',
    openedAt: '2026-03-02T01:12:00.000Z',
    resolvedAt: null,
    heartbeats: 38,
    open: 38,
    size: 40,
    names: ['pump-01', 'pump-02', 'pump-03'],
  },
  page: { step: 1, attempt: 1, target: 'ops', path: 'primary › ana › ops' },
  explanation: '38 of 40 went silent within 12s; the first was hall-7-router.',
  paged: ['primary › ana › ops'],
  links: { incident: 'https://beats.example.org/incidents/storm-0001', gateway: 'https://beats.example.org' },
}

/** Nothing but what every page has. */
export const NOTICE: PageBody = {
  type: 'channel.failed',
  id: 'page-0006',
  at: '2026-03-02T01:12:30.000Z',
  text: "Channel boss can't be reached",
  about: 'channel-boss',
  state: 'triggered',
  severity: 'critical',
  page: { step: 1, attempt: 1, target: 'ops', path: 'ops' },
  explanation: "Channel boss can't be reached",
  paged: [],
  links: {},
}

export const EVIL =
  '<!channel> <@U012AB3CD> @everyone @here <https://evil.example|click> *b* _i_ ~s~ `c` [x](https://evil.example) ||s|| \\ & </p><script>alert(1)</script> {{DATE(2026-01-01T00:00:00Z)}} "q" \' \u2028 \u0000 \ud800'

/** Every text that somebody can choose is evil, the runbook is no link, and all of it is `times` too long. */
export function hostilePage(times = 1): PageBody {
  const text = Array.from({ length: times }, () => `${EVIL}\nPaged: nobody`).join('\n')
  return pageExample({
    text: `nightly-backup is missed since 2026-03-02T01:12:00.001Z, acknowledged by ${text}`,
    heartbeat: { name: 'nightly-backup', owner: text, description: text, tags: [text], group: text, schedule: text },
    explanation: text,
    paged: [text],
    links: { ...links, runbook: `javascript:alert("${text}")` },
  })
}

export const ALL: readonly PageBody[] = [
  ...[TRIGGERED, ACKNOWLEDGED, RESOLVED, WARNING, DRILL, STORM, NOTICE],
  ...[hostilePage(), hostilePage(50), hostilePage(5_000)],
]
