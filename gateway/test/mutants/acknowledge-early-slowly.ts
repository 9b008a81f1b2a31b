// The gateway with one fault, on a slow disk: a signal is acknowledged when it was judged, not when it is on disk.
import { SqliteLedger } from '../../src/adapters/ledger-sqlite.ts'

const SLOW = 500
const { flush } = SqliteLedger.prototype

SqliteLedger.prototype.flush = function (this: SqliteLedger): void {
  setTimeout(() => flush.call(this), SLOW)
}

await import('./acknowledge-early.ts')
