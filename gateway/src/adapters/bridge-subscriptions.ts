// What a bridge is subscribed to on one connection: shared with its group, or plain. A session that the broker kept may still have
// the other of the two.
import type { BridgeLink } from './bridge-client.ts'
import { type GatewayId, type Hears, plainFilters, sharedFilters } from './bridge-filters.ts'

export class Subscriptions {
  readonly #shared: readonly string[]
  readonly #plain: readonly string[]
  isShared: boolean

  constructor(hears: Hears, gateway: GatewayId, isShared: boolean) {
    this.#shared = sharedFilters(hears, gateway)
    this.#plain = plainFilters(hears, gateway)
    this.isShared = isShared
  }

  /** Gives the first filter that the broker refuses; undefined: it takes all. */
  async ask(link: BridgeLink): Promise<string | undefined> {
    const filters = this.isShared ? this.#shared : this.#plain
    const granted = await Promise.all(filters.map((filter) => link.subscribe(filter)))
    return filters[granted.indexOf(false)]
  }

  async dropOthers(link: BridgeLink): Promise<void> {
    const [kept, others] = this.isShared ? [this.#shared, this.#plain] : [this.#plain, this.#shared]
    await Promise.all(others.filter((filter) => !kept.includes(filter)).map((filter) => link.unsubscribe(filter)))
  }

  async dropAll(link: BridgeLink): Promise<void> {
    await Promise.all([...this.#shared, ...this.#plain].map((filter) => link.unsubscribe(filter)))
  }
}
