// Numbers that only grow, by name and label; the edge that shows metrics reads them.

export type CounterName =
  | 'signals_accepted' // by via
  | 'signals_refused' // by reason
  | 'devices_refused' // by reason
  | 'signals_duplicate'
  | 'signals_coalesced'
  | 'mqtt_connects'
  | 'connections_refused' // by why: all address rate
  | 'signals_retained_ignored'
  | 'alerts_taken'
  | 'pages' // by outcome: queued delivered refused expired retried

export class Counters {
  readonly #counts = new Map<CounterName, Map<string, number>>()

  add(name: CounterName, label = '', by = 1): void {
    let labels = this.#counts.get(name)
    if (labels === undefined) {
      labels = new Map()
      this.#counts.set(name, labels)
    }
    labels.set(label, (labels.get(label) ?? 0) + by)
  }

  *entries(): Iterable<readonly [name: CounterName, label: string, count: number]> {
    for (const [name, labels] of this.#counts) for (const [label, count] of labels) yield [name, label, count]
  }
}
