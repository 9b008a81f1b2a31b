// What of the board is asked for: words, a verdict, an owner, a tag, a group. It lives in the address.
import type { HeartbeatFilter } from '../app/sieve.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { address, asked } from './query.ts'

export type Filter = {
  readonly q: string
  /** Empty: any. */
  readonly verdict: Verdict | ''
  readonly owner: string
  readonly tag: string
  readonly group: string
}

/** Stands for nobody, and for no group. */
export const NONE = '-'

export function readFilter(query: unknown): Filter {
  const verdict = VERDICTS.find((each) => each === asked(query, 'verdict')) ?? ''
  const [q, owner, tag, group] = ['q', 'owner', 'tag', 'group'].map((key) => asked(query, key))
  return { q: q ?? '', verdict, owner: owner ?? '', tag: tag ?? '', group: group ?? '' }
}

export function isFiltering(filter: Filter): boolean {
  return Object.values(filter).some((value) => value !== '')
}

/** As the lists take it. */
export function heartbeatFilter({ q, verdict, owner, tag, group }: Filter): HeartbeatFilter {
  return {
    ...(q !== '' && { q }),
    ...(verdict !== '' && { verdict }),
    ...(owner !== '' && { owner: owner === NONE ? '' : owner }),
    ...(tag !== '' && { tag }),
    ...(group !== '' && { group: group === NONE ? '' : group }),
  }
}

export function boardAddress(filter: Partial<Filter>, more: Readonly<Record<string, string | number>> = {}): string {
  return address('/', { ...filter, ...more })
}
