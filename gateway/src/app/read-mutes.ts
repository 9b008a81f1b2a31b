// What the gateway shows of silences and maintenance windows: whom they mute, when, and whom at the moment.
import { isSpent, type Match, type Mute, nextSpell, spellAt } from '../domain/mute.ts'
import type { Duration, Instant } from '../domain/time.ts'
import type { Casebook } from './casebook.ts'
import { type List, whenever } from './read.ts'
import { MOST_INCIDENTS } from './read-storms.ts'

export type MuteItem = {
  readonly id: string
  readonly match: Match
  readonly from: string | null
  readonly until: string | null
  readonly cron: string | null
  readonly zone: string | null
  /** Of each firing of `cron`. */
  readonly forMs: Duration | null
  readonly by: string
  readonly reason: string
  readonly declaredBy: Mute['declaredBy']
  readonly active: boolean
  /** Null: it is not in force. */
  readonly activeUntil: string | null
  /** When it comes into force next; null: not again. */
  readonly nextAt: string | null
  /** Open incidents that page nobody because of it, the first thousand. */
  readonly incidents: readonly string[]
}

/** In the order in which they were made, those of the file first; `open`: that are in force or will be. */
export function listMutes(
  mutes: Iterable<Mute>,
  casebook: Pick<Casebook, 'mutedBy'>,
  { kind, state }: { readonly kind: Mute['kind']; readonly state: 'open' | 'all' },
  now: Instant,
): List<MuteItem> {
  const shown = [...mutes].filter((mute) => mute.kind === kind && (state === 'all' || !isSpent(mute, now)))
  return { items: shown.map((mute) => muteItem(mute, casebook, now)), next: null }
}

export function muteItem(mute: Mute, casebook: Pick<Casebook, 'mutedBy'>, now: Instant): MuteItem {
  const { id, kind, match, when, by, reason, declaredBy } = mute
  const spell = spellAt(mute, now)
  const once = 'until' in when ? when : undefined
  const repeating = 'cron' in when ? when : undefined
  return {
    ...{ id, match },
    from: whenever(once?.from),
    until: whenever(once?.until),
    cron: repeating?.cron ?? null,
    zone: repeating?.zone ?? null,
    forMs: repeating?.for ?? null,
    ...{ by, reason, declaredBy, active: spell !== undefined },
    activeUntil: whenever(spell?.until),
    nextAt: whenever(nextSpell(mute, now)),
    incidents: [...casebook.mutedBy(kind, id)].slice(0, MOST_INCIDENTS),
  }
}
