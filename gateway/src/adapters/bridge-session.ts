// One connection of a bridge, from CONNECT to its end: what it subscribes to, its probe, and what it hears. What is not on disk is
// not acknowledged: then the connection ends, and the broker delivers again on the next one.
//
//   connecting -> subscribing -> unproven -> proven; ends from each of them, once
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { Canary, PROBE_PATIENCE, readProbe, writeProbe } from './bridge-canary.ts'
import { type BridgeLink, type LinkEnd, MOST_IN_FLIGHT, openLink } from './bridge-client.ts'
import { canaryTopic, isProbe } from './bridge-filters.ts'
import { Subscriptions } from './bridge-subscriptions.ts'
import type { SessionWorld } from './bridge-world.ts'
import type { Publish } from './mqtt-packets.ts'

export class BridgeSession {
  readonly #world: SessionWorld
  readonly #canary = new Canary()
  readonly #topic: string
  readonly #subscriptions: Subscriptions
  #link: BridgeLink | undefined
  #end: LinkEnd | undefined
  /** Since when it waits for the broker to answer its subscriptions. */
  #askedAt: Instant | undefined
  #isSubscribed = false
  #isProven = false
  #hasHeard = false
  #losses = 0
  /** Since when the calls to neighbours are under way, and how many copies of them came back. */
  #calledAt: Instant | undefined
  #callsBack = 0
  /** Asks the library for the next message, when there is room for one. */
  #parked: (() => void) | undefined

  constructor(world: SessionWorld, isShared: boolean) {
    this.#world = world
    this.#subscriptions = new Subscriptions(world.hears, world.gateway, isShared)
    this.#topic = canaryTopic(world.hears, world.gateway)
  }

  get isShared(): boolean {
    return this.#subscriptions.isShared
  }

