// How many connections there may be, in all, from one address and new ones a second. Who comes faster waits outside, unread:
// a fleet that comes back at once is let in one after the other, and not sent away to come again.
import type { Counters } from '../app/counters.ts'
import { type Duration, SECOND } from '../domain/time.ts'

export type ConnectionLimits = {
  readonly connections: number
  /** Loopback does not count. */
  readonly perAddress: number
  readonly perSecond: number
}

export type Comer = { destroy(): void; once(event: 'close', gone: () => void): unknown }

/** Between two looks at who may come in. */
const TURN: Duration = 20
/** So many seconds' worth may wait. */
const PATIENCE = 10

export class Turnstile {
  readonly #limits: () => ConnectionLimits
  readonly #counters: Counters
  readonly #perAddress = new Map<string, number>()
  readonly #waiting: (() => void)[] = []
  #inside = 0
  #tokens = Number.POSITIVE_INFINITY
  #filledAt = performance.now()
  #timer: NodeJS.Timeout | undefined

  constructor(limits: () => ConnectionLimits, counters: Counters) {
    this.#limits = limits
    this.#counters = counters
  }

  /** `enter` is called now, later, or never. */
  admit(comer: Comer, address: string, enter: () => void): void {
    const { connections, perAddress, perSecond } = this.#limits()
    const site = siteOf(address)
    const fromThere = this.#perAddress.get(site) ?? 0
    if (this.#inside >= connections) return this.#refuse(comer, 'all')
    if (fromThere >= perAddress && !isLoopback(address)) return this.#refuse(comer, 'address')
    if (this.#waiting.length >= perSecond * PATIENCE) return this.#refuse(comer, 'rate')
    this.#inside++
    this.#perAddress.set(site, fromThere + 1)
    let isGone = false
    comer.once('close', () => {
      isGone = true
      this.#leave(site)
    })
    this.#waiting.push(() => {
      if (!isGone) enter()
    })
    this.#letIn()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#waiting.length = 0
  }

  #letIn(): void {
    const { perSecond } = this.#limits()
    const now = performance.now()
    this.#tokens = Math.min(perSecond, this.#tokens + ((now - this.#filledAt) / SECOND) * perSecond)
    this.#filledAt = now
    while (this.#tokens >= 1 && this.#waiting.length > 0) {
      this.#tokens--
      this.#waiting.shift()?.()
    }
    if (this.#waiting.length === 0 || this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#letIn()
    }, TURN)
  }

  #leave(site: string): void {
    this.#inside--
    const left = (this.#perAddress.get(site) ?? 1) - 1
    if (left > 0) this.#perAddress.set(site, left)
    else this.#perAddress.delete(site)
  }

  #refuse(comer: Comer, why: 'all' | 'address' | 'rate'): void {
    this.#counters.add('connections_refused', why)
    comer.destroy()
  }
}

/** An IPv6 network of 64 bits is one customer's. */
function siteOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = ''] = address.split('::', 1)
  const words = head.split(':')
  return words.length >= 4 ? words.slice(0, 4).join(':') : head
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.')
}
