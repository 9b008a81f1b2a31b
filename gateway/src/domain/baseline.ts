// How long good runs usually take: the median of the latest durations, and what counts as slow against it.
import type { Sample } from './heartbeat.ts'
import { type Duration, type Instant, MINUTE, SECOND } from './time.ts'

export const SAMPLES_KEPT = 20
/** A baseline is trusted from this many samples on. */
export const SAMPLES_TRUSTED = 5

/** Keeps the newest, in order of `at`: the same samples in any order of arrival give the same list. */
export function withSample(samples: readonly Sample[], at: Instant, duration: Duration): readonly Sample[] {
  const next = [...samples, [at, duration] as const].sort((a, b) => a[0] - b[0] || a[1] - b[1])
  return next.slice(-SAMPLES_KEPT)
}

/** The median, of two middle values their mean; undefined without samples. */
export function medianOf(samples: readonly Sample[]): Duration | undefined {
  if (samples.length === 0) return undefined
  const sorted = samples.map(([, duration]) => duration).sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** The median once there are enough samples to trust it. */
export function baselineOf(samples: readonly Sample[]): Duration | undefined {
  return samples.length < SAMPLES_TRUSTED ? undefined : medianOf(samples)
}

/** A lag holds the scheduler's own jitter too, so it must exceed its baseline by more than a second to be slow. */
export function leastExcess(lagged: boolean, grace: Duration): Duration {
  return lagged ? Math.max(SECOND, Math.min(grace / 10, MINUTE)) : SECOND
}

/** The shortest duration that is slow; undefined while nothing is. `factor` 0 turns it off. */
export function slowFrom(
  samples: readonly Sample[],
  factor: number,
  lagged: boolean,
  grace: Duration,
): Duration | undefined {
  if (factor === 0) return undefined
  const baseline = baselineOf(samples)
  return baseline === undefined ? undefined : Math.max(factor * baseline, baseline + leastExcess(lagged, grace))
}
