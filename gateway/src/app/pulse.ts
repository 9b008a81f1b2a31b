// Could we hear? Compares three clocks from one tick to the next and names what happened between: nothing, a stall of
// the process, a suspend of the machine, a step of the wall clock.
//
//   wall    monotonic  boot
//   large   large      large   the process stood still: blind
//   large   small      large   the machine was suspended: blind
//   differs small      small   somebody set the clock: a step, and nobody was deaf
import type { Duration, Instant } from '../domain/time.ts'
import type { Clock } from './ports.ts'

/** Ticks further apart than this are a window in which we could not hear. */
export const STALL: Duration = 2_000
/** A wall clock that moves this much more or less than the others was set. */
export const STEP: Duration = 1_000

export type Reading = { readonly wall: Instant; readonly monotonic: Duration; readonly boot: Duration }

export type Disturbance = {
  /** From where the wall clock should be to where it is. */
  readonly step?: { readonly from: Instant; readonly to: Instant }
  /** In the time of the later reading. */
  readonly deaf?: { readonly from: Instant; readonly to: Instant; readonly cause: 'stall' | 'suspend' }
}

export function read(clock: Clock): Reading {
  return { wall: clock.now(), monotonic: clock.monotonic(), boot: clock.sinceBoot() }
}

export function between(before: Reading, after: Reading): Disturbance {
  const monotonic = after.monotonic - before.monotonic
  const elapsed = Math.max(monotonic, after.boot - before.boot)
  const expected = Math.round(before.wall + elapsed)
  const step = Math.abs(after.wall - expected) >= STEP ? { step: { from: expected, to: after.wall } } : {}
  if (elapsed < STALL) return step
  const cause = elapsed - monotonic >= STALL ? 'suspend' : 'stall'
  return { ...step, deaf: { from: Math.round(after.wall - elapsed), to: after.wall, cause } }
}
