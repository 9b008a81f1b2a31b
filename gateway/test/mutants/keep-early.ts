// Preloaded into each thread, one fault: where the writing of time series stands is kept before the batch has arrived.
import { Outbox } from '../../src/adapters/influx-outbox.ts'

const { settle } = Outbox.prototype

Outbox.prototype.settle = async function (this: Outbox): Promise<boolean> {
  void settle.call(this)
  return true
}
