// How the expected arrivals of one heartbeat went, told from its facts: each ok, fail, miss and run as one arrival with
// a mark.
import type { Fact, HeartbeatFact } from '../domain/fact.ts'
import type { Name } from '../domain/names.ts'
import type { Signal } from '../domain/signal.ts'
import type { Duration, Instant } from '../domain/time.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import type { Ledger } from './ports.ts'

export type Mark = Exclude<Verdict, 'unseen'>
export const MARKS: readonly Mark[] = VERDICTS.filter((verdict) => verdict !== 'unseen')

export type Arrival = {
  /** Of the latest fact about it. */
  readonly seq: number
  readonly mark: Mark
  /** When it ended, was judged, or, while it is open, began. */
  readonly at: Instant
  /** Absent: it only said how it ended. */
  readonly startedAt?: Instant
  readonly duration?: Duration
  /** Absent: silence was judged. */
  readonly signal?: Signal
  readonly isOpen: boolean
}

/** Facts asked for at once, and walked for each arrival at most: a run is rarely more than start, ok and two verdicts. */
const STRIDE = 64
const FACTS_EACH = 6

/** The latest arrivals, oldest first; all of them older than fact `before`. */
export async function readArrivals(
  ledger: Pick<Ledger, 'history'>,
  name: Name,
  limit: number,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<readonly Arrival[]> {
  const tale = new Tale()
  for (const { seq, fact } of (await factsFor(ledger, name, limit, { before })).facts) tale.tell(seq, fact)
  return tale.whole().slice(-limit)
}

/** Facts of a heartbeat between two, oldest first, as many as tell of so many arrivals; `isWhole`: none is left out. */
export async function factsFor(
  ledger: Pick<Ledger, 'history'>,
  name: Name,
  limit: number,
  { after = 0, before = Number.MAX_SAFE_INTEGER }: { readonly after?: number; readonly before?: number },
): Promise<{ readonly facts: readonly { seq: number; fact: HeartbeatFact }[]; readonly isWhole: boolean }> {
  const facts: { seq: number; fact: HeartbeatFact }[] = []
  let [from, ended] = [before, 0]
  while (facts.length < limit * FACTS_EACH && ended <= limit) {
    const some = await ledger.history(name, from, STRIDE)
    for (const { seq, fact } of some) {
      if (seq <= after) return { facts: facts.reverse(), isWhole: true }
      facts.push({ seq, fact: fact as HeartbeatFact })
      if (isEnding(fact)) ended++
      from = seq
    }
    if (some.length < STRIDE) return { facts: facts.reverse(), isWhole: after === 0 }
  }
  return { facts: facts.reverse(), isWhole: false }
}

function isEnding(fact: Fact): boolean {
  if (fact.type === 'signal.received') return fact.signal.kind === 'ok' || fact.signal.kind === 'fail'
  return fact.type === 'deadline.missed' || fact.type === 'deadline.unverified'
}

type Open = { seq: number; readonly startedAt: Instant; readonly signal?: Signal; mark: Mark; wasLate: boolean }

/** What the facts of one heartbeat tell of its arrivals; they are told in order, and each once. */
export class Tale {
  #ended: Arrival[] = []
  readonly #open = new Map<string, Open>()
  #verdict: Verdict | undefined
  /** It is slow to arrive, and did not yet. */
  #isLagging = false
  #upTo = 0
  readonly #isBrief: boolean

  /** `isBrief`: only how it went is kept, not what it said. */
  constructor(isBrief = false) {
    this.#isBrief = isBrief
  }

  /** Number of the last fact that was told. */
  get upTo(): number {
    return this.#upTo
  }

  tell(seq: number, fact: HeartbeatFact): void {
    if (seq <= this.#upTo) return
    this.#upTo = seq
    if (this.#ended.length > MOST_TOLD) this.#ended = this.#ended.slice(-MOST_TOLD / 2)
    switch (fact.type) {
      case 'signal.received':
        return this.#hear(seq, fact.signal, fact.effect?.lag === true ? undefined : fact.effect?.duration)
      case 'deadline.missed':
        return this.#silent(seq, 'missed', fact.at)
      case 'deadline.unverified':
        return this.#silent(seq, 'unverified', fact.due)
      case 'run.overran':
        return this.#mark(seq, fact.run, fact.startedAt, 'overrun')
      case 'run.unverified':
        return this.#mark(seq, fact.run, fact.startedAt, 'unverified')
      case 'verdict.changed':
        this.#verdict = fact.to
        if (fact.to === 'slow') this.#slow(fact.at)
        if (fact.to === 'paused') this.#silent(seq, 'paused', fact.at)
        return
      default:
    }
  }

  whole(): readonly Arrival[] {
    const open = [...this.#open.values()].map(({ seq, startedAt, signal, mark }) => ({
      ...{ seq, mark, at: startedAt, startedAt, isOpen: true },
      ...(signal !== undefined && { signal }),
    }))
    return [...this.#ended, ...open]
  }

  #hear(seq: number, signal: Signal, measured: Duration | undefined): void {
    const id = signal.run ?? ''
    if (signal.kind === 'start') {
      const begun = { seq, startedAt: signal.at }
      this.#open.set(id, { ...begun, signal: this.#brief(signal), mark: 'running', wasLate: this.#wasLate() })
      return
    }
    if (signal.kind !== 'ok' && signal.kind !== 'fail') return
    const run = this.#open.get(id)
    this.#open.delete(id)
    const duration = signal.duration ?? measured ?? (run && signal.at - run.startedAt)
    const startedAt = run?.startedAt ?? (duration === undefined ? undefined : signal.at - duration)
    this.#ended.push({
      ...{ seq, mark: this.#markOf(signal, run), at: signal.at, signal: this.#brief(signal), isOpen: false },
      ...(duration !== undefined && { duration }),
      ...(startedAt !== undefined && { startedAt }),
    })
    this.#isLagging = false
  }

  #brief({ kind, at, receivedAt, via, ...rest }: Signal): Signal {
    return this.#isBrief ? { kind, at, receivedAt, via } : { kind, at, receivedAt, via, ...rest }
  }

  #markOf({ kind }: Signal, run: Open | undefined): Mark {
    if (kind === 'fail') return 'failed'
    if (run !== undefined && run.mark !== 'running') return run.mark
    if (this.#isLagging) return 'slow'
    return (run === undefined ? this.#wasLate() : run.wasLate) ? 'late' : 'ok'
  }

  #wasLate(): boolean {
    return this.#verdict === 'late' || this.#verdict === 'missed'
  }

  #silent(seq: number, mark: Mark, at: Instant): void {
    this.#ended.push({ seq, mark, at, isOpen: false })
  }

  #mark(seq: number, id: string, startedAt: Instant, mark: Mark): void {
    const run = this.#open.get(id) ?? { seq, startedAt, mark, wasLate: false }
    run.mark = mark
    this.#open.set(id, run)
  }

  /** Of what just ended, of what is open, or of what is still waited for. */
  #slow(at: Instant): void {
    const last = this.#ended.at(-1)
    const open = [...this.#open.values()].find(({ mark }) => mark === 'running')
    if (last?.signal !== undefined && last.at === at) this.#ended[this.#ended.length - 1] = { ...last, mark: 'slow' }
    else if (open !== undefined) open.mark = 'slow'
    else this.#isLagging = true
  }
}

/** Arrivals that a tale remembers. */
const MOST_TOLD = 1_000
