// The history of one heartbeat's signals, newest first.
import type { Name } from '../domain/names.ts'
import { type Duration, formatInstant } from '../domain/time.ts'
import type { Ledger, Numbered } from './ports.ts'
import type { List } from './read.ts'

export type SignalItem = {
  readonly seq: number
  readonly kind: string
  readonly at: string
  readonly receivedAt: string
  readonly via: string
  readonly run: string | null
  readonly durationMs: Duration | null
  readonly exit: number | null
  readonly killedBy: string | null
  readonly message: string | null
  readonly metrics: Readonly<Record<string, number>> | null
  /** 0: it came without a body. */
  readonly bodyBytes: number
}

/** Facts walked for one answer; a heartbeat that changes its verdict all the time has more facts than signals. */
const MOST_WALKED = 10_000
/** Facts asked for at once, however few signals are wanted. */
const LEAST_STRIDE = 100

/** Signals older than the fact numbered `before`. */
export async function listSignals(
  ledger: Pick<Ledger, 'history'>,
  name: Name,
  before: number,
  limit: number,
): Promise<List<SignalItem>> {
  const items: SignalItem[] = []
  const stride = Math.max(limit, LEAST_STRIDE)
  let from = before
  for (let walked = 0; walked < MOST_WALKED; ) {
    const facts = await ledger.history(name, from, stride)
    for (const numbered of facts) {
      from = numbered.seq
      const item = signalItem(numbered)
      if (item !== undefined) items.push(item)
      if (items.length === limit) return { items, next: String(from) }
    }
    if (facts.length < stride) return { items, next: null }
    walked += facts.length
  }
  return { items, next: String(from) }
}

function signalItem({ seq, fact }: Numbered): SignalItem | undefined {
  if (fact.type !== 'signal.received') return undefined
  const { signal, effect } = fact
  return {
    seq,
    kind: signal.kind,
    at: formatInstant(signal.at),
    receivedAt: formatInstant(signal.receivedAt),
    via: signal.via,
    run: signal.run ?? null,
    durationMs: signal.duration ?? effect?.duration ?? null,
    exit: signal.exit ?? null,
    killedBy: signal.killedBy ?? null,
    message: signal.message ?? null,
    metrics: signal.metrics ?? null,
    bodyBytes: signal.bodySize ?? 0,
  }
}
