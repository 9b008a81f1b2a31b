// What the ledger needs besides facts: a watermark each second, snapshots of what changed, and an end to what is old.
import type { Registry } from '../app/registry.ts'
import { type Duration, HOUR, type Instant, SECOND } from '../domain/time.ts'
import { Snapshots } from './ledger-snapshot.ts'
import type { SqliteLedger } from './ledger-sqlite.ts'
import type { Store } from './ledger-store.ts'

/** Pages of states that are saved each second, at least; a minute brings all that changed. */
const LEAST_PAGES = 8
const TURNS = 60

export type Retention = { readonly facts: Duration; readonly bodies: Duration }

export class LedgerUpkeep {
  readonly #store: Store
  readonly #ledger: SqliteLedger
  readonly #registry: Registry
  readonly #snapshots: Snapshots
  #nextTurnAt: Instant = 0
  #nextPruneAt: Instant = 0

  constructor(store: Store, ledger: SqliteLedger, registry: Registry) {
    this.#store = store
    this.#ledger = ledger
    this.#registry = registry
    this.#snapshots = new Snapshots(registry)
  }

  /** Does what a second asks for, at most once a second. */
  turn(now: Instant, retention: Retention): void {
    if (now < this.#nextTurnAt && now > this.#nextTurnAt - 2 * SECOND) return
    this.#nextTurnAt = now + SECOND
    if (this.#ledger.state !== 'ok') return
    this.#store.watermark(now)
    this.snapshot(Math.max(LEAST_PAGES, Math.ceil(this.#registry.dirty.size / TURNS)))
    if (now < this.#nextPruneAt) return
    this.#nextPruneAt = now + HOUR
    this.#store.prune({ factsBefore: now - retention.facts, bodiesBefore: now - retention.bodies })
  }

  /** Saves `pages` pages of states; the facts that made them go first. */
  snapshot(pages: number): void {
    this.#ledger.flush()
    const snapshot = this.#snapshots.take(pages, this.#ledger.latest)
    if (snapshot.parts.length > 0) this.#store.snapshot(snapshot)
  }
}
