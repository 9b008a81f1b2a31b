// What a person should look at first when a heartbeat surprises them.
import type { Heartbeat } from './heartbeat.ts'
import { DAY, type Duration, formatDuration, HOUR, type Instant, MINUTE } from './time.ts'

/** Lags this close to a whole hour, hour after hour, smell of a wrong zone. */
const NEAR_A_WHOLE_HOUR: Duration = 5 * MINUTE

export function hintsFor({ name, terms, state }: Heartbeat, now: Instant): readonly string[] {
  const hints: string[] = []
  if (state.lastSignalAt === 0 && now > state.declaredAt)
    hints.push(
      `never seen in ${formatDuration(Math.floor((now - state.declaredAt) / MINUTE) * MINUTE)}: does its crontab line or device know the name ${name}?`,
    )
  const lags = state.more.lagged ? state.more.samples.map(([, lag]) => lag) : []
  if (lags.length >= 2 && lags.every((lag) => isNearWholeHours(lag)))
    hints.push('it always arrives a whole number of hours late: its zone is probably not the one declared here')
  if (
    terms.schedule.kind !== 'every' &&
    state.lastOkAt > 0 &&
    state.signals >= 2 &&
    now - state.lastOkAt < DAY &&
    state.misses > 0 &&
    lags.length === 0
  )
    hints.push('it was heard, but not when it was expected: compare its crontab line and zone with the schedule here')
  return hints
}

function isNearWholeHours(lag: Duration): boolean {
  const nearest = Math.round(lag / HOUR) * HOUR
  return nearest > 0 && Math.abs(lag - nearest) <= NEAR_A_WHOLE_HOUR
}
