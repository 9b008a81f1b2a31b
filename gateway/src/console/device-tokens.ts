// The tokens of devices: which device has one, how good it is, when it was last used; made, rotated, revoked, shown once.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { deviceState } from '../app/read-devices.ts'
import type { Device } from '../domain/device.ts'
import { isWrong } from '../domain/problem.ts'
import { DAY } from '../domain/time.ts'
import { ago, at, type Clock, until } from './clock.ts'
import { lineOf, type Posted, refuse } from './deed.ts'
import { bearerLine, deviceLines, type Line } from './device-lines.ts'
import type { Viewer } from './frame.ts'
import { type Html, html } from './html.ts'
import { readLasts, selectLasts } from './lasts.ts'
import { csrfField, deed, goTo } from './page.ts'
import { counted, figure } from './words.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

export function deviceTokenRoutes(world: ConsoleWorld): readonly Route[] {
  const { deeds } = world
  const give = async (asked: Posted, device: string, given: ReturnType<typeof deeds.issue>, more = '') => {
    const answer = await given
    if ('refusal' in answer) return refuse(world, asked, answer.refusal, BACK)
    const lines = [...deviceLines(world, device, answer.token), bearerLine(world, device, answer.token)]
    return shownOnce(world, asked, `The token of ${device}`, answer.token, lines, more)
  }
  const routes = [
    deed('/devices/tokens', 'Gives a device a token, and shows it this once', (asked: Posted) => {
      const lasts = readLasts(lineOf(asked, 'for'), world.now())
      if (isWrong(lasts)) return refuse(world, asked, { problem: 'bad-request', flaws: lasts.problems }, BACK)
      const device = lineOf(asked, 'device')
      return give(asked, device, deeds.issue(device, lasts.value, viewerOf(asked).name))
    }),
    deed('/devices/tokens/rotate', 'Gives it another token', (asked: Posted) => {
      const device = lineOf(asked, 'device')
      const given = deeds.rotate(device, DAY, viewerOf(asked).name)
      return give(asked, device, given, 'The one before is good for another day.')
    }),
    deed('/devices/tokens/revoke', 'The device is out', async (asked: Posted) => {
      const refusal = await deeds.revoke(lineOf(asked, 'device'), viewerOf(asked).name)
      return refusal === undefined ? goTo(BACK) : refuse(world, asked, refusal, BACK)
    }),
  ]
  return routes.map((route) => ({ ...route, for: 'admin' }))
}

export function deviceTokens(world: ConsoleWorld, clock: Clock, viewer: Viewer): Html {
  const { devices } = world.registry.casebook.grants
  const latest = [...devices.devices()].slice(-MOST_SHOWN).reverse()
  return html`<section id="tokens" aria-labelledby="dt"><header class="head"><h2 id="dt">Tokens of devices</h2> <span class="soft">each good for the names of one device, over MQTT and HTTP</span></header>
${latest.length === 0 ? html`<p class="soft">None. A device is the first level of a name: pump-17 may speak for pump-17 and pump-17/battery.</p>` : table(latest, world, clock, viewer)}
${devices.size > latest.length && html`<p class="soft">${figure(devices.size - latest.length)} more, known for longer; GET /api/v1/devices has them all.</p>`}
${viewer.scope === 'admin' && form(viewer)}</section>`
}

/** The only page that ever holds it; nothing of it is kept, and no address leads here again. */
export function shownOnce(
  world: ConsoleWorld,
  asked: Asked,
  title: string,
  token: string,
  lines: readonly Line[],
  more: string,
): Answer {
  const all = [{ id: 'token', label: 'Token', text: token }, ...lines]
  const main = html`<header class="lead"><h1>${title}</h1><p>It is shown this once. ${more}</p></header>
<dl class="secrets">${all.map(
    ({ id, label, text }) =>
      html`<div><dt>${label}</dt><dd><code id="${id}">${text}</code> <button class="btn" type="button" data-copy="${id}">Copy<span class="sr"> ${label}</span></button></dd></div>`,
  )}</dl>
<p class="acts"><a class="btn" href="${BACK}">Done</a></p>`
  return show(world, { title, place: 'devices', viewer: viewerOf(asked), main })
}

