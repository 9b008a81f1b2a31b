// Every heartbeat that a gateway knows, page by page.
import type { Declared } from '../audit/compare.ts'
import { type Api, ask, type NoAnswer } from './gateway-api.ts'

export async function fetchHeartbeats(api: Api): Promise<readonly Declared[] | NoAnswer> {
  const declared: Declared[] = []
  for (let after = ''; ; ) {
    const page = await ask(
      api,
      { path: `heartbeats?limit=${AT_ONCE}${after && `&after=${encodeURIComponent(after)}`}` },
      isPage,
    )
    if ('why' in page) return page
    declared.push(...page.items)
    if (page.next === null || page.next === after) return declared
    after = page.next
  }
}

type Page = { readonly items: readonly Declared[]; readonly next: string | null }

const AT_ONCE = 1000

function isPage(json: unknown): json is Page {
  const { items, next } = (json ?? {}) as Partial<Page>
  return Array.isArray(items) && (next === null || typeof next === 'string') && items.every(isDeclared)
}

function isDeclared(item: unknown): boolean {
  const { name, group, schedule, tags } = (item ?? {}) as Partial<Declared>
  return [name, group, schedule].every((text) => typeof text === 'string') && Array.isArray(tags)
}
