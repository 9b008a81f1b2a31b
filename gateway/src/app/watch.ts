// The gateway without its protocols: what is heard goes to the ledger, the ledger's partition is judged, time moves by
// ticks, and what was decided goes to the pager. Stories on a virtual clock run this very thing.
import type { PlannedDrill } from '../domain/drill.ts'
import type { BlindCause, Fact } from '../domain/fact.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { PageSetting } from '../domain/page-compose.ts'
import type { Source } from '../domain/signal.ts'
import type { Instant } from '../domain/time.ts'
import { blindFacts, type Window } from './blindness.ts'
import type { Channel, Stop } from './channel.ts'
import { Counters } from './counters.ts'
import { DrillPlan } from './drill-plan.ts'
import { Hearing } from './hearing.ts'
import type { Intake } from './intake.ts'
import { PartitionJudge } from './judge.ts'
import { isLogged, loggable } from './loggable.ts'
import { Pager } from './pager.ts'
import type { Clock, Judge, Ledger } from './ports.ts'
import { Presences } from './presences.ts'
import { between, type Reading, read } from './pulse.ts'
import { Registry } from './registry.ts'
import { LiveScene, type SceneSettings } from './scene.ts'
import { silenceByUrl } from './url-silence.ts'

export type WatchSettings = Omit<SceneSettings, 'channels'> & {
  readonly channels: ReadonlyMap<string, Channel>
  readonly pages: Omit<PageSetting, 'zone'>
  readonly drills: readonly PlannedDrill[]
}

export type WatchWorld<L extends Ledger> = {
  readonly clock: Clock
  readonly random: () => number
  readonly stop: Stop
  readonly log: (fact: string, fields: Readonly<Record<string, unknown>>) => void
  /** `committed`: facts that may now be acted on. */
  readonly ledger: (judge: Judge, registry: Registry, committed: (facts: readonly Fact[]) => void) => L
}

export class Watch<L extends Ledger = Ledger> {
  readonly registry: Registry = new Registry()
  readonly counters: Counters = new Counters()
  readonly presences: Presences = new Presences()
  readonly ledger: L
  readonly pager: Pager
  readonly intake: Intake
  readonly hearing: Hearing = new Hearing()
  readonly #clock: Clock
  readonly #judge: PartitionJudge
  readonly #log: WatchWorld<L>['log']
  readonly #drills: DrillPlan
  #reading: Reading
  lastTickAt: Instant = 0
  /** How much later than its time the last tick came. */
  tickLag = 0

  constructor(settings: WatchSettings, world: WatchWorld<L>) {
    this.#clock = world.clock
    this.#log = world.log
    this.#reading = read(world.clock)
    const { hearing } = this
    const scene = new LiveScene(this.registry, namesOnly(settings), this.presences)
    this.#judge = new PartitionJudge(this.registry, hearing, scene)
    this.ledger = world.ledger(this.#judge, this.registry, (facts) => this.#committed(facts))
    this.pager = new Pager(
      {
        ...{ registry: this.registry, ledger: this.ledger, counters: this.counters },
        now: () => world.clock.now(),
        random: world.random,
        stop: world.stop,
        log: world.log,
      },
      settings.channels,
      { ...settings.pages, zone: settings.zone },
    )
    this.#drills = new DrillPlan(settings.drills, this.ledger, world.clock.now())
    this.intake = {
      has: (name) => this.registry.find(name) !== -1,
      clash: (name) => this.registry.roster.clash(name),
      receive: (arrival, settled) => this.ledger.receive(arrival, settled),
      hold: (name, receivedAt) => hearing.hold(name, receivedAt),
      silence: (name, order, settled) =>
        void silenceByUrl(name, order, this.ledger, this.registry.casebook.mutes.values()).then(settled),
    }
  }

  /** Begins to judge. `aliveUntil`: the last instant at which the process before this one was known to hear. */
  start(aliveUntil: Instant | undefined, about: { readonly version: string; readonly tz: string }): void {
    const now = this.#clock.now()
    this.#reading = read(this.#clock)
    this.#judge.wakeAll()
    if (aliveUntil !== undefined) this.blind({ source: 'gateway', from: aliveUntil, to: now, cause: 'restart' })
    this.ledger.append([{ type: 'gateway.started', at: now, seenAt: now, ...about }])
    this.pager.take([...this.registry.unsettled.values()])
  }

  /** Makes the heartbeats that a file declares what it says they are; those it no longer names go. */
  async declare(declared: readonly { readonly name: Name; readonly terms: Terms }[]): Promise<void> {
    const names = new Set(declared.map(({ name }) => name))
    const gone = [...this.registry.roster.numbers()].filter(
      (number) =>
        this.registry.roster.termsOf(number)?.declaredBy === 'file' &&
        !names.has(this.registry.roster.nameOf(number) as Name),
    )
    const removals = gone.map((number) =>
      this.ledger.request({ kind: 'remove', name: this.registry.roster.nameOf(number) as Name, by: 'file' }),
    )
    for (const { name, terms } of declared) void this.ledger.request({ kind: 'declare', name, terms })
    await Promise.all(removals)
  }

  configure(settings: WatchSettings): void {
    this.#judge.scene = new LiveScene(this.registry, namesOnly(settings), this.presences, this.#judge.scene.weather)
    this.pager.configure(settings.channels, { ...settings.pages, zone: settings.zone })
    this.#drills.configure(settings.drills, this.#clock.now())
  }

  /** Policies, names and mutes as they are now. */
  get scene(): LiveScene {
    return this.#judge.scene
  }

  /** We could not hear: what was expected meanwhile is not judged as silence. */
  blind(window: Window): void {
    const facts = blindFacts(window, this.registry, this.scene)
    if (facts.length > 0) this.ledger.append(facts)
  }

  /** `source` hears nothing since `since`; what it hears is not judged until it hears again. */
  deafen(source: Source, since: Instant, cause: BlindCause): void {
    if (this.registry.casebook.deaf.has(source)) return
    this.ledger.append([{ type: 'blind.begun', at: since, seenAt: this.#clock.now(), source, cause }])
  }

  /** `source` hears again: what it could not hear is a blind window. */
  hearAgain(source: Source): void {
    const begun = this.registry.casebook.deaf.get(source)
    if (begun !== undefined) this.blind({ source, from: begun.at, to: this.#clock.now(), cause: begun.cause })
  }

  /** `heardUntil`: what was readable by then has been read. */
  tick(heardUntil: Instant = this.#clock.now()): void {
    const reading = read(this.#clock)
    const { step, deaf } = between(this.#reading, reading)
    this.#reading = reading
    if (step !== undefined) {
      this.ledger.append([{ type: 'clock.stepped', at: step.to, seenAt: step.to, ...step }])
      this.pager.shift(step.to - step.from)
    }
    if (deaf !== undefined) this.blind({ source: 'gateway', ...deaf })
    const until = step === undefined && deaf === undefined ? heardUntil : reading.wall
    this.tickLag = Math.max(0, until - this.#judge.wakesAt)
    this.ledger.tick(until)
    this.#drills.tick(until)
    this.pager.tick(until)
    this.lastTickAt = until
  }

  /** More is due than one tick judges. */
  get isBehind(): boolean {
    return this.#judge.isBehind
  }

  #committed(facts: readonly Fact[]): void {
    for (const fact of facts) if (isLogged(fact)) this.#log(fact.type, loggable(fact))
    this.pager.take(facts)
  }
}

function namesOnly({ channels, ...settings }: WatchSettings): SceneSettings {
  return { ...settings, channels: [...channels.keys()] }
}
