// The port behind which every way to reach a human stands: one try to deliver one page, answered with a value.
// It knows no schedule and no ledger; who calls it decides when to try again.
import type { PageBody } from '../domain/page.ts'
import type { Duration } from '../domain/time.ts'

/** What became of one attempt to deliver one page. */
export type Delivery =
  | { readonly kind: 'delivered' }
  /** `afterMs` is what the far side asked for, at most 15 min; `backoff.ts` decides. */
  | { readonly kind: 'retry'; readonly why: string; readonly afterMs?: Duration }
  /** The far side, or our own rules, will say the same again: a human has to change something. */
  | { readonly kind: 'refused'; readonly why: string }

/** The part of an `AbortSignal` that a channel needs; `app` is compiled without Node's types. */
export type Stop = {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}

export interface Channel {
  readonly name: string
  /** `page.id` is the same on every try. Never rejects: what goes wrong outside is a `retry` or `refused`. A stop ends the try as `retry`. */
  deliver(page: PageBody, signal: Stop): Promise<Delivery>
}
