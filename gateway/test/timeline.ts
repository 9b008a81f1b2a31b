// Stories on a virtual clock: `at('02:00').ping('nightly-backup')`, `at('03:20').expect(…)`. Instants are local dates and
// times of the story's zone.
import { expect } from 'vitest'
import type { Terms } from '../src/domain/heartbeat.ts'
import type { Signal } from '../src/domain/signal.ts'
import type { Instant } from '../src/domain/time.ts'
import type { Verdict } from '../src/domain/verdict.ts'
import { World, type WorldSettings } from './world.ts'

export type Moment = {
  ping(name: string, signal?: Partial<Signal>): Moment
  start(name: string, signal?: Partial<Signal>): Moment
  fail(name: string, signal?: Partial<Signal>): Moment
  /** The verdict that the board shows. */
  shows(name: string, verdict: Verdict): Moment
  /** Pages since the last look, as `channel: type heartbeat verdict`, in order. */
  pages(...expected: readonly string[]): Moment
  does(what: (world: World) => void): Moment
}

export type StorySettings = WorldSettings & { readonly from: string }

export class Story {
  readonly world: World
  readonly #zone: string
  #seen = 0

  /** `from`: local date and time, `2026-03-02T12:00`. */
  constructor({ from, ...settings }: StorySettings) {
    this.#zone = settings.zone ?? 'UTC'
    this.world = new World(this.instant(from), settings)
  }

  heartbeat(name: string, terms: Partial<Terms>): this {
    this.world.declare(name, terms)
    return this
  }

  /** Lets time pass until the local date and time. */
  async at(local: string): Promise<Moment> {
    const instant = this.instant(local)
    if (instant < this.world.clock.wall) throw new Error(`the story is already past ${local}`)
    await this.world.until(instant)
    return this.#moment()
  }

  instant(local: string): Instant {
    const date = Temporal.PlainDateTime.from(local)
    return date.toZonedDateTime(this.#zone).epochMilliseconds
  }

  #moment(): Moment {
    const { world } = this
    const moment: Moment = {
      ping: (name, signal = {}) => hear(name, { kind: 'ok', ...signal }),
      start: (name, signal = {}) => hear(name, { kind: 'start', ...signal }),
      fail: (name, signal = {}) => hear(name, { kind: 'fail', ...signal }),
      shows: (name, verdict) => {
        const number = world.watch.registry.find(name)
        expect(number, `${name} is known`).not.toBe(-1)
        expect(world.watch.registry.state(number).verdict).toBe(verdict)
        return moment
      },
      pages: (...expected) => {
        const fresh = world.sent.slice(this.#seen)
        this.#seen = world.sent.length
        expect(fresh.map(({ channel, body }) => `${channel}: ${described(body)}`)).toEqual(expected)
        return moment
      },
      does: (what) => {
        what(world)
        return moment
      },
    }
    const hear = (name: string, signal: Partial<Signal>): Moment => {
      world.hear(name, signal)
      return moment
    }
    return moment
  }
}

function described(body: {
  readonly type: string
  readonly text: string
  readonly incident?: Readonly<Record<string, unknown>>
}): string {
  const { incident } = body
  return incident === undefined
    ? `${body.type} ${body.text}`
    : `${body.type} ${incident['heartbeat']} ${incident['verdict']}`
}
