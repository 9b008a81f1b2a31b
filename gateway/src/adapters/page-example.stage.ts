// A page as the pager composes it, for the tests of the channels.
import type { PageBody } from '../domain/page.ts'

export function pageExample(change: Partial<PageBody> = {}): PageBody {
  return { ...TRIGGERED, ...change }
}

const URL = 'https://beats.example.org'

const TRIGGERED: PageBody = {
  type: 'incident.triggered',
  id: 'page-0001',
  at: '2026-03-02T01:12:00.001Z',
  text: 'nightly-backup is missed since Mon 2026-03-02 03:12:00 Europe/Riga',
  about: 'inc-0001',
  state: 'triggered',
  severity: 'critical',
  incident: {
    id: 'inc-0001',
    heartbeat: 'nightly-backup',
    verdict: 'missed',
    severity: 'critical',
    state: 'triggered',
    openedAt: '2026-03-02T01:12:00.001Z',
    seenAt: '2026-03-02T01:12:00.020Z',
    deadlineAt: '2026-03-02T01:12:00.000Z',
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    resolvedBy: null,
    paged: ['ops'],
  },
  heartbeat: {
    name: 'nightly-backup',
    owner: 'ana',
    description: 'pg_dump of mydb into the <backup> bucket',
    tags: ['backup', 'db'],
    group: 'site-1',
    schedule: 'cron "0 3 * * *" in Europe/Riga',
  },
  page: { step: 1, attempt: 1, target: 'ops', path: 'primary › ana › ops' },
  explanation:
    'No ok by Mon 2026-03-02 03:12:00 Europe/Riga: cron "0 3 * * *", grace 12m by default; last ok yesterday.',
  paged: ['ben › phone'],
  links: {
    acknowledge: `${URL}/answer/acknowledge-token`,
    resolve: `${URL}/answer/resolve-token`,
    silence: `${URL}/answer/silence-token`,
    snooze: `${URL}/answer/snooze-token`,
    incident: `${URL}/incidents/inc-0001`,
    heartbeat: `${URL}/heartbeats/nightly-backup`,
    explain: `${URL}/heartbeats/nightly-backup`,
    runbook: 'https://wiki.example.org/backup',
    gateway: URL,
  },
}
