// One heartbeat: explained in words, its arrivals and durations, its runs with what they said, its incidents.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { readArrivals } from '../app/arrivals.ts'
import { usual } from '../app/outlook.ts'
import { zoneOf } from '../domain/explain.ts'
import type { Heartbeat } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { badgeSection } from './badges.ts'
import { BAND_LENGTH, band, legend } from './band.ts'
import type { Clock } from './clock.ts'
import { bodyRoutes } from './heartbeat-body.ts'
import { heartbeatDeeds } from './heartbeat-deeds.ts'
import { facts } from './heartbeat-facts.ts'
import { heartbeatLead, type Seen } from './heartbeat-lead.ts'
import { heartbeatRail } from './heartbeat-rail.ts'
import { incidentsOf, incidentsTable, runsTable } from './heartbeat-runs.ts'
import { type Html, html, pathTo } from './html.ts'
import { missing } from './missing.ts'
import { page } from './page.ts'
import { address, asked } from './query.ts'
import { counted } from './words.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

const RUNS_SHOWN = 12
const RUNS_OF_PAGE = 100
const INCIDENTS_SHOWN = 10

export function heartbeatRoutes(world: ConsoleWorld): readonly Route[] {
  const { registry, ledger, scene, now, live } = world

  const about =
    (answer: (heartbeat: Heartbeat, asking: Asked) => Promise<Answer>) =>
    (asking: Asked): Answer | Promise<Answer> => {
      const number = registry.find(asking.params['name'] as Name)
      if (registry.roster.termsOf(number) === undefined) return missing(world, asking, 'heartbeat')
      return answer(registry.heartbeat(number), asking)
    }
  const clockFor = ({ terms }: Heartbeat): Clock => ({ now: now(), zone: zoneOf(terms, scene().zone) })

  async function whole(heartbeat: Heartbeat, asking: Asked): Promise<Answer> {
    const { name, state } = heartbeat
    const clock = clockFor(heartbeat)
    const viewer = viewerOf(asking)
    const arrivals = await readArrivals(ledger, name, BAND_LENGTH)
    const seen: Seen = { heartbeat, arrivals, scene: scene(), clock, viewer }
    const last = arrivals.findLast(({ signal, isOpen }) => signal?.kind === 'ok' && !isOpen)
    const main = html`${heartbeatLead(seen)}
<section class="stack">
  ${facts(heartbeat, last, clock)}
  <div id="history" class="stack" data-live>${arrivals.length > 0 ? history(seen) : nothingYet(heartbeat)}</div>
  ${incidents(name, clock)}
</section>`
    const rail = html`${heartbeatRail(seen, live.file)}${badgeSection(world, name)}`
    const title = `${name} is ${state.verdict}`
    return show(world, { title, place: 'board', viewer, main, rail, zone: clock.zone })
  }

  function incidents(name: Name, clock: Clock): Html {
    const found = incidentsOf(registry, name, INCIDENTS_SHOWN)
    return html`<section id="incidents" data-live aria-labelledby="inc"${found.length === 0 && html` hidden`}>
    <header class="head"><h2 id="inc">Incidents</h2></header>${incidentsTable(found, clock)}</section>`
  }

  async function runs(heartbeat: Heartbeat, asking: Asked): Promise<Answer> {
    const { name } = heartbeat
    const before = Number.parseInt(asked(asking.query, 'before'), 10)
    const from = Number.isSafeInteger(before) && before > 0 ? before : Number.MAX_SAFE_INTEGER
    const arrivals = await readArrivals(ledger, name, RUNS_OF_PAGE, from)
    const clock = clockFor(heartbeat)
    const older =
      arrivals.length === RUNS_OF_PAGE && address(pathTo('heartbeats', name, 'runs'), { before: arrivals[0]?.seq })
    const main = html`<header class="lead"><nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li><li><a href="${pathTo('heartbeats', name)}">${name}</a></li></ol></nav><h1>Runs of ${name}</h1></header>
${arrivals.length > 0 ? runsTable(name, arrivals, clock) : html`<p>There are none.</p>`}${older && html`<p class="acts"><a class="btn" href="${older}">Older</a></p>`}`
    return show(world, { title: `Runs of ${name}`, place: 'board', viewer: viewerOf(asking), main, zone: clock.zone })
  }

  return [
    page('/heartbeats/:name', 'One heartbeat', about(whole)),
    page('/heartbeats/:name/runs', 'Its runs', about(runs)),
    ...bodyRoutes(world),
    ...heartbeatDeeds(world),
  ]
}

function history({ heartbeat, arrivals, clock }: Seen): Html {
  const { name, terms } = heartbeat
  return html`<figure aria-labelledby="arr">
    <figcaption class="head"><h2 id="arr">${arrivals.some(({ duration, isOpen }) => isOpen || duration !== undefined) ? 'Arrivals and durations' : 'Arrivals'}</h2> <span class="soft">last ${counted(Math.min(BAND_LENGTH, arrivals.length), 'arrival')}</span></figcaption>
  ${band(arrivals, usual(heartbeat), terms.slow, clock)}
  ${legend()}
  </figure>
  <section aria-labelledby="run">
    <header class="head"><h2 id="run">Runs</h2> <a href="${pathTo('heartbeats', name, 'runs')}">All runs</a></header>
    ${runsTable(name, arrivals.slice(-RUNS_SHOWN), clock)}
  </section>`
}

function nothingYet({ name }: Heartbeat): Html {
  return html`<section class="empty" aria-labelledby="none"><h2 id="none">No run was seen yet</h2>
    <p>The job does not know where to report. One line in it is enough.</p>
    <p class="acts"><a class="btn" href="${pathTo('heartbeats', name, 'lines')}">Lines to paste</a></p></section>`
}
