// A log that a misconfigured fleet can't flood: of one kind of line, one in ten seconds, with the number left out between.
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import type { Log } from './log.ts'

/** Lines are of one kind when `fact` and `sort` are the same; both come from code, not from the wire. */
export type QuietLog = (fact: string, sort: string, fields: Readonly<Record<string, unknown>>) => void

const ONE_IN: Duration = 10 * SECOND

export function quietly(log: Log, now: () => Instant): QuietLog {
  const kinds = new Map<string, { nextAt: Instant; suppressed: number }>()
  return (fact, sort, fields) => {
    const key = `${fact} ${sort}`
    const kind = kinds.get(key) ?? { nextAt: 0, suppressed: 0 }
    kinds.set(key, kind)
    if (now() < kind.nextAt) {
      kind.suppressed++
      return
    }
    log(fact, kind.suppressed === 0 ? fields : { ...fields, suppressed: kind.suppressed })
    kind.nextAt = now() + ONE_IN
    kind.suppressed = 0
  }
}
