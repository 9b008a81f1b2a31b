// Enrolment tokens: which batches of devices may come in, how many did; made, shown once, and revoked.
import { termsOf } from '../adapters/http-enrolment-routes.ts'
import type { Answer, Route } from '../adapters/http-route.ts'
import { enrolmentState } from '../app/read-devices.ts'
import type { Enrolment } from '../domain/device.ts'
import { isWrong, type Problem } from '../domain/problem.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { ago, at, type Clock, until } from './clock.ts'
import { lineOf, type Posted, refuse } from './deed.ts'
import { deviceLines, enrolLine } from './device-lines.ts'
import { shownOnce } from './device-tokens.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { readLasts, selectLasts } from './lasts.ts'
import { csrfField, deed, goTo } from './page.ts'
import { figure } from './words.ts'
import { type ConsoleWorld, viewerOf } from './world.ts'

export function enrolmentRoutes(world: ConsoleWorld): readonly Route[] {
  const { deeds, live, now } = world

  async function make(asked: Posted): Promise<Answer> {
    const [name, prefix, every, group] = ['name', 'prefix', 'every', 'group'].map((key) => lineOf(asked, key, 100))
    const count = Number(lineOf(asked, 'count'))
    const lasts = readLasts(lineOf(asked, 'for'), now())
    const terms = termsOf(live, { ...(every !== '' && { every }), ...(group !== '' && { group }) })
    const flaws: readonly Problem[] = [
      ...(name === '' ? [{ path: 'name', expected: 'which batch it is', found: 'nothing' }] : []),
      ...(isCount(count) ? [] : [{ path: 'count', expected: `1 to ${MOST}`, found: lineOf(asked, 'count') }]),
      ...(isWrong(lasts) ? lasts.problems : []),
      ...(isWrong(terms) ? terms.problems : []),
    ]
    if (flaws.length > 0 || isWrong(lasts) || isWrong(terms))
      return refuse(world, asked, { problem: 'bad-request', flaws }, BACK)
    const wish = { name: name as string, prefix: prefix as string, count, terms: terms.value }
    const given = await deeds.invite({ ...wish, expiresAt: lasts.value, by: viewerOf(asked).name })
    if ('refusal' in given) return refuse(world, asked, given.refusal, BACK)
    const device = `${prefix}1`
    const lines = [...deviceLines(world, device, given.token), enrolLine(world, device, given.token)]
    return shownOnce(world, asked, `The enrolment token for ${name}`, given.token, lines, `Here as ${device} uses it.`)
  }

  const routes = [
    deed('/devices/enrolments', 'Makes an enrolment token, and shows it this once', make),
    deed('/devices/enrolments/:id/revoke', 'It lets nobody in any more', async (asked: Posted) => {
      const refusal = await deeds.withdraw(asked.params['id'] as string, viewerOf(asked).name)
      return refusal === undefined ? goTo(BACK) : refuse(world, asked, refusal, BACK)
    }),
  ]
  return routes.map((route) => ({ ...route, for: 'admin' }))
}

export function enrolments({ registry }: ConsoleWorld, clock: Clock, viewer: Viewer): Html {
  const all = registry.casebook.grants.devices.enrolments().toReversed()
  return html`<section id="enrolments" aria-labelledby="en"><header class="head"><h2 id="en">Enrolment tokens</h2> <span class="soft">one for a whole batch: each device gets in once, and makes its own heartbeats</span></header>
${all.length === 0 ? html`<p class="soft">None.</p>` : table(all.slice(0, MOST_SHOWN), clock, viewer)}
<form class="form grid" method="post" action="/devices/enrolments">${csrfField(viewer)}
<p><label for="e-name">Batch</label><input id="e-name" name="name" required maxlength="100" placeholder="hall 7, delivered in May"></p>
<p><label for="e-prefix">Names begin with</label><input id="e-prefix" name="prefix" required maxlength="63" placeholder="pump-" autocapitalize="off" spellcheck="false"></p>
<p><label for="e-count">Devices</label><input id="e-count" name="count" type="number" required min="1" max="${MOST}" value="10"></p>
<p><label for="e-for">Good for</label>${selectLasts('e-for')}</p>
<p><label for="e-every">They report every</label><input id="e-every" name="every" maxlength="20" placeholder="5m"></p>
<p><label for="e-group">Group</label><input id="e-group" name="group" maxlength="100" placeholder="hall-7"></p>
<p class="acts all"><button class="btn main" type="submit">Make enrolment token</button></p>
</form></section>`
}

const BACK = '/devices#enrolments'
const MOST = 1_000_000
const MOST_SHOWN = 100

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= MOST
}

function table(all: readonly Enrolment[], clock: Clock, viewer: Viewer): Html {
  return html`<table class="runs list"><thead><tr><th scope="col">Batch</th><th scope="col">Names</th><th scope="col" class="r">Came in</th><th scope="col">Good</th><th scope="col" class="wide-c"><span class="sr">Change</span></th></tr></thead>
<tbody>${all.map((each) => {
    const { id, name, prefix, count, taken, last4, by, madeAt, terms } = each
    return html`<tr><th scope="row">${name}<small>…${last4}, made by ${by} ${at(madeAt, clock)}</small></th><td>${prefix}…<small>${describeSchedule(terms.schedule)}</small></td><td class="r">${figure(taken)} of ${figure(count)}</td><td>${goodFor(each, clock)}</td><td class="wide-c">${
      each.revokedAt === undefined &&
      html`<form class="row" method="post" action="${pathTo('devices', 'enrolments', id, 'revoke')}">${csrfField(viewer)}<button class="btn" type="submit">Revoke<span class="sr"> the enrolment of ${name}</span></button></form>`
    }</td></tr>`
  })}</tbody></table>`
}

function goodFor(each: Enrolment, clock: Clock): Html {
  const { expiresAt, revokedAt } = each
  switch (enrolmentState(each, clock.now)) {
    case 'revoked':
      return html`<span class="soft">revoked ${ago(revokedAt as number, clock)}</span>`
    case 'expired':
      return html`<span class="soft">expired ${ago(expiresAt as number, clock)}</span>`
    case 'full':
      return html`<span class="soft">full</span>`
    default:
      return expiresAt === undefined
        ? html`until it is full`
        : html`until ${at(expiresAt, clock)}, ${until(expiresAt, clock)}`
  }
}
