// Verdicts as topics: `hbstate/<name>`, as if they were retained. Nothing is stored: whoever subscribes is told how things
// stand, and from then on of each change.
import type { States } from '../app/states.ts'
import { matches } from './mqtt-filter.ts'
import type { Publish } from './mqtt-packets.ts'

export class StateTopics {
  readonly #root: string
  readonly #states: Pick<States, 'current' | 'listen'>
  readonly #tell: (publish: Publish) => void
  #stopListening: (() => void) | undefined

  /** `tell` is called for each change from the first subscription on. */
  constructor(root: string, states: Pick<States, 'current' | 'listen'>, tell: (publish: Publish) => void) {
    this.#root = `${root}state`
    this.#states = states
    this.#tell = tell
  }

  /** What `filter` matches now. */
  *matching(filter: string): Iterable<Publish> {
    const [first, device = '#'] = filter.split('/')
    if (first !== this.#root && first !== '+' && first !== '#') return
    this.#stopListening ??= this.#states.listen((stand) => this.#tell(this.#publish(stand)))
    const isOne = device !== '+' && device !== '#' && first !== '#'
    for (const stand of this.#states.current(isOne ? device : undefined)) {
      const publish = this.#publish(stand)
      if (matches(filter, publish.topic)) yield publish
    }
  }

  close(): void {
    this.#stopListening?.()
  }

  /** An empty payload takes a retained message back. */
  #publish({ name, verdict = '' }: { readonly name: string; readonly verdict?: string | undefined }): Publish {
    const topic = `${this.#root}/${name}`
    return { topic, payload: Buffer.from(verdict), qos: 1, dup: false, retain: true, messageId: 0 }
  }
}
