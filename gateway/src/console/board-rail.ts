// Beside the board: who is on call, what nobody owns, what was never seen, who is new, how the gateway is. Nothing urgent
// lives here alone.
import type { Counters } from '../app/counters.ts'
import type { Board } from '../app/overview.ts'
import { viewOnCall } from '../app/read-oncall.ts'
import type { OnCall } from '../domain/oncall.ts'
import { type Instant, MINUTE, NEVER, parseInstant, SECOND } from '../domain/time.ts'
import { boardAddress, NONE } from './board-filter.ts'
import { ago, at, type Clock, duration } from './clock.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { counted, figure } from './words.ts'
import { type ConsoleWorld, clockOf } from './world.ts'

const SHOWN = 5

export function rail(world: ConsoleWorld, board: Board, viewer: Viewer, rate: SignalRate): Html {
  const clock = clockOf(world)
  return html`<div id="rail" data-live>${world
    .scene()
    .onCalls()
    .map((schedule) =>
      onCall(schedule, clock),
    )}${ownerless(world, board, viewer)}${neverSeen(world, clock)}${newArrivals(world)}${gateway(world, rate, clock)}</div>`
}

function onCall(schedule: OnCall, clock: Clock): Html {
  const { name, onCall: who, until, next } = viewOnCall(schedule, clock.now)
  const instant = (text: string): Instant => parseInstant(text) as Instant
  return html`<section><h2>On call <span>${name}</span></h2>
  <p><a href="${pathTo('oncall', name)}"><strong>${who ?? 'nobody'}</strong></a>${until !== null && html` until ${at(instant(until), clock)}`}${next !== null && html`, then ${next.who}, in ${duration(instant(next.from) - clock.now)}`}</p></section>`
}

function ownerless(
  { registry }: ConsoleWorld,
  { ownerless: { count, first } }: Board,
  { scope }: Viewer,
): Html | false {
  return (
    count > 0 &&
    html`<section><h2>No owner <span>${figure(count)}</span></h2>
  <ul>${first.slice(0, SHOWN).map((number) => {
    const name = registry.roster.nameOf(number) ?? ''
    const claim =
      scope !== 'read' &&
      html`<a href="${pathTo('heartbeats', name, 'edit')}#owner" aria-label="claim ${name}">claim</a>`
    return html`<li><a href="${pathTo('heartbeats', name)}">${name}</a>${claim}</li>`
  })}</ul>${count > SHOWN && html`<p><a href="${boardAddress({ owner: NONE })}">Show all ${figure(count)}</a></p>`}</section>`
  )
}

function neverSeen({ registry }: ConsoleWorld, clock: Clock): Html | false {
  const count = registry.verdicts.get('unseen') ?? 0
  const first = Iterator.from(registry.withVerdict('unseen')).take(SHOWN).toArray()
  return (
    count > 0 &&
    html`<section><h2>Never seen <span>${figure(count)}</span></h2>
  <ul>${first.map((number) => {
    const { name, state } = registry.heartbeat(number)
    return html`<li><a href="${pathTo('heartbeats', name)}">${name}</a><span class="soft">${state.dueAt !== NEVER && html`due ${at(state.dueAt, clock)}`}</span></li>`
  })}</ul>${count > SHOWN && html`<p><a href="${boardAddress({ verdict: 'unseen' })}">Show all ${figure(count)}</a></p>`}</section>`
  )
}

function newArrivals({ newcomers, registry }: ConsoleWorld): Html | false {
  const { length } = newcomers.list((name) => registry.find(name) !== -1)
  return (
    length > 0 &&
    html`<section><h2>New arrivals <span>${figure(length)}</span></h2>
  <p>${counted(length, 'unknown device publishes', 'unknown devices publish')} to the broker. They raise no alarm until you adopt them.</p><p><a href="/devices">Look at them</a></p></section>`
  )
}

function gateway({ registry, lastTickAt, commits, series }: ConsoleWorld, rate: SignalRate, clock: Clock): Html {
  const { sum, count } = commits.seconds
  const status = series()
  const [drill] = registry.casebook.drills.list()
  const perMinute = rate.perMinute(clock.now)
  return html`<section><h2>Gateway</h2>
  <dl class="pairs"><dt>Signals</dt><dd>${figure(perMinute)} a minute</dd><dt>Last tick</dt><dd>${duration(Math.max(0, clock.now - lastTickAt()))} ago</dd>${count > 0 && html`<dt>Ledger commit</dt><dd>${duration((sum / count) * SECOND)}</dd>`}${status && html`<dt>InfluxDB</dt><dd>${status.state === 'writing' ? `${duration(status.lagMs)} behind` : status.state}</dd>`}<dt>Last drill</dt><dd>${drill === undefined ? 'never' : ago(drill.at, clock)}</dd></dl></section>`
}

/** How many signals came lately: looked at whenever the board is. */
export class SignalRate {
  readonly #counters: Counters
  #looks: { readonly at: Instant; readonly count: number }[] = []

  constructor(counters: Counters, now: Instant) {
    this.#counters = counters
    this.#looks.push({ at: now, count: this.#total() })
  }

  perMinute(now: Instant): number {
    const count = this.#total()
    if (now - (this.#looks.at(-1)?.at ?? 0) >= SECOND) this.#looks.push({ at: now, count })
    while (this.#looks.length > 2 && now - (this.#looks[1]?.at ?? now) > MINUTE) this.#looks.shift()
    const [first] = this.#looks
    const span = now - (first?.at ?? now)
    return span < SECOND ? 0 : Math.round(((count - (first?.count ?? 0)) * MINUTE) / span)
  }

  #total(): number {
    let total = 0
    for (const [name, , count] of this.#counters.entries()) if (name === 'signals_accepted') total += count
    return total
  }
}
