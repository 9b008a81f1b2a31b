// The status page of one group, for anybody, where the configuration says so: who is well, since when, and how the days
// before were. No owners, no keys, no history beyond that.

import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { inTurns } from '../adapters/in-turns.ts'
import { type Day, type Days, readDays } from '../app/read-days.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import { isBad, isStronger } from '../domain/verdict.ts'
import { at, type Clock, lasting } from './clock.ts'
import { type Html, html } from './html.ts'
import { daysStrip } from './strip.ts'
import { chip } from './symbols.ts'
import { counted, figure } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function statusRoutes(world: ConsoleWorld): readonly Route[] {
  /** What was shown last, good for a few seconds: nobody is asked for a token here. */
  const known = new Map<string, { readonly at: Instant; readonly body: Promise<Body> }>()
  return [
    {
      ...{ method: 'GET', path: '/status/:group', for: 'nobody', docs: { summary: 'The status page of a group' } },
      async answer(asked: Asked) {
        const group = asked.params['group'] as string
        if (!world.live.published.groups.includes(group)) return nowhere(world, asked)
        const now = world.now()
        const last = known.get(group)
        const isFresh = last !== undefined && now >= last.at && now - last.at < GOOD_FOR
        const body = isFresh ? last.body : bodyOf(world, group)
        if (!isFresh) known.set(group, { at: now, body })
        return page(world, asked, await body)
      },
    },
  ]
}

type Body = { readonly title: string; readonly main: Html }

const GOOD_FOR = 5 * SECOND
const DAYS = 90
const MOST_SHOWN = 500

function page(world: ConsoleWorld, asked: Asked, { title, main }: Body, status: 200 | 404 = 200): Answer {
  return show(world, { title, viewer: asked.caller && viewerOf(asked), main, look: 'public' }, status)
}

function nowhere(world: ConsoleWorld, asked: Asked): Answer {
  const title = 'There is no such status page'
  const main = html`<header class="lead"><h1>${title}</h1><p>It is not public, or the address is cut short.</p></header>`
  return page(world, asked, { title, main }, 404)
}

async function bodyOf(world: ConsoleWorld, group: string): Promise<Body> {
  const { registry, live } = world
  const clock = clockOf(world)
  const numbers = await membersOf(world, group)
  const bad = numbers.filter((number) => isBad(registry.state(number).verdict)).length
  const shown = numbers.sort((one, other) => orderOf(world, one, other)).slice(0, MOST_SHOWN)
  const days = readDays(registry, shown, boundsOf(clock), clock.now)
  const title = titleOf(group, numbers.length, bad)
  const main = html`<div id="status" data-live data-live-every="30"><header class="lead"><h1>${title}</h1>
<p>As of ${at(clock.now, clock)}. Each mark is a day, today at the right.</p></header>
<table class="runs list days"><thead><tr><th scope="col" class="c-v">Now</th><th scope="col">Name</th><th scope="col">For</th><th scope="col" class="c-90">Last ${DAYS} days</th><th scope="col" class="r">Well</th></tr></thead>
<tbody>${shown.map((number) => row(world, number, days.get(number), live.published.descriptions, clock))}</tbody></table>
${numbers.length > shown.length && html`<p class="soft">${figure(numbers.length - shown.length)} more, all of them well or not heard yet.</p>`}</div>`
  return { title, main }
}

function titleOf(group: string, count: number, bad: number): string {
  if (count === 0) return `${group}: nothing is watched here`
  if (bad > 0) return `${group}: ${bad} of ${counted(count, 'heartbeat')} ${bad === 1 ? 'is' : 'are'} wrong`
  return count === 1 ? `${group} is fine` : `${group}: all ${count} are fine`
}

async function membersOf({ registry }: ConsoleWorld, group: string): Promise<number[]> {
  const { roster, pages } = registry
  const found = await inTurns(pages.keys(), (page) => {
    const first = page << 10
    const rows: number[] = []
    for (let number = first; number < first + 1024; number++)
      if (roster.termsOf(number)?.group === group) rows.push(number)
    return rows
  })
  return found.flat()
}

/** What is wrong first, then by name. */
function orderOf({ registry }: ConsoleWorld, one: number, other: number): number {
  const [first, second] = [registry.heartbeat(one), registry.heartbeat(other)]
  const [a, b] = [first.state.verdict, second.state.verdict]
  if (isBad(a) !== isBad(b)) return isBad(a) ? -1 : 1
  if (isBad(a) && a !== b) return isStronger(a, b) ? -1 : 1
  return first.name < second.name ? -1 : 1
}

function row(world: ConsoleWorld, number: number, days: Days | undefined, isDescribed: boolean, clock: Clock): Html {
  const { name, terms, state } = world.registry.heartbeat(number)
  const well = days?.well
  return html`<tr><td class="c-v">${chip(state.verdict)}</td><th scope="row">${name}${isDescribed && terms.description !== '' && html`<small>${terms.description}</small>`}</th><td>${lasting(state.since, clock)}</td><td class="c-90">${daysStrip(days?.days ?? ([] as Day[]))}</td><td class="r">${well === undefined ? '–' : percent(well)}</td></tr>`
}

/** Never rounded up to a hundred. */
function percent(share: number): string {
  const shown = Math.floor(share * 100_00) / 100
  return `${shown === 100 ? '100' : shown.toFixed(2)}\u00a0%`
}

/** The midnights of the last days, and that of tomorrow. */
function boundsOf({ now, zone }: Clock): readonly Instant[] {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).startOfDay()
  return Array.from({ length: DAYS + 1 }, (_, place) => today.add({ days: place - DAYS + 1 }).epochMilliseconds)
}