  async open(): Promise<void> {
    let resumed: boolean | undefined
    try {
      const link = await openLink(this.#world.link, {
        opened: (isResumed) => {
          resumed = isResumed
          if (this.#link !== undefined) void this.#subscribe(this.#link, isResumed)
        },
        heard: (publish, next) => this.#hear(publish, next),
        closed: (end) => this.#close(end),
      })
      this.#link = link
      if (this.#end !== undefined) link.end(this.#end.why)
      else if (resumed !== undefined) void this.#subscribe(link, resumed)
    } catch (error) {
      this.#close({ why: (error as Error).message })
    }
  }

  tick(now: Instant, isAsked: boolean): void {
    if (this.#end !== undefined) return
    if (!this.#isSubscribed) {
      if (this.#askedAt !== undefined && now - this.#askedAt > ANSWERS_WITHIN) this.end('no answer to SUBSCRIBE')
      return
    }
    if (this.#calledAt !== undefined && now - this.#calledAt >= PROBE_PATIENCE) this.#countCalls()
    const turn = this.#canary.turn(now, isAsked)
    if (turn === 'send') this.#probe(now)
    else if (turn === 'lost') this.#lose()
  }

  end(why: string): void {
    if (this.#link === undefined) this.#close({ why })
    else this.#link.end(why)
  }

  /** Hears no more, lets what it heard settle and be acknowledged, and goes; for good: the broker keeps nothing for us. */
  async leave(isForGood: boolean): Promise<void> {
    const link = this.#link
    if (link === undefined || this.#end !== undefined) return this.end('we took our leave')
    if (isForGood) void this.#subscriptions.dropAll(link)
    await Promise.race([this.#world.ear.quiet(), new Promise((resolve) => setTimeout(resolve, SETTLES_WITHIN))])
    await link.leave(isForGood)
  }

  #close(end: LinkEnd): void {
    if (this.#end !== undefined) return
    this.#end = end
    this.#world.ended(end)
  }

  async #subscribe(link: BridgeLink, isResumed: boolean): Promise<void> {
    const { ear, now } = this.#world
    if (!isResumed) ear.startAnew()
    this.#askedAt = now()
    const refused = await this.#subscriptions.ask(link)
    if (refused === undefined) {
      this.#isSubscribed = true
      if (isResumed) await this.#subscriptions.dropOthers(link)
    } else if (this.isShared && this.#world.mayGoPlain) await this.#goPlain(`the broker refuses ${refused}`)
    else this.end(`the broker refuses the subscription ${refused}`)
  }

  /** First the new, then without the old: for a moment a message may come twice, and none is missed. */
  async #goPlain(why: string): Promise<void> {
    const link = this.#link
    if (link === undefined) return
    this.#subscriptions.isShared = false
    this.#askedAt = this.#world.now()
    this.#world.wentPlain(why)
    const refused = await this.#subscriptions.ask(link)
    if (refused !== undefined) return this.end(`the broker refuses the subscription ${refused}`)
    this.#isSubscribed = true
    this.#canary.hurry()
    await this.#subscriptions.dropOthers(link)
  }

  #probe(now: Instant): void {
    const { hears, nonce, troubled } = this.#world
    const probe = { group: this.isShared ? hears.group : undefined, nonce: nonce() }
    this.#canary.sent(probe.nonce, now)
    this.#link?.publish(this.#topic, writeProbe(probe)).catch((error: Error) => {
      if (this.#end === undefined) troubled(`the probe can't be published to ${this.#topic}: ${error.message}`)
    })
  }

  /** Whoever has a part of our group is delivered one of a few probes, and then hears all; one that is gone keeps it from us. */
  #callNeighbours(): void {
    this.#calledAt = this.#world.now()
    this.#callsBack = 0
    const call = writeProbe({ group: this.#world.hears.group, nonce: CALL })
    for (let n = 0; n < CALLS; n++) this.#link?.publish(this.#topic, call).catch(() => undefined)
  }

  /** Each comes by the group and by the probe's own subscription, unless somebody else is in the group. */
  #countCalls(): void {
    this.#calledAt = undefined
    if (this.isShared && this.#callsBack < 2 * CALLS)
      void this.#goPlain(`somebody who may be gone has a part of the group ${this.#world.hears.group}`)
  }

  #lose(): void {
    if (this.#isProven) return this.end('the probe did not come back')
    if (this.isShared && this.#world.mayGoPlain && !this.#hasHeard)
      return void this.#goPlain('the shared subscription is granted and delivers nothing')
    const why = `the probe does not come back: may we write and read ${this.#topic}?`
    this.#world.troubled(why)
    if (++this.#losses >= MOST_LOSSES) this.end(why)
  }

  #hear(publish: Publish, next: () => void): void {
    const { ear, hears, heard, now } = this.#world
    const acknowledge = (): void => {
      if (publish.qos !== 0) this.#link?.acknowledge(publish.messageId)
    }
    if (isProbe(hears, publish.topic)) {
      this.#hearProbe(publish)
      acknowledge()
      return next()
    }
    const at = now()
    this.#hasHeard = true
    this.#canary.heard(at)
    heard(at)
    ear.take(publish, (outcome) => {
      if (outcome === 'durable') acknowledge()
      else this.end(`the ledger is ${outcome}`)
      this.#parked?.()
      this.#parked = undefined
    })
    if (ear.waiting < 2 * MOST_IN_FLIGHT) next()
    else this.#parked = next
  }

  #hearProbe({ topic, payload, retain }: Publish): void {
    const probe = retain ? undefined : readProbe(payload)
    if (probe === undefined) return
    const { hears, now, proven } = this.#world
    if (topic !== this.#topic) {
      // Each of us hears only a part of what is told.
      if (this.isShared && probe.group === hears.group && this.#world.mayGoPlain)
        void this.#goPlain(`another gateway has a part of the group ${hears.group}`)
      return
    }
    if (probe.nonce === CALL) this.#callsBack++
    const sentAt = this.#canary.back(probe.nonce, now())
    if (sentAt === undefined) return
    if (!this.#isProven && this.isShared && this.#world.mayGoPlain) this.#callNeighbours()
    this.#isProven = true
    proven(sentAt)
  }
}

const ANSWERS_WITHIN: Duration = 10 * SECOND
const CALLS = 5
const CALL = 'neighbours'
const SETTLES_WITHIN: Duration = 5 * SECOND
/** A connection that was never heard by is given up, and another one tried. */
const MOST_LOSSES = 6
