// The gateway with one fault: a page is on record as delivered before it is sent.
import { SqliteLedger } from '../../src/adapters/ledger-sqlite.ts'
import type { Store } from '../../src/adapters/ledger-store.ts'
import { Lane } from '../../src/app/lane.ts'
import type { Instant } from '../../src/domain/time.ts'

/** Long enough for the thread of the ledger to commit. */
const COMMITS_WITHIN = 50

let ledger: SqliteLedger
const { open } = SqliteLedger.prototype
SqliteLedger.prototype.open = function (this: SqliteLedger, store: Store, next: number): void {
  ledger = this
  open.call(this, store, next)
}

const { start } = Lane.prototype
Lane.prototype.start = function* (this: Lane, now: Instant) {
  for (const job of start.call(this, now)) {
    const { page } = job
    if (page.type === 'page.queued') {
      const { heartbeat, incident, channel } = page
      const end = { outcome: 'delivered', attempts: 1, why: '' } as const
      const fact = {
        type: 'page.settled',
        heartbeat,
        incident,
        channel,
        page: page.page,
        at: now,
        seenAt: now,
      } as const
      ledger.append([{ ...fact, ...end }])
      ledger.flush()
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, COMMITS_WITHIN)
    }
    yield job
  }
}

await import('../pager-crash-points.ts')
