// A watch over a ledger on real files and a virtual clock: opened, closed, opened again, as a process would.

import { readGroup } from '../src/adapters/ledger-codec.ts'
import { restore } from '../src/adapters/ledger-snapshot.ts'
import { SqliteLedger } from '../src/adapters/ledger-sqlite.ts'
import { openStore, type Store } from '../src/adapters/ledger-store.ts'
import { LedgerUpkeep } from '../src/adapters/ledger-upkeep.ts'
import { Audience } from '../src/app/audience.ts'
import type { Ledger } from '../src/app/ports.ts'
import type { Registry } from '../src/app/registry.ts'
import { Watch, type WatchWorld } from '../src/app/watch.ts'
import type { Fact } from '../src/domain/fact.ts'
import type { State, Terms } from '../src/domain/heartbeat.ts'
import type { VirtualClock } from './world.ts'

export class LedgerRoom {
  readonly clock: VirtualClock
  readonly watch: Watch<SqliteLedger>
  readonly upkeep: LedgerUpkeep
  readonly store: Store
  /** What the store said, in order: `full`, `recovered`, `broken`. */
  readonly said: string[]
  readonly losses: readonly string[]
  /** Facts that were folded at the start. */
  readonly replayed: number

  static async open(folder: string, clock: VirtualClock): Promise<LedgerRoom> {
    const said: string[] = []
    const watch = watchOver(
      clock,
      (judge, registry, committed) =>
        new SqliteLedger(judge, registry, () => clock.now(), {
          audience: new Audience(),
          committed,
          measured: () => undefined,
          wasDeaf: () => undefined,
        }),
    )
    const { ledger } = watch
    const opened = await openStore(folder, {
      committed: (upTo) => ledger.committed(upTo),
      full: () => {
        said.push('full')
        ledger.full()
      },
      recovered: () => {
        said.push('recovered')
        ledger.recovered()
      },
      broken: () => {
        said.push('broken')
        ledger.stop()
      },
      unread: () => undefined,
    })
    if ('refused' in opened) throw new Error(opened.refused)
    const { facts } = await restore(watch.registry, opened.store, opened.next, () => undefined)
    ledger.open(opened.store, opened.next)
    return new LedgerRoom(clock, watch, opened.store, said, opened.losses, facts)
  }

  private constructor(
    clock: VirtualClock,
    watch: Watch<SqliteLedger>,
    store: Store,
    said: string[],
    losses: readonly string[],
    replayed: number,
  ) {
    this.clock = clock
    this.watch = watch
    this.store = store
    this.said = said
    this.losses = losses
    this.replayed = replayed
    this.upkeep = new LedgerUpkeep(store, watch.ledger, watch.registry)
  }

  async facts(): Promise<readonly Fact[]> {
    const facts: Fact[] = []
    for await (const { bytes, first } of this.store.groups(1))
      for (const { fact } of readGroup(bytes, first, (number) => this.watch.registry.roster.nameOf(number)))
        facts.push(fact)
    return facts
  }

  async close(): Promise<void> {
    await this.watch.ledger.quiet()
    await this.store.close()
  }
}

export function watchOver<L extends Ledger>(clock: VirtualClock, ledger: WatchWorld<L>['ledger']): Watch<L> {
  return new Watch<L>(
    {
      ...{ zone: 'UTC', policies: [], channels: new Map(), responders: [], oncall: [], mutes: [], drills: [] },
      pages: { url: 'http://overdue.test', answers: () => ({}) },
    },
    { clock, random: () => 0.5, stop: new AbortController().signal, log: () => undefined, ledger },
  )
}

/** Everything that a registry knows, by name. */
export function contentsOf(registry: Registry): unknown {
  const heartbeats: Record<string, { readonly terms: Terms; readonly state: State; readonly lastSeq: number }> = {}
  for (const number of registry.roster.numbers()) {
    const { name, terms, state } = registry.heartbeat(number)
    heartbeats[name] = { terms, state, lastSeq: registry.lastSeq(number) }
  }
  const verdicts = [...registry.verdicts].filter(([, count]) => count > 0).sort()
  return { heartbeats, verdicts, casebook: registry.casebook.content(), numbers: registry.roster.count }
}
