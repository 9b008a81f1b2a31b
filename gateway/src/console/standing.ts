// How a heartbeat, a group or a tag stands, in the few words of a badge.
import type { Tally } from '../app/facets.ts'
import { isBad, VERDICTS, type Verdict } from '../domain/verdict.ts'
import type { Badge, Family } from './badge.ts'

/** Of one heartbeat. */
export function badgeOf(label: string, verdict: Verdict): Badge {
  return { label, message: verdict, family: FAMILIES[verdict] }
}

/** Of a group or a tag: what is wrong, else what is not as it should be, else that all is well. */
export function badgeOfMany(label: string, tally: Tally | undefined): Badge {
  if (tally === undefined) return { label, message: 'empty', family: 'mute' }
  const { total, verdicts } = tally
  const sum = (isCounted: (verdict: Verdict) => boolean): number =>
    VERDICTS.reduce((all, verdict) => (isCounted(verdict) ? all + verdicts[verdict] : all), 0)
  const worst = VERDICTS.filter((verdict) => isBad(verdict) && verdicts[verdict] > 0)
  const bad = sum(isBad)
  if (bad > 0)
    return { label, message: `${bad} of ${total} ${worst.length === 1 ? worst[0] : 'wrong'}`, family: 'crit' }
  for (const verdict of ['slow', 'late', 'unverified'] as const) {
    const many = verdicts[verdict]
    if (many > 0) return { label, message: `${many} of ${total} ${verdict}`, family: FAMILIES[verdict] }
  }
  const well = sum((verdict) => verdict === 'ok' || verdict === 'running')
  if (well === 0) return { label, message: 'nothing heard', family: 'mute' }
  return {
    label,
    message: well === total ? (total === 1 ? 'ok' : `all ${total} ok`) : `${well} of ${total} ok`,
    family: 'ok',
  }
}

const FAMILIES: Readonly<Record<Verdict, Family>> = {
  ...{ ok: 'ok', running: 'run', late: 'warn', slow: 'warn' },
  ...{ missed: 'crit', failed: 'crit', overrun: 'crit' },
  ...{ unverified: 'mute', paused: 'mute', unseen: 'mute' },
}
