// How long ago, and how long until, as somebody says it who looks at a clock.
import { DAY, type Duration, HOUR, type Instant, MINUTE, parseInstant, SECOND } from '../domain/time.ts'

/** Its two largest units: `3d4h`, `2h10m`, `12m`, `40s`. */
export function span(duration: Duration): string {
  const whole = Math.max(0, Math.round(duration / SECOND)) * SECOND
  if (whole >= DAY) return both(whole, DAY, 'd', HOUR, 'h')
  if (whole >= HOUR) return both(whole, HOUR, 'h', MINUTE, 'm')
  return whole >= MINUTE ? `${Math.floor(whole / MINUTE)}m` : `${whole / SECOND}s`
}

/** `in 2h10m`, `5m ago`; `otherwise` where there is no instant. */
export function distance(written: string | null, now: Instant, otherwise: string): string {
  const at = written === null ? undefined : parseInstant(written)
  if (at === undefined) return otherwise
  return at > now ? `in ${span(at - now)}` : `${span(now - at)} ago`
}

function both(whole: Duration, large: Duration, unit: string, small: Duration, smallUnit: string): string {
  const rest = Math.floor((whole % large) / small)
  return `${Math.floor(whole / large)}${unit}${rest === 0 ? '' : `${rest}${smallUnit}`}`
}
