// All heartbeats that the gateway has, or all that fit, over as many pages as it takes.
import type { Duration } from '../domain/time.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { type Api, ask, type NoAnswer } from './gateway-api.ts'

export type Item = {
  readonly name: string
  readonly verdict: Verdict
  readonly since: string
  readonly lastSignalAt: string | null
  readonly dueAt: string | null
  readonly owner: string
  readonly incident: string | null
}

/** `filter` is the query of the API's list. */
export function allHeartbeats(
  api: Api,
  filter: Readonly<Record<string, string>>,
  longest?: Duration,
): Promise<readonly Item[] | NoAnswer> {
  return allOf(api, filter, isItem, longest)
}

/** The same with what `is` knows of each. */
export async function allOf<T>(
  api: Api,
  filter: Readonly<Record<string, string>>,
  is: (json: unknown) => json is T,
  longest?: Duration,
): Promise<readonly T[] | NoAnswer> {
  const isPage = (json: unknown): json is { readonly items: readonly T[]; readonly next: string | null } => {
    const { items, next } = (json ?? {}) as { readonly items?: unknown; readonly next?: unknown }
    return Array.isArray(items) && items.every(is) && (next === null || typeof next === 'string')
  }
  const all: T[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const query = new URLSearchParams({ ...filter, limit: '1000', ...(after !== undefined && { after }) })
    const page = await ask(api, { path: `heartbeats?${query}`, ...(longest && { longest }) }, isPage)
    if ('why' in page) return page
    for (const item of page.items) all.push(item)
    // A gateway that does not go on is not asked for ever.
    after = page.next === after ? null : page.next
  }
  return all
}

export function isItem(json: unknown): json is Item {
  const { name, verdict, since } = (json ?? {}) as Partial<Item>
  return typeof name === 'string' && typeof since === 'string' && VERDICTS.includes(verdict as Verdict)
}
