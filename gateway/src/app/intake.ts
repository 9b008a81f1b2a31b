// What a protocol adapter may do with a signal that it understood: ask whether the name is known, hand it over;
// and with the wish that nobody is paged for a while.
import type { Name } from '../domain/names.ts'
import type { Instant } from '../domain/time.ts'
import type { Arrival, Settled } from './ports.ts'
import type { SilenceOrder } from './url-silence.ts'

export interface Intake {
  has(name: Name): boolean
  /** The known name that differs from `name` by case alone. */
  clash(name: Name): Name | undefined
  receive(arrival: Arrival, settled: Settled): void
  /**
   * The head of a signal is complete but its body is not: silence about `name` is not judged past `receivedAt`
   * until the returned function is called (once), or 15 s have passed.
   */
  hold(name: Name, receivedAt: Instant): () => void
  /** Nobody is paged about a known name for a while, or again from now on. It is no signal, and no sign of life. */
  silence(name: Name, order: SilenceOrder, settled: Settled): void
}
