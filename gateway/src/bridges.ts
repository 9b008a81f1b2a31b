// Bridges to the brokers of others, put together, and anew when the configuration changes. A bridge that did not change goes on.
import { createHash } from 'node:crypto'
import { Bridge } from './adapters/bridge.ts'
import type { BridgeStatus, BridgeWorld } from './adapters/bridge-world.ts'
import { systemClock as clock } from './adapters/clock.ts'
import type { Log } from './adapters/log.ts'
import { termsOfUnknown } from './adapters/mqtt-signal.ts'
import { startTicker } from './adapters/ticker.ts'
import type { Adopters } from './adopters.ts'
import type { Newcomers } from './app/newcomers.ts'
import type { Watch } from './app/watch.ts'
import type { Settings } from './config/settings.ts'
import { isBridge } from './domain/signal.ts'

export type Bridges = {
  configure(settings: Settings): Promise<void>
  status(): readonly BridgeStatus[]
  /** Lets what was heard settle; the brokers keep what comes until we are back. */
  stop(): Promise<void>
}

export type BridgesWorld = {
  readonly watch: Watch
  readonly newcomers: Newcomers
  /** From which the name of this gateway is made. */
  readonly master: Buffer
  readonly log: Log
  readonly adopters: Pick<Adopters, 'for'>
}

const TICK = 50

export function startBridges({ watch, newcomers, master, log, adopters }: BridgesWorld): Bridges {
  const { intake, counters, hearing, registry } = watch
  const { now } = clock
  const gateway = createHash('sha256').update(master).update('bridge').digest('hex').slice(0, 8)
  const bridges = new Map<string, { readonly bridge: Bridge; readonly text: string }>()
  let live: Pick<Settings, 'signals' | 'defaults'> | undefined
  const world: BridgeWorld = {
    ...{ intake, counters, gateway, log, now, random: Math.random },
    newArrival: (name) => newcomers.note(name, now()),
    adopter: (source) => adopters.for(source),
    rules: {
      intake,
      create: () => live && termsOfUnknown({ create: live.signals.create, defaults: live.defaults }),
    },
    hearing: {
      prove: (source, at) => hearing.prove(source, at),
      isAsked: (source) => hearing.isAsked(source),
      forget: (source) => hearing.forget(source),
      deafen: (source, since) => watch.deafen(source, since, 'link'),
      hearAgain: (source) => watch.hearAgain(source),
    },
  }
  const stopTicker = startTicker(TICK, now, (at) => {
    for (const { bridge } of bridges.values()) bridge.tick(at)
  })

  async function replace(settings: Settings): Promise<void> {
    live = settings
    const wanted = new Map(settings.bridges.map((options) => [options.name, options]))
    const gone = [...bridges].filter(([name, { text }]) => JSON.stringify(wanted.get(name)) !== text)
    for (const [name] of gone) bridges.delete(name)
    await Promise.all(gone.map(([, { bridge }]) => bridge.stop(true)))
    for (const [name, options] of wanted)
      if (!bridges.has(name)) bridges.set(name, { bridge: new Bridge(options, world), text: JSON.stringify(options) })
    // A bridge that another configuration had, and that was deaf when the gateway ended.
    for (const source of registry.casebook.deaf.keys())
      if (isBridge(source) && !wanted.has(source.slice('bridge:'.length))) watch.hearAgain(source)
  }

  /** One after the other: a bridge takes its leave before its successor comes. */
  let turn: Promise<void> = Promise.resolve()
  return {
    configure(settings) {
      turn = turn.then(() => replace(settings))
      return turn
    },
    status: () => [...bridges.values()].map(({ bridge }) => bridge.status),
    async stop() {
      stopTicker()
      await turn
      await Promise.all([...bridges.values()].map(({ bridge }) => bridge.stop(false)))
    },
  }
}
