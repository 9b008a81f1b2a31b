// The whole gateway but its protocols, on a virtual clock: the real watch, judge and pager over a ledger in memory and
// channels that remember what they were given.

import { MemoryLedger } from '../src/adapters/ledger-memory.ts'
import type { Channel, Delivery } from '../src/app/channel.ts'
import type { Clock } from '../src/app/ports.ts'
import { Watch, type WatchSettings } from '../src/app/watch.ts'
import { NO_POLICY, type Policy } from '../src/domain/escalation.ts'
import type { Fact } from '../src/domain/fact.ts'
import { DEFAULT_TERMS, type Terms } from '../src/domain/heartbeat.ts'
import type { PageBody } from '../src/domain/page.ts'
import type { Signal } from '../src/domain/signal.ts'
import type { Duration, Instant } from '../src/domain/time.ts'

/** What a story says of the configuration; everything else is as small as it can be. */
export type WorldSettings = Partial<Omit<WatchSettings, 'channels' | 'pages'>> & {
  readonly channels?: readonly string[]
}

export type Sent = { readonly at: Instant; readonly channel: string; readonly id: string; readonly body: PageBody }

/** What a channel answers, now or when the virtual clock has passed. */
export type Answer = (page: PageBody) => Delivery | Promise<Delivery>

/** A clock that moves only when told to; the three readings can be made to disagree. */
export class VirtualClock implements Clock {
  wall: Instant
  elapsed = 0
  suspended = 0
  readonly #alarms: { readonly at: Duration; readonly ring: () => void }[] = []

  constructor(wall: Instant) {
    this.wall = wall
  }

  now(): Instant {
    return this.wall
  }

  monotonic(): number {
    return this.elapsed
  }

  sinceBoot(): number {
    return this.elapsed + this.suspended
  }

  pass(ms: number): void {
    this.wall += ms
    this.elapsed += ms
    while (this.nextAlarmIn <= 0) this.#alarms.shift()?.ring()
  }

  /** Resolves when so much time has passed. */
  after(ms: Duration): Promise<void> {
    return new Promise((ring) => {
      this.#alarms.push({ at: this.elapsed + ms, ring })
      this.#alarms.sort((a, b) => a.at - b.at)
    })
  }

  get nextAlarmIn(): Duration {
    return (this.#alarms[0]?.at ?? Number.POSITIVE_INFINITY) - this.elapsed
  }
}

export class World {
  readonly clock: VirtualClock
  readonly sent: Sent[] = []
  watch: Watch<MemoryLedger>
  #stop = new AbortController()
  /** What each channel answers; delivered unless said otherwise. */
  readonly answers: Map<string, Answer> = new Map()

  #settings: WatchSettings

  constructor(at: Instant, settings: WorldSettings = {}) {
    this.clock = new VirtualClock(at)
    const { channels = ['ops'], zone = 'UTC', ...others } = settings
    const everybody: Policy = { ...NO_POLICY, name: 'default', steps: [{ after: 0, page: channels }] }
    this.#settings = {
      ...{ zone, policies: [everybody], responders: [], oncall: [], mutes: [], drills: [] },
      channels: new Map(channels.map((name) => [name, this.#channel(name)])),
      pages: { url: 'http://overdue.test', answers: () => ({}) },
      ...others,
    }
    this.watch = this.#build()
    this.watch.start(undefined, { version: 'test', tz: 'test' })
  }

  get facts(): readonly Fact[] {
    return this.watch.ledger.facts
  }

  declare(name: string, terms: Partial<Terms>): void {
    void this.watch.ledger.request({ kind: 'declare', name, terms: { ...DEFAULT_TERMS, ...terms } })
  }

  hear(name: string, signal: Partial<Signal> = {}): void {
    const now = this.clock.now()
    this.watch.intake.receive(
      { name, signal: { kind: 'ok', at: now, receivedAt: now, via: 'http', ...signal } },
      () => undefined,
    )
  }

  /** The configuration is read anew, with these changes. */
  configure(settings: Omit<WorldSettings, 'channels'>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.watch.configure(this.#settings)
  }

  /** Lets time pass, a tick a second, and every delivery that was started end when its channel answers. */
  async until(at: Instant): Promise<void> {
    await settle()
    while (this.clock.wall < at) {
      const known = this.facts.length
      const tickAt = Math.min(this.clock.wall + 1_000, at)
      while (this.clock.wall + this.clock.nextAlarmIn < tickAt) {
        this.clock.pass(this.clock.nextAlarmIn)
        await settle()
      }
      this.clock.pass(tickAt - this.clock.wall)
      do this.watch.tick()
      while (this.watch.isBehind)
      if (this.facts.length > known || this.watch.pager.waiting > 0) await settle()
    }
  }

  /** The process ends now and another begins `after` ms later, from nothing but the facts. */
  restart(after: Duration): void {
    const aliveUntil = this.clock.wall
    const { facts } = this
    this.#stop.abort()
    this.#stop = new AbortController()
    this.clock.pass(after)
    this.watch = this.#build()
    for (const fact of facts) this.watch.registry.fold(fact)
    this.watch.ledger.facts.push(...facts)
    this.watch.start(aliveUntil, { version: 'test', tz: 'test' })
  }

  #build(): Watch<MemoryLedger> {
    return new Watch(this.#settings, {
      clock: this.clock,
      random: () => 0.5,
      stop: this.#stop.signal,
      log: () => undefined,
      ledger: (judge, _registry, committed) => new MemoryLedger(judge, () => this.clock.now(), committed),
    })
  }

  #channel(name: string): Channel {
    return {
      name,
      deliver: async (page: PageBody): Promise<Delivery> => {
        const answer = (await this.answers.get(name)?.(page)) ?? { kind: 'delivered' as const }
        if (answer.kind === 'delivered')
          this.sent.push({ at: this.clock.now(), channel: name, id: page.id, body: page })
        return answer
      },
    }
  }
}

/** Runs what is waiting in promises. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve()
}
