// Brings pages to channels: what is queued and not settled is tried until it is delivered or refused for good, and
// what became of it is a fact. A page leaves only after its own fact is on disk (or, on a full disk, in memory).
import type { Fact, GatewayFact } from '../domain/fact.ts'
import { pageId } from '../domain/names.ts'
import { incidentPage, noticePage, type PageBody } from '../domain/page.ts'
import type { Instant } from '../domain/time.ts'
import type { Unsettled } from './casebook.ts'
import type { Channel, Delivery, Stop } from './channel.ts'
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
  #url: string

  constructor(world: PagerWorld, channels: ReadonlyMap<string, Channel>, url: string) {
    this.#world = world
    this.#channels = channels
    this.#url = url
  }

  configure(channels: ReadonlyMap<string, Channel>, url: string): void {
    this.#channels = channels
    this.#url = url
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

  /** Takes the pages among facts that may now be acted on, and tries them at once. */
  take(facts: Iterable<Fact>): void {
    const now = this.#world.now()
    let any = false
    for (const fact of facts) {
      if (fact.type !== 'page.queued' && fact.type !== 'notice.queued') continue
      this.#lane(fact.channel).add(fact, now)
      this.#world.counters.add('pages', 'queued')
      any = true
    }
    if (any) this.tick(now)
  }

  /** Starts every try that is due. */
  tick(now: Instant): void {
    if (this.#world.stop.aborted || !this.#world.ledger.maySpeak()) return
    for (const [name, lane] of this.#lanes) for (const job of lane.start(now)) void this.#try(name, lane, job)
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

  async #deliver(name: string, job: Job): Promise<Delivery> {
    const channel = this.#channels.get(name)
    if (channel === undefined) return { kind: 'refused', why: `no channel is called ${name}` }
    const body = this.#compose(job)
    if (body === undefined) return { kind: 'refused', why: 'its incident is not known any more' }
    return channel.deliver({ id: job.page.page, body: JSON.stringify(body) }, this.#world.stop)
  }

  #compose({ page, attempts }: Job): PageBody | undefined {
    const subject = { id: page.page, kind: page.kind, channel: page.channel, queuedAt: page.at, attempt: attempts }
    if (page.type === 'notice.queued') return noticePage({ ...subject, step: 0 }, page.text, this.#url)
    const { registry } = this.#world
    const incident = registry.incidents.get(page.incident)
    if (incident === undefined) return undefined
    const terms = registry.roster.termsOf(registry.find(incident.heartbeat))
    return incidentPage({ ...subject, step: page.step }, incident, terms, this.#url)
  }

  /** A channel that fails is told of on the others, once; and once more when it is back. */
  #health(name: string, lane: Lane, delivery: Delivery, ending: Ending | undefined, now: Instant): readonly Fact[] {
    const known = this.#world.registry.failedChannels.has(name)
    if (delivery.kind === 'delivered')
      return known ? [{ type: 'channel.recovered', at: now, seenAt: now, channel: name }] : []
    if (known || !(lane.isFailing(now) || ending?.outcome === 'refused')) return []
    const text = `Channel ${name} can't be reached: ${delivery.why}. Its pages wait, and it is tried on.`
    const notices = [...this.#channels.keys()]
      .filter((other) => other !== name)
      .map(
        (channel): GatewayFact => ({
          type: 'notice.queued',
          at: now,
          seenAt: now,
          page: pageId(`channel:${name}:${now}`, 'channel.failed', channel),
          kind: 'channel.failed',
          channel,
          text,
        }),
      )
    return [{ type: 'channel.failed', at: now, seenAt: now, channel: name, why: delivery.why }, ...notices]
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
    ? { type: 'notice.settled', ...common }
    : { type: 'page.settled', heartbeat: page.heartbeat, incident: page.incident, ...common }
}
