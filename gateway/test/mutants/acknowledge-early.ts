// The gateway with one fault: a signal is acknowledged when it was judged, not when it is on disk.
import { SqliteLedger } from '../../src/adapters/ledger-sqlite.ts'
import type { Arrival, Settled } from '../../src/app/ports.ts'

const { receive } = SqliteLedger.prototype

SqliteLedger.prototype.receive = function (this: SqliteLedger, arrival: Arrival, settled: Settled): void {
  receive.call(this, arrival, () => undefined)
  settled('durable')
}

await import('../../src/main.ts')