const BACK = '/devices#tokens'
const MOST_SHOWN = 200

function table(devices: readonly Device[], world: ConsoleWorld, clock: Clock, viewer: Viewer): Html {
  const isAdmin = viewer.scope === 'admin'
  return html`<table class="runs list"><thead><tr><th scope="col">Device</th><th scope="col">Token</th><th scope="col">Last used</th><th scope="col" class="r c-y">Refused</th>${isAdmin && html`<th scope="col" class="wide-c"><span class="sr">Change</span></th>`}</tr></thead>
<tbody>${devices.map((device) => {
    const { name } = device
    const use = world.sightings.useOf(name)
    const denial = world.sightings.denialOf(name)
    return html`<tr><th scope="row">${name}${origin(device, world, clock)}</th><td>${tokenOf(device, clock)}</td><td><span class="unit">last used </span>${use === undefined ? html`<span class="soft">not since the start</span>` : html`${ago(use.at, clock)} <small>over ${use.over === 'mqtt' ? 'MQTT' : 'HTTP'}</small>`}</td><td class="r c-y">${denial === undefined ? '' : counted(denial.count, 'time')}</td>${isAdmin && html`<td class="wide-c">${acts(device, clock, viewer)}</td>`}</tr>`
  })}</tbody></table>`
}

function origin({ since, enrolment, credential }: Device, { registry }: ConsoleWorld, clock: Clock): Html {
  const batch = registry.casebook.grants.devices.enrolment(enrolment ?? '')?.name
  if (credential !== undefined)
    return html`<small>…${credential.last4}, made by ${credential.by} ${at(credential.madeAt, clock)}</small>`
  return batch === undefined ? html`` : html`<small>let in by ${batch} ${at(since, clock)}</small>`
}

function tokenOf(device: Device, clock: Clock): Html {
  const { credential, revoked } = device
  if (revoked !== undefined) return html`<span class="soft">revoked by ${revoked.by} ${ago(revoked.at, clock)}</span>`
  if (credential === undefined) return html`<span class="soft">none of its own yet</span>`
  const { expiresAt, previous } = credential
  if (deviceState(device, clock.now) === 'expired' && expiresAt !== undefined)
    return html`<span class="soft">expired ${ago(expiresAt, clock)}</span>`
  const before =
    previous !== undefined &&
    previous.until > clock.now &&
    html`<small>the one before, too, until ${at(previous.until, clock)}</small>`
  return expiresAt === undefined
    ? html`good until it is revoked${before}`
    : html`good until ${at(expiresAt, clock)}, ${until(expiresAt, clock)}${before}`
}

/** What is over can only begin anew, with the form. */
function acts(device: Device, clock: Clock, viewer: Viewer): Html {
  const state = deviceState(device, clock.now)
  if (state === 'revoked') return html``
  if (device.credential?.isOfFile === true) return html`<span class="soft">changed in the file</span>`
  const { name } = device
  return html`<form class="row" method="post" action="/devices/tokens/revoke">${csrfField(viewer)}<input type="hidden" name="device" value="${name}">${
    state === 'good' &&
    html`<button class="btn" type="submit" formaction="/devices/tokens/rotate">Rotate<span class="sr"> the token of ${name}</span></button>`
  }<button class="btn" type="submit">Revoke<span class="sr"> ${name}</span></button></form>`
}

function form(viewer: Viewer): Html {
  return html`<form class="form grid" method="post" action="/devices/tokens">${csrfField(viewer)}
<p><label for="d-device">Device</label><input id="d-device" name="device" required maxlength="63" placeholder="pump-17" autocapitalize="off" spellcheck="false"></p>
<p><label for="d-for">Good for</label>${selectLasts('d-for')}</p>
<p class="acts all"><button class="btn main" type="submit">Make token</button></p>
</form>`
}
