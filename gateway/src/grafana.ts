// What Grafana calls, put together: the APIs of Alertmanager and of Prometheus, as far as its alerting pages need them.
import { alertRoutes } from './adapters/grafana-alerts.ts'
import { intakeRoute } from './adapters/grafana-intake.ts'
import { prometheusRoutes } from './adapters/grafana-prometheus.ts'
import { ruleRoutes } from './adapters/grafana-rules.ts'
import { silenceRoutes } from './adapters/grafana-silences.ts'
import { statusRoutes } from './adapters/grafana-status.ts'
import type { Route } from './adapters/http-route.ts'
import { ForeignAlerts } from './app/foreign-alerts.ts'
import { KnownGroups } from './app/known-groups.ts'
import type { Watch } from './app/watch.ts'
import type { Instant } from './domain/time.ts'

export type GrafanaWorld = {
  readonly watch: Watch
  readonly version: string
  /** Read anew for each request: a reload changes it. */
  readonly live: { readonly file: string; readonly url: string }
  now(): Instant
}

export function grafanaRoutes({ watch, version, live, now }: GrafanaWorld): readonly Route[] {
  const { registry, ledger, counters, intake } = watch
  const scene = () => watch.scene
  const foreign = new ForeignAlerts()
  const groups = new KnownGroups(registry.roster)
  const alerts = { registry, scene, url: () => live.url, now }
  return [
    ...statusRoutes({ version, startedAt: now(), scene }),
    ...alertRoutes({ ...alerts, foreign }),
    intakeRoute({ intake, counters, foreign, now }),
    ...silenceRoutes({ ledger, live, scene, now }),
    ...ruleRoutes({ ...alerts, groups, lastTickAt: () => watch.lastTickAt }),
    ...prometheusRoutes({ ...alerts, version }),
  ]
}
