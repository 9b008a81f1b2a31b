// Who else is told what is wrong: an Alertmanager that is kept up to date, and marks on Grafana's graphs. Put together, and anew
// when the configuration changes.
import { createAlertmanagerPush } from './adapters/alertmanager-push.ts'
import { createGuard } from './adapters/channel-guard.ts'
import { systemClock as clock } from './adapters/clock.ts'
import { createAnnotationWriter } from './adapters/grafana-annotations.ts'
import type { Log } from './adapters/log.ts'
import { startTicker } from './adapters/ticker.ts'
import { AlertSync } from './app/alert-sync.ts'
import { type AlertWorld, openAlerts, PAGING } from './app/alerts.ts'
import { Annotator } from './app/annotator.ts'
import { markable } from './app/markable.ts'
import type { Watch } from './app/watch.ts'
import type { Settings } from './config/settings.ts'
import { SECOND } from './domain/time.ts'

export type Outputs = { configure(settings: Settings): void; stop(): void }

export function startOutputs(watch: Watch, { log, stop }: { readonly log: Log; readonly stop: AbortSignal }): Outputs {
  let alerts: AlertSync | undefined
  let marks: Annotator | undefined
  const known = { alerts: '', marks: '' }
  const stopTicker = startTicker(SECOND, clock.now, (now) => {
    alerts?.tick(now)
    marks?.tick(now)
  })
  return {
    configure({ alertmanager, grafana: { annotations }, allow, url }) {
      const common = { now: clock.now, guard: createGuard(allow), stop, log }
      const texts = { alerts: JSON.stringify([alertmanager, allow, url]), marks: JSON.stringify([annotations, allow]) }
      const world: AlertWorld = { registry: watch.registry, scene: () => watch.scene, url: () => url }
      if (texts.alerts !== known.alerts)
        alerts =
          alertmanager &&
          new AlertSync({
            ...{ every: alertmanager.every, log, stop },
            alerts: (now) => openAlerts(world, PAGING, now),
            push: createAlertmanagerPush({ ...common, ...alertmanager }),
          })
      if (texts.marks !== known.marks)
        marks =
          annotations &&
          new Annotator({
            ...common,
            ...markable(watch.registry, () => watch.scene.zone),
            random: Math.random,
            write: createAnnotationWriter({ ...common, ...annotations }),
          })
      Object.assign(known, texts)
    },
    stop: stopTicker,
  }
}
