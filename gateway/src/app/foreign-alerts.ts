// Alerts that others post and that are about no heartbeat of ours: they are shown until they end, and page nobody.
// In memory alone, and never more than a bound.
import type { Labels } from '../domain/alert.ts'
import { fingerprint } from '../domain/fingerprint.ts'
import { isFitting } from '../domain/matcher.ts'
import { matchersOf } from '../domain/mute-matchers.ts'
import { type Instant, isDue } from '../domain/time.ts'
import { type Alert, type AlertWish, isWished } from './alerts.ts'
import type { LiveScene } from './scene.ts'

export type ForeignAlert = {
  readonly labels: Labels
  readonly annotations: Labels
  readonly startsAt: Instant
  readonly endsAt: Instant
  readonly link: string
}

/** The newest are kept. */
export const MOST_FOREIGN = 1_000
/** Whom they go to: nobody is called so. */
export const NOBODY = 'nobody'

export class ForeignAlerts {
  readonly #alerts = new Map<string, ForeignAlert>()

  /** The same labels are the same alert; one that has ended goes. */
  take(alert: ForeignAlert, now: Instant): void {
    const id = fingerprint(alert.labels)
    const startsAt = Math.min(alert.startsAt, this.#alerts.get(id)?.startsAt ?? alert.startsAt)
    this.#alerts.delete(id)
    if (isDue(alert.endsAt, now)) return
    this.#alerts.set(id, { ...alert, startsAt })
    if (this.#alerts.size <= MOST_FOREIGN) return
    const [oldest = ''] = this.#alerts.keys()
    this.#alerts.delete(oldest)
  }

  list(scene: Pick<LiveScene, 'inForce'>, wish: AlertWish, now: Instant): readonly Alert[] {
    const mutes = scene.inForce(now).map(({ id, match }) => ({ id, matchers: matchersOf(match) }))
    const alerts: Alert[] = []
    for (const [id, alert] of this.#alerts) {
      if (isDue(alert.endsAt, now)) this.#alerts.delete(id)
      else if (fits(wish.matchers, alert.labels)) {
        const silencedBy = mutes.filter(({ matchers }) => fits(matchers, alert.labels)).map((mute) => mute.id)
        alerts.push({ ...alert, fingerprint: id, silencedBy, inhibitedBy: [], isUnprocessed: false, receiver: NOBODY })
      }
    }
    return alerts.filter((alert) => isWished(alert, wish))
  }
}

function fits(matchers: AlertWish['matchers'], labels: Labels): boolean {
  return matchers.every((matcher) =>
    isFitting(matcher, Object.hasOwn(labels, matcher.name) ? (labels[matcher.name] as string) : ''),
  )
}
