// Brings pages to channels: what is queued and not settled is tried until it is delivered or refused for good, and
// what became of it is a fact. A page leaves only after its own fact is on disk (or, on a full disk, in memory).
import type { Fact } from '../domain/fact.ts'
import { pageId } from '../domain/names.ts'
import type { PageSetting } from '../domain/page-compose.ts'
import { type Duration, formatDuration, type Instant } from '../domain/time.ts'
import type { Unsettled } from './casebook.ts'
import type { Channel, Delivery, Stop } from './channel.ts'
import { compose } from './compose.ts'
import type { Counters } from './counters.ts'
import { type Ending, type Job, Lane } from './lane.ts'
import type { Ledger } from './ports.ts'
import type { Registry } from './registry.ts'

export type PagerWorld = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'append' | 'maySpeak'>
  readonly counters: Counters
  readonly now: () => Instant
  /** 0 to 1. */
  readonly random: () => number
  readonly stop: Stop
  readonly log: (fact: string, fields: Readonly<Record<string, unknown>>) => void
}

export class Pager {
  readonly #world: PagerWorld
  readonly #lanes = new Map<string, Lane>()
  #channels: ReadonlyMap<string, Channel>
  #setting: PageSetting

  constructor(world: PagerWorld, channels: ReadonlyMap<string, Channel>, setting: PageSetting) {
    this.#world = world
    this.#channels = channels
    this.#setting = setting
  }

  configure(channels: ReadonlyMap<string, Channel>, setting: PageSetting): void {
    this.#channels = channels
    this.#setting = setting
  }

  /** Pages still to be delivered. */
  get waiting(): number {
    let waiting = 0
    for (const lane of this.#lanes.values()) waiting += lane.waiting
    return waiting
  }

  /** Every channel, and how many incidents and notices wait for it. */
  *channels(): Iterable<readonly [name: string, waiting: number]> {
    for (const name of this.#channels.keys()) yield [name, this.#lanes.get(name)?.waiting ?? 0]
  }

  /** What the last try of a page that waits failed with. */
  whyWaits(page: Unsettled): string | undefined {
    return this.#lanes.get(page.channel)?.whyWaits(page)
  }

  /** Takes the pages and their ends among facts that may now be acted on, and tries what may leave now. */
  take(facts: Iterable<Fact>): void {
    const now = this.#world.now()
    let any = false
    for (const fact of facts) {
      if (fact.type === 'page.settled' || fact.type === 'notice.settled') this.#lane(fact.channel).settle(fact)
      else if (fact.type === 'page.queued' || fact.type === 'notice.queued') {
        this.#lane(fact.channel).add(fact, now)
        this.#world.counters.add('pages', 'queued')
      } else continue
      any = true
    }
    if (any) this.tick(now)
  }

  /** Starts every try that is due. */
  tick(now: Instant): void {
    if (this.#world.stop.aborted || !this.#world.ledger.maySpeak()) return
    for (const [name, lane] of this.#lanes) for (const job of lane.start(now)) void this.#try(name, lane, job)
  }

  /** Somebody set the clock. */
  shift(by: Duration): void {
    for (const lane of this.#lanes.values()) lane.shift(by)
  }

  async #try(name: string, lane: Lane, job: Job): Promise<void> {
    const delivery = await this.#deliver(name, job)
    if (this.#world.stop.aborted) return
    const now = this.#world.now()
    const ending = lane.answered(job, delivery, now, this.#world.random())
    this.#report(name, job.page, delivery, ending)
    const facts = [
      ...(ending === undefined ? [] : [settled(job, ending, now)]),
      ...this.#health(name, lane, delivery, ending, now),
    ]
    if (facts.length > 0) this.#world.ledger.append(facts)
    this.tick(now)
  }

  /** A bug in one channel, or in one page, must not end the process: the next start would meet it again. */
  async #deliver(name: string, job: Job): Promise<Delivery> {
    try {
      return await this.#send(name, job)
    } catch (error) {
      return { kind: 'retry', why: `could not be sent: ${error instanceof Error ? error.message : String(error)}` }
    }
  }

  async #send(name: string, job: Job): Promise<Delivery> {
    const channel = this.#channels.get(name)
    if (channel === undefined) return { kind: 'refused', why: `no channel is called ${name}` }
    const page = compose(job.page, job.attempts, this.#world.registry, this.#setting)
    if (page === undefined) return { kind: 'refused', why: 'its incident is not known any more' }
    return await channel.deliver(page, this.#world.stop)
  }

  /** A channel that fails is told of on the others, once; and once more when it is back. */
  #health(name: string, lane: Lane, delivery: Delivery, ending: Ending | undefined, now: Instant): readonly Fact[] {
    const failed = this.#world.registry.failedChannels.get(name)
    const times = { at: now, seenAt: now }
    if (delivery.kind === 'delivered') {
      if (failed === undefined) return []
      const text = `Channel ${name} works again, after ${formatDuration(now - failed.at)}.`
      return [
        { type: 'channel.recovered', ...times, channel: name },
        ...this.#tellOthers(name, 'channel.recovered', text, now),
      ]
    }
    if (failed !== undefined || !(lane.isFailing(now) || ending?.outcome === 'refused')) return []
    const text = `Channel ${name} can't be reached: ${delivery.why}. Its pages wait, and it is tried on.`
    return [
      { type: 'channel.failed', ...times, channel: name, why: delivery.why },
      ...this.#tellOthers(name, 'channel.failed', text, now),
    ]
  }

  #tellOthers(name: string, kind: 'channel.failed' | 'channel.recovered', text: string, now: Instant): readonly Fact[] {
    const others = [...this.#channels.keys()].filter((other) => other !== name)
    return others.map((channel) => ({
      ...{ type: 'notice.queued', at: now, seenAt: now, kind, channel, text, about: `channel ${name}` },
      page: pageId(`channel:${name}:${now}`, kind, channel),
    }))
  }

  #report(channel: string, page: Unsettled, delivery: Delivery, ending: Ending | undefined): void {
    this.#world.counters.add('pages', ending?.outcome ?? 'retried')
    const fields = { page: page.page, kind: page.kind, channel }
    this.#world.log(
      ending === undefined ? 'page.retried' : 'page.settled',
      delivery.kind === 'delivered' ? fields : { ...fields, why: delivery.why },
    )
  }

  #lane(channel: string): Lane {
    const lane = this.#lanes.get(channel) ?? new Lane()
    this.#lanes.set(channel, lane)
    return lane
  }
}

function settled({ page, attempts }: Job, { outcome, why }: Ending, now: Instant): Fact {
  const common = { at: now, seenAt: now, page: page.page, channel: page.channel, outcome, attempts, why }
  return page.type === 'notice.queued'
    ? { type: 'notice.settled', ...common, ...subjectOf(page) }
    : { type: 'page.settled', heartbeat: page.heartbeat, incident: page.incident, ...common }
}

function subjectOf({ storm, about }: Extract<Unsettled, { type: 'notice.queued' }>): {
  storm?: string
  about?: string
} {
  return { ...(storm !== undefined && { storm }), ...(about !== undefined && { about }) }
}
