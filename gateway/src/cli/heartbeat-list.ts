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
export async function allHeartbeats(
  api: Api,
  filter: Readonly<Record<string, string>>,
  longest?: Duration,
): Promise<readonly Item[] | NoAnswer> {
  const items: Item[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const query = new URLSearchParams({ ...filter, limit: '1000', ...(after !== undefined && { after }) })
    const page = await ask(api, { path: `heartbeats?${query}`, ...(longest && { longest }) }, isPage)
    if ('why' in page) return page
    for (const item of page.items) items.push(item)
    after = page.next
  }
  return items
}

export function isItem(json: unknown): json is Item {
  const { name, verdict, since } = (json ?? {}) as Partial<Item>
  return typeof name === 'string' && typeof since === 'string' && VERDICTS.includes(verdict as Verdict)
}

type Page = { readonly items: readonly Item[]; readonly next: string | null }

function isPage(json: unknown): json is Page {
  const { items, next } = (json ?? {}) as Partial<Page>
  return Array.isArray(items) && items.every(isItem) && (next === null || typeof next === 'string')
}
