// A bridge to a broker that somebody else runs: connects, and again for as long as it is wanted, and says when it hears and when it
// is deaf. Its trouble is its own: neither other bridges nor the ears notice.
//
//   connecting -> hearing <-> deaf; refused is a deafness that the broker has a word for
import { readFileSync } from 'node:fs'
import type { BridgeSource } from '../domain/signal.ts'
import { type Duration, type Instant, MINUTE, SECOND } from '../domain/time.ts'
import type { LinkEnd, LinkOptions } from './bridge-client.ts'
import { BridgeEar } from './bridge-ear.ts'
import { BridgeSession } from './bridge-session.ts'
import type { BridgeOptions, BridgeStatus, BridgeWorld } from './bridge-world.ts'
import { quietly } from './log-quietly.ts'
import type { Rules } from './mqtt-signal.ts'

export class Bridge {
  readonly source: BridgeSource
  readonly #options: BridgeOptions
  readonly #world: BridgeWorld
  readonly #ear: BridgeEar
  readonly #log: ReturnType<typeof quietly>
  #session: BridgeSession | undefined
  #isStopped = false
  #version: 4 | 5
  #isShared: boolean
  #tries = 0
  #nextTryAt: Instant = 0
  #heardAt: Instant
  #toldAt: Instant = 0
  #state: Pick<BridgeStatus, 'state' | 'since' | 'why'>

  constructor(options: BridgeOptions, world: BridgeWorld) {
    const { now, hearing, intake, counters, newArrival } = world
    this.source = `bridge:${options.name}`
    this.#options = options
    this.#world = world
    this.#log = quietly(world.log, now)
    this.#version = options.version === 'auto' ? 5 : options.version
    this.#isShared = options.shared !== false
    this.#heardAt = now()
    this.#state = { state: 'connecting', since: now(), why: undefined }
    const rules: Rules = {
      ...{ ...world.rules, via: this.source, root: options.root, adopt: world.adopter(this.source) },
      isStored: ({ retain }) => retain,
    }
    this.#ear = new BridgeEar({ rules, intake, counters, newArrival, now, log: this.#log })
    hearing.deafen(this.source, this.#heardAt)
  }

  get status(): BridgeStatus {
    const { name, url } = this.#options
    const version = this.#version === 5 ? '5' : '3.1.1'
    const { isShared } = this.#session ?? { isShared: this.#isShared }
    return { name, url, ...this.#state, version, shared: isShared, waiting: this.#ear.waiting }
  }

  tick(now: Instant): void {
    if (this.#isStopped) return
    if (this.#session === undefined && now >= this.#nextTryAt) this.#connect()
    this.#session?.tick(now, this.#world.hearing.isAsked(this.source))
  }

  /** `isForGood`: nobody listens here any more, and whoever was only heard here is judged as silent. */
  async stop(isForGood: boolean): Promise<void> {
    this.#isStopped = true
    await this.#session?.leave(isForGood)
    const { hearing } = this.#world
    hearing.forget(this.source)
    if (isForGood) hearing.hearAgain(this.source)
  }

  #connect(): void {
    const { now, gateway, random } = this.#world
    const link = this.#link()
    if ('why' in link) return this.#ended(link)
    const session: BridgeSession = new BridgeSession(
      {
        link,
        ...{ hears: this.#options, gateway, ear: this.#ear, now, mayGoPlain: this.#options.shared === 'auto' },
        nonce: () => random().toString(36).slice(2, 12),
        heard: (at) => this.#prove(at),
        proven: (sentAt) => this.#hears(sentAt),
        troubled: (why) => this.#lose('deaf', why),
        wentPlain: (why) => {
          this.#isShared = false
          this.#log('bridge.plain', why, { bridge: this.#options.name, why })
        },
        ended: (end) => this.#ended(end),
      },
      this.#isShared,
    )
    this.#session = session
    void session.open()
  }

  /** Certificates are renewed while the gateway runs. */
  #link(): LinkOptions | LinkEnd {
    const { name, url, username, password, clientId, ca, cert, key } = this.#options
    let tls: LinkOptions['tls'] = {}
    try {
      for (const [part, path] of Object.entries({ ca, cert, key }))
        if (path !== undefined) tls = { ...tls, [part]: readFileSync(path, 'utf8') }
    } catch (error) {
      return { why: (error as Error).message }
    }
    return {
      ...{ url, tls, version: this.#version, clientId: clientId ?? `overdue-${this.#world.gateway}-${name}` },
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
    }
  }

  #prove(at: Instant): void {
    this.#heardAt = Math.max(this.#heardAt, at)
    if (this.#state.state === 'hearing') this.#world.hearing.prove(this.source, at)
  }

  #hears(sentAt: Instant): void {
    const { hearing, now, intake, log } = this.#world
    const { name } = this.#options
    if (this.#state.state !== 'hearing') {
      this.#state = { state: 'hearing', since: now(), why: undefined }
      this.#tries = 0
      hearing.hearAgain(this.source)
      const { version, shared } = this.status
      log('bridge.heard', { bridge: name, version, shared })
    }
    this.#prove(sentAt)
    if (now() - this.#toldAt < TOLD_APART) return
    this.#toldAt = now()
    const told = `bridge-${name}`
    const signal = { kind: 'ok', at: now(), receivedAt: now(), via: 'gateway' } as const
    if (intake.has(told)) intake.receive({ name: told, signal }, () => undefined)
  }

  #lose(state: 'deaf' | 'refused', why: string): void {
    const { hearing, now } = this.#world
    if (this.#state.state === 'hearing') {
      hearing.forget(this.source)
      hearing.deafen(this.source, this.#heardAt)
    }
    const { state: before, since } = this.#state
    this.#state = { state, since: before === state ? since : now(), why }
    this.#log(`bridge.${state === 'deaf' ? 'lost' : 'refused'}`, before === state ? '' : 'first', {
      ...{ bridge: this.#options.name, why },
    })
  }

  #ended({ why, refused }: LinkEnd): void {
    this.#session = undefined
    if (this.#isStopped) return
    const { now, random } = this.#world
    if (this.#version === 5 && this.#options.version === 'auto' && OTHER_VERSION.has(refused ?? 0)) {
      this.#version = 4
      this.#nextTryAt = now()
      return
    }
    this.#lose(refused === undefined ? 'deaf' : 'refused', why)
    this.#nextTryAt = now() + Math.round(random() * Math.min(LONGEST_WAIT, SHORTEST_WAIT * 2 ** this.#tries))
    this.#tries = Math.min(this.#tries + 1, MOST_DOUBLINGS)
  }
}

/** What a broker answers that does not know MQTT 5. */
const OTHER_VERSION: ReadonlySet<number> = new Set([1, 132])
const SHORTEST_WAIT: Duration = SECOND
const LONGEST_WAIT: Duration = MINUTE
const MOST_DOUBLINGS = 6
/** Its heartbeat is expected each minute. */
const TOLD_APART: Duration = 20 * SECOND
