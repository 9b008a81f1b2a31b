// Drills that are planned: each is begun when its schedule says so. One that was due while nobody was there is left out.
import type { PlannedDrill } from '../domain/drill.ts'
import { drillId } from '../domain/names.ts'
import { nextDue } from '../domain/schedule.ts'
import { type Instant, isDue } from '../domain/time.ts'
import type { Ledger } from './ports.ts'

type Planned = { readonly plan: PlannedDrill; nextAt: Instant }

export class DrillPlan {
  readonly #ledger: Pick<Ledger, 'request'>
  #planned: readonly Planned[] = []

  constructor(plans: readonly PlannedDrill[], ledger: Pick<Ledger, 'request'>, now: Instant) {
    this.#ledger = ledger
    this.configure(plans, now)
  }

  configure(plans: readonly PlannedDrill[], now: Instant): void {
    this.#planned = plans.map((plan) => ({ plan, nextAt: nextDue(scheduleOf(plan), now) }))
  }

  tick(now: Instant): void {
    for (const planned of this.#planned) {
      if (!isDue(planned.nextAt, now)) continue
      const { plan, nextAt } = planned
      planned.nextAt = nextDue(scheduleOf(plan), now)
      const drill = drillId(plan.heartbeat, nextAt)
      void this.#ledger.request({ kind: 'drill', drill, of: { name: plan.heartbeat }, by: 'schedule' })
    }
  }
}

function scheduleOf({ cron, zone }: PlannedDrill): {
  readonly kind: 'cron'
  readonly cron: string
  readonly zone: string
} {
  return { kind: 'cron', cron, zone }
}
