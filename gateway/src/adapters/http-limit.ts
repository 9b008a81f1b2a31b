// How often something may go wrong from one address in a while, in bounded memory.
import { isIPv6 } from 'node:net'
import { type Duration, type Instant, MINUTE } from '../domain/time.ts'

export type Limit = {
  /** When it may be tried again; undefined: now. */
  blockedUntil(address: string, now: Instant): Instant | undefined
  count(address: string, now: Instant): void
}

/** So many in a minute that begins with the first. */
export function createLimit(most: number): Limit {
  const counts = new Map<string, { count: number; readonly until: Instant }>()
  return {
    blockedUntil(address, now) {
      const found = counts.get(networkOf(address))
      return found !== undefined && found.count >= most && isWithin(found.until, now) ? found.until : undefined
    },
    count(address, now) {
      const network = networkOf(address)
      const found = counts.get(network)
      if (found !== undefined && isWithin(found.until, now)) {
        found.count++
        return
      }
      counts.delete(network)
      if (counts.size >= MOST_KNOWN) counts.delete(counts.keys().next().value as string)
      counts.set(network, { count: 1, until: now + LASTS })
    },
  }
}

const LASTS: Duration = MINUTE
const MOST_KNOWN = 10_000

/** A clock that was set back blocks nobody for longer. */
function isWithin(until: Instant, now: Instant): boolean {
  return now < until && now >= until - LASTS
}

/** Of IPv6 its /64, which is what one customer gets. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.includes('.')) return address
  const [head = [], tail = []] = address.split('::').map((half) => (half === '' ? [] : half.split(':')))
  const zeros = new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail].slice(0, 4).join(':')
}
