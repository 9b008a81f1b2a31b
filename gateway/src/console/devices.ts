// Devices: who reports and is not known yet, who is connected, what was refused, and the credentials of those that are known.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import type { Newcomer } from '../app/newcomers.ts'
import { versionOf } from '../app/read-devices.ts'
import { isWrong } from '../domain/problem.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { DAY, formatDuration, HOUR, MINUTE, SECOND } from '../domain/time.ts'
import { ago, type Clock } from './clock.ts'
import { credentials } from './credentials.ts'
import { lineOf, mayAct, order, type Posted, refuse } from './deed.ts'
import { denials } from './denials.ts'
import { deviceTokens } from './device-tokens.ts'
import { enrolments } from './enrolments.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { missing } from './missing.ts'
import { csrfField, deed, page } from './page.ts'
import { address, asked as askedFor } from './query.ts'
import { valuesOf } from './terms-form.ts'
import { counted, figure } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function deviceRoutes(world: ConsoleWorld): readonly Route[] {
  const { registry, newcomers, live } = world
  return [
    page('/devices', 'New arrivals, connected devices, credentials', (asked) => showDevices(world, asked)),
    deed('/devices/adopt', 'Makes a heartbeat of a new arrival', (asked: Posted) => {
      const name = lineOf(asked, 'name')
      if (!newcomers.list(isKnown(world)).some((each) => each.name === name))
        return missing(world, asked, 'new arrival')
      const clash = registry.roster.clash(name)
      if (clash !== undefined) {
        const flaws = [
          { path: 'name', expected: 'a name that differs by more than case', found: `${name} beside ${clash}` },
        ]
        return refuse(world, asked, { problem: 'name-clash', flaws }, '/devices')
      }
      const terms = newcomers.termsOf(name)
      const every = lineOf(asked, 'every') || (terms === undefined ? '1h' : '')
      const checked = live.checkTerms(every === '' ? {} : { every }, terms)
      if (isWrong(checked)) return refuse(world, asked, { problem: 'bad-request', flaws: checked.problems }, '/devices')
      return order(world, asked, { kind: 'declare', name, terms: checked.value }, pathTo('heartbeats', name))
    }),
    deed('/devices/rotate', 'Gives a heartbeat another key', (asked: Posted) => {
      const name = lineOf(asked, 'name')
      const command = { kind: 'rotateKey', name, overlap: DAY, by: viewerOf(asked).name } as const
      return order(world, asked, command, address('/devices', { name }))
    }),
  ]
}

function showDevices(world: ConsoleWorld, asked: Asked): Answer {
  const clock = clockOf(world)
  const viewer = viewerOf(asked)
  const arrivals = world.newcomers.list(isKnown(world))
  const count = world.devices.count()
  const title =
    arrivals.length === 0
      ? 'Nobody new reports'
      : `${counted(arrivals.length, 'new arrival')} ${arrivals.length === 1 ? 'reports' : 'report'}`
  const connected =
    count === 0
      ? 'No device is connected over MQTT.'
      : `${counted(count, 'device')} ${count === 1 ? 'is' : 'are'} connected over MQTT.`
  const main = html`<header class="lead" id="lead" data-live><h1>${title}</h1>
<p>${connected} A name that nobody declared is no alarm: it waits here until somebody adopts it.</p></header>
<div class="stack"><section id="arrivals" aria-labelledby="na"><header class="head"><h2 id="na">New arrivals</h2></header>${arrivalTable(arrivals.slice(0, MOST_SHOWN), clock, viewer)}
${arrivals.length > MOST_SHOWN && html`<p class="soft">${figure(arrivals.length - MOST_SHOWN)} more, heard of less lately.</p>`}</section>
<section id="connected" data-live aria-labelledby="co"><header class="head"><h2 id="co">Connected</h2> <span class="soft">latest first</span></header>${connectedTable(world, clock)}</section>
${denials(world, clock)}
${deviceTokens(world, clock, viewer)}
${viewer.scope === 'admin' && enrolments(world, clock, viewer)}
${mayAct(viewer) && credentials(world, askedFor(asked.query, 'name'), viewer)}</div>`
  return show(world, { title, place: 'devices', viewer, main })
}

const MOST_SHOWN = 200

function isKnown({ registry }: ConsoleWorld): (name: string) => boolean {
  return (name) => registry.find(name) !== -1
}

function arrivalTable(arrivals: readonly Newcomer[], clock: Clock, viewer: Viewer): Html {
  if (arrivals.length === 0)
    return html`<p class="soft">None. Whoever publishes under <code>hb/NAME</code>, or under topics that a rule adopts, without being declared shows here.</p>`
  return html`<table class="runs list"><thead><tr><th scope="col">Name</th><th scope="col" class="c-y">First heard</th><th scope="col">Last heard</th><th scope="col" class="r">Signals</th>${mayAct(viewer) && html`<th scope="col" class="wide-c">Adopt it</th>`}</tr></thead>
<tbody>${arrivals.map((newcomer, place) => {
    const { name, firstAt, lastAt, signals, terms } = newcomer
    const more = terms === undefined ? { name, every: guessOf(newcomer) } : valuesOf(name, terms)
    return html`<tr><th scope="row">${name}</th><td class="c-y">${ago(firstAt, clock)}</td><td>${ago(lastAt, clock)}</td><td class="r">${figure(signals)}<span class="unit"> signals</span></td>${
      mayAct(viewer) &&
      html`<td class="wide-c"><form class="row" method="post" action="/devices/adopt">${csrfField(viewer)}<input type="hidden" name="name" value="${name}">${everyField(place, newcomer)}<button class="btn" type="submit">Adopt<span class="sr"> ${name}</span></button><a href="${address('/new', more)}">with more</a></form></td>`
    }</tr>`
  })}</tbody></table>`
}

/** A rule's own schedule, where it is no period, is taken as it is. */
function everyField(place: number, newcomer: Newcomer): Html {
  const { schedule } = newcomer.terms ?? {}
  if (schedule !== undefined && schedule.kind !== 'every')
    return html`<span class="soft">${describeSchedule(schedule)}</span>`
  const every = schedule === undefined ? guessOf(newcomer) : formatDuration(schedule.every)
  return html`<label for="e-${place}">every</label><input class="short" id="e-${place}" name="every" value="${every}" maxlength="20">`
}

/** The time between its signals so far, rounded up to what a person would say. */
function guessOf({ firstAt, lastAt, signals }: Newcomer): string {
  if (signals < 2) return '1h'
  const gap = (lastAt - firstAt) / (signals - 1)
  return formatDuration(ROUND.find((length) => length >= gap) ?? DAY)
}

const ROUND = [
  ...[10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE],
  ...[HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR],
] as const

function connectedTable({ devices }: ConsoleWorld, clock: Clock): Html {
  const latest = devices.latest(MOST_SHOWN)
  if (latest.length === 0) return html`<p class="soft">None. What pings over HTTP is never connected.</p>`
  return html`<table class="runs list"><thead><tr><th scope="col">Client id</th><th scope="col">User</th><th scope="col">MQTT</th><th scope="col">Since</th></tr></thead>
<tbody>${latest.map(
    ({ clientId, user, version, since }) =>
      html`<tr><th scope="row">${clientId || html`<span class="soft">none of its own</span>`}</th><td>${user ?? html`<span class="soft">anonymous</span>`}</td><td><span class="unit">MQTT </span>${versionOf(version)}</td><td>${ago(since, clock)}</td></tr>`,
  )}</tbody></table>${devices.count() > latest.length && html`<p class="soft">${figure(devices.count() - latest.length)} more, connected for longer.</p>`}`
}
