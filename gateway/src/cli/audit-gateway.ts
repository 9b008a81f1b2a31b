// Every heartbeat that a gateway knows, page by page.
import type { Declared } from '../audit/compare.ts'
import { SECOND } from '../domain/time.ts'
import { bearer, reasonOf } from './gateway-url.ts'

export async function fetchHeartbeats(
  url: string,
  token: string,
): Promise<readonly Declared[] | { readonly why: string }> {
  const declared: Declared[] = []
  let after = ''
  for (;;) {
    const page = await fetchPage(
      `${url}/api/v1/heartbeats?limit=${AT_ONCE}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
      token,
      url,
    )
    if ('why' in page) return page
    declared.push(...page.items)
    if (page.next === null || page.next === after) return declared
    after = page.next
  }
}

type Page = { readonly items: readonly Declared[]; readonly next: string | null }

const AT_ONCE = 1000
const LONGEST_WAIT = 30 * SECOND

async function fetchPage(address: string, token: string, url: string): Promise<Page | { readonly why: string }> {
  try {
    const answer = await fetch(address, {
      headers: bearer(token),
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_WAIT),
    })
    if (answer.status === 401)
      return { why: `${url} does not know this token: set OVERDUE_TOKEN, or run where data/admin-token is` }
    const json: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : undefined
    if (isPage(json)) return json
    return {
      why:
        answer.status === 200 ? `${url} answered something else: is it Overdue?` : `${url} answered ${answer.status}`,
    }
  } catch (error) {
    return { why: `${url} can't be reached: ${reasonOf(error)}` }
  }
}

function isPage(json: unknown): json is Page {
  const { items, next } = (json ?? {}) as Partial<Page>
  return Array.isArray(items) && (next === null || typeof next === 'string') && items.every(isDeclared)
}

function isDeclared(item: unknown): boolean {
  const { name, group, schedule, tags } = (item ?? {}) as Partial<Declared>
  return [name, group, schedule].every((text) => typeof text === 'string') && Array.isArray(tags)
}
