// What the gateway shows of the windows in which it could not hear.
import { formatInstant } from '../domain/time.ts'
import type { List } from './read.ts'
import type { Registry } from './registry.ts'

export type BlindItem = {
  readonly from: string
  readonly to: string
  readonly cause: string
  readonly source: string
  /** Heartbeats that were expected inside it and are not judged for it. */
  readonly unverified: number
}

/** Newest first; of a long history the last thousand. */
export function listBlind({ blind }: Pick<Registry, 'blind'>): List<BlindItem> {
  const items = blind.map(({ from, to, cause, source, unverified }) => ({
    ...{ from: formatInstant(from), to: formatInstant(to), cause, source, unverified },
  }))
  return { items: items.reverse(), next: null }
}
