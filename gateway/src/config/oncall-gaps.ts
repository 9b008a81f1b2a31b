// When nobody is on call in the weeks to come: a problem of a file that is checked, a warning where a gateway starts.
import { inZone } from '../domain/explain.ts'
import { gapsBetween, type OnCall, type Shift } from '../domain/oncall.ts'
import type { Problem } from '../domain/problem.ts'
import { DAY, type Duration, formatInstant, type Instant } from '../domain/time.ts'

/** What a log line says of one schedule; its fact is `oncall.gap`. */
export type GapWarning = {
  readonly schedule: string
  /** How many gaps there are in the weeks looked at. */
  readonly gaps: number
  /** The first of them; `to` is absent where it outlasts those weeks. */
  readonly from: string
  readonly to?: string
}

/** One problem for each schedule that has nobody at some instant of the eight weeks from `from` on. */
export function oncallGaps(oncall: readonly OnCall[], from: Instant): readonly Problem[] {
  return oncall.flatMap((schedule, index) => {
    const gaps = gapsBetween(schedule, from, from + AHEAD)
    if (gaps.length === 0) return []
    const shown = gaps.slice(0, MOST_SHOWN).map((gap) => describe(gap, schedule.zone, from + AHEAD))
    const count = `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'} in ${AHEAD / WEEK} weeks`
    const expected = 'somebody on call at every instant'
    return [{ path: `oncall[${index}]`, expected, found: `nobody ${shown.join(', ')} (${count})` }]
  })
}

/** The same for a log, which has one line for each of these schedules. */
export function gapWarnings(oncall: readonly OnCall[], from: Instant): readonly GapWarning[] {
  return oncall.flatMap((schedule) => {
    const gaps = gapsBetween(schedule, from, from + AHEAD)
    const [first] = gaps
    if (first === undefined) return []
    const end = first.to < from + AHEAD ? { to: formatInstant(first.to) } : {}
    return [{ schedule: schedule.name, gaps: gaps.length, from: formatInstant(first.from), ...end }]
  })
}

const WEEK: Duration = 7 * DAY
const AHEAD: Duration = 8 * WEEK
const MOST_SHOWN = 3

/** `from Sat 2026-11-28 18:00:00 Europe/Riga to Mon 2026-11-30 09:00:00 Europe/Riga`. */
function describe({ from, to }: Shift, zone: string, last: Instant): string {
  return `from ${inZone(from, zone)} ${to < last ? `to ${inZone(to, zone)}` : 'on'}`
}
