// Who is on call. To be replaced.
import type { Duration, Instant } from './time.ts'
import type { Wall } from './zone.ts'
export type Rotation = { readonly rotate: readonly string[]; readonly every: Duration; readonly anchor: Wall }
export type Override = { readonly who: string; readonly from: Instant; readonly to: Instant }
export type OnCall = {
  readonly name: string
  readonly zone: string
  readonly layers: readonly Rotation[]
  readonly overrides: readonly Override[]
}
export type Shift = {
  readonly who: string | undefined
  readonly from: Instant
  readonly to: Instant
  readonly by: 'override' | 'layer' | 'nobody'
}
export function shiftAt(_oncall: OnCall, at: Instant): Shift {
  return { who: undefined, from: at, to: at, by: 'nobody' }
}
