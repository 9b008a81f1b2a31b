// What the ledger has of an incident beside its own timeline: the signals around it, and how often each page was tried.
import type { Incident } from '../domain/incident.ts'
import type { Signal } from '../domain/signal.ts'
import type { Ledger } from './ports.ts'

export type Story = {
  /** From the last one before it opened on, oldest first; of many the newest. */
  readonly signals: readonly Signal[]
  /** By the page's id. */
  readonly tries: ReadonlyMap<string, { readonly attempts: number; readonly why: string }>
}

/** Facts walked: an incident of long ago is told without its signals. */
const MOST_WALKED = 1_000
const STRIDE = 200
const MOST_SIGNALS = 20

export async function storyOf(
  ledger: Pick<Ledger, 'history'>,
  { id, heartbeat, openedAt, resolvedAt = Number.POSITIVE_INFINITY }: Incident,
): Promise<Story> {
  const signals: Signal[] = []
  const tries = new Map<string, { attempts: number; why: string }>()
  let before = Number.MAX_SAFE_INTEGER
  for (let walked = 0; walked < MOST_WALKED; walked += STRIDE) {
    const facts = await ledger.history(heartbeat, before, STRIDE)
    for (const { seq, fact } of facts) {
      before = seq
      if (fact.type === 'page.settled' && fact.incident === id) tries.set(fact.page, fact)
      if (fact.type !== 'signal.received' || fact.at > resolvedAt) continue
      const isBefore = fact.at < openedAt
      if (isBefore || signals.length < MOST_SIGNALS) signals.push(fact.signal)
      // A broken link says less than what was heard before it.
      if (isBefore && fact.signal.kind !== 'will') return { signals: signals.reverse(), tries }
    }
    if (facts.length < STRIDE) break
  }
  return { signals: signals.reverse(), tries }
}
