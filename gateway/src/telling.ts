// What the ledger's store tells while it runs, and how far a start is: to the log, and to those who have to act on it.
import type { SqliteLedger } from './adapters/ledger-sqlite.ts'
import type { StoreEvents } from './adapters/ledger-store.ts'
import type { Log } from './adapters/log.ts'
import type { Watch } from './app/watch.ts'
import { SECOND } from './domain/time.ts'

/** A start that takes longer than this says how far it is, and again as often. */
const PROGRESS = SECOND

export function storeEvents({ ledger }: Watch<SqliteLedger>, log: Log, broken: (why: string) => void): StoreEvents {
  return {
    committed: (upTo) => ledger.committed(upTo),
    full(why) {
      log('ledger.full', { why })
      ledger.full()
    },
    recovered() {
      ledger.recovered()
      log('ledger.recovered', {})
    },
    broken(why) {
      log('ledger.broken', { why })
      ledger.stop()
      broken(why)
    },
    damaged: (why) => log('ledger.damaged', { why }),
    progress: (what, done, total) => log(`ledger.${what}`, { done, total }),
    unread: (cursor, facts) => log('ledger.unread', { cursor, facts }),
  }
}

export function sayProgress(log: Log): (done: number, total: number) => void {
  let nextAt = performance.now() + PROGRESS
  return (done, total) => {
    if (performance.now() < nextAt) return
    nextAt = performance.now() + PROGRESS
    log('ledger.replaying', { done, total, percent: Math.floor((100 * done) / total) })
  }
}
