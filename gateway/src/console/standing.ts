// How groups and tags stand as a whole, counted in one walk that is good for a few seconds: whoever asks for badges has no
// token, so asking often must cost nothing.
import { inTurns } from '../adapters/in-turns.ts'
import type { Registry } from '../app/registry.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { isBad, type Verdict } from '../domain/verdict.ts'
import type { Badge, Family } from './badge.ts'

export type Standing = { total: number; readonly verdicts: Map<Verdict, number> }
type Walk = { readonly at: Instant; readonly groups: Map<string, Standing>; readonly tags: Map<string, Standing> }

export class Standings {
  readonly #registry: Registry
  #walk: Promise<Walk> | undefined
  #askedAt: Instant = 0

  constructor(registry: Registry) {
    this.#registry = registry
  }

  /** Undefined: nobody is in it. */
  async of(kind: 'group' | 'tag', name: string, now: Instant): Promise<Standing | undefined> {
    if (this.#walk === undefined || now - this.#askedAt >= GOOD_FOR || now < this.#askedAt) {
      this.#askedAt = now
      this.#walk = this.#count(now)
    }
    const { groups, tags } = await this.#walk
    return (kind === 'group' ? groups : tags).get(name)
  }

  async #count(at: Instant): Promise<Walk> {
    const { roster, pages } = this.#registry
    const walk: Walk = { at, groups: new Map(), tags: new Map() }
    await inTurns(pages.entries(), ([index, page]) => {
      const first = index * ROWS
      for (let row = 0; row < ROWS; row++) {
        const terms = roster.termsOf(first + row)
        if (terms === undefined) continue
        const verdict = page.verdict(row)
        if (terms.group !== '') count(walk.groups, terms.group, verdict)
        for (const tag of terms.tags) count(walk.tags, tag, verdict)
      }
    })
    return walk
  }
}

/** Of one heartbeat. */
export function badgeOf(label: string, verdict: Verdict): Badge {
  return { label, message: verdict, family: FAMILIES[verdict] }
}

/** Of a group or a tag: what is wrong, else what is not as it should be, else that all is well. */
export function badgeOfMany(label: string, standing: Standing | undefined): Badge {
  if (standing === undefined) return { label, message: 'empty', family: 'mute' }
  const { total, verdicts } = standing
  const sum = (isCounted: (verdict: Verdict) => boolean): number =>
    [...verdicts].reduce((all, [verdict, many]) => (isCounted(verdict) ? all + many : all), 0)
  const worst = [...verdicts.keys()].filter(isBad)
  const bad = sum(isBad)
  if (bad > 0)
    return { label, message: `${bad} of ${total} ${worst.length === 1 ? worst[0] : 'wrong'}`, family: 'crit' }
  for (const verdict of ['slow', 'late', 'unverified'] as const) {
    const many = verdicts.get(verdict) ?? 0
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

const GOOD_FOR: Duration = 10 * SECOND
const ROWS = 1024

const FAMILIES: Readonly<Record<Verdict, Family>> = {
  ...{ ok: 'ok', running: 'run', late: 'warn', slow: 'warn' },
  ...{ missed: 'crit', failed: 'crit', overrun: 'crit' },
  ...{ unverified: 'mute', paused: 'mute', unseen: 'mute' },
}

function count(standings: Map<string, Standing>, name: string, verdict: Verdict): void {
  const known = standings.get(name)
  if (known === undefined) standings.set(name, { total: 1, verdicts: new Map([[verdict, 1]]) })
  else {
    known.total++
    known.verdicts.set(verdict, (known.verdicts.get(verdict) ?? 0) + 1)
  }
}
