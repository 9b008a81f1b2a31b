// The facts after one, in order, as far as the ledger still has them.
import type { Numbered } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import { readGroup } from './ledger-codec.ts'
import type { SqliteLedger } from './ledger-sqlite.ts'
import type { Store } from './ledger-store.ts'

export async function* factsAfter(
  after: number,
  upTo: number,
  store: Pick<Store, 'groups'>,
  ledger: Pick<SqliteLedger, 'flush'>,
  { roster }: Pick<Registry, 'roster'>,
): AsyncIterable<Numbered> {
  // What is asked of the store after this finds the latest facts there.
  ledger.flush()
  for await (const { first, bytes } of store.groups(after + 1))
    for (const { seq, fact } of readGroup(bytes, first, (number) => roster.nameOf(number))) {
      if (seq <= after) continue
      if (seq > upTo) return
      yield { seq, fact }
    }
}
