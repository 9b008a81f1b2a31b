// The lines to paste for one heartbeat, and below them whether it was heard: the page waits for the first signal.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { type Arrival, readArrivals } from '../app/arrivals.ts'
import { pagedBy } from '../app/outlook.ts'
import type { LiveScene } from '../app/scene.ts'
import { turnsOf } from '../domain/escalation.ts'
import { zoneOf } from '../domain/explain.ts'
import type { Heartbeat } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { NEVER } from '../domain/time.ts'
import { at, type Clock, dateName, duration } from './clock.ts'
import { steps } from './declare.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo, when } from './html.ts'
import { missing } from './missing.ts'
import { csrfField, page } from './page.ts'
import { waysToTell } from './paste-lines.ts'
import { strip, waiting } from './strip.ts'
import { type Row, timeline } from './timeline.ts'
import { earOf, listed } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function linesRoutes(world: ConsoleWorld): readonly Route[] {
  const { registry, ledger, live, scene, now } = world

  async function lines(heartbeat: Heartbeat, asked: Asked): Promise<Answer> {
    const { name, terms, state } = heartbeat
    const viewer = viewerOf(asked)
    const clock = { now: now(), zone: zoneOf(terms, scene().zone) }
    const isNew = state.lastSignalAt === 0
    const arrivals = isNew ? [] : await readArrivals(ledger, name, 50)
    const key = viewer.scope === 'read' ? undefined : live.keys.keyOf(name)
    const main = html`<header class="lead">
  <nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li><li><a href="${pathTo('heartbeats', name)}">${name}</a></li></ol></nav>
  <h1>Paste one line</h1>
  <div id="steps" data-live data-of="${name}">${steps(isNew ? 2 : 3)}</div>
</header>
${paste(heartbeat, key, viewer)}
<section>${heard(heartbeat, arrivals, clock)}${ifSilent(heartbeat, scene(), clock)}</section>`
    return show(world, {
      title: `Lines for ${name}`,
      place: 'board',
      viewer,
      main,
      look: 'two lines',
      zone: clock.zone,
    })
  }

  function paste({ name, terms }: Heartbeat, key: string | undefined, viewer: Viewer): Html {
    const port = world.mqttPort()
    const mqtt = port === undefined ? undefined : { host: new URL(live.url).hostname, port }
    const ways = waysToTell({ name, url: live.url, key: key ?? 'KEY', schedule: terms.schedule, mqtt })
    const keyless =
      viewer.scope === 'read'
        ? 'Whoever may write sees the key.'
        : `${live.file} declares its key; it goes where KEY stands.`
    return html`<section class="paste" aria-label="Lines to paste">
    <p class="soft">${name} is saved. Pick how the job can tell. ${key === undefined && keyless}</p>
    <div class="tabs wide" role="radiogroup" aria-label="Kind of job">${ways.map(
      ({ id, label }, place) =>
        html`<label><input type="radio" name="paste" id="p-${id}" autocomplete="off"${when(place === 0, 'checked')}>${label}</label>`,
    )}</div>
    ${ways.map(
      ({ id, label, blocks, says }) => html`<article class="p-${id}" aria-label="${label}">
      ${blocks.map((block, place) => {
        const isLast = place === blocks.length - 1
        return html`<pre tabindex="0"><code id="line-${id}-${place}">${block}</code></pre>
      <p class="copy">${isLast && says} <button class="btn${isLast && ' main'}" type="button" data-copy="line-${id}-${place}">Copy</button></p>`
      })}
    </article>`,
    )}
    ${key !== undefined && rotation(name, viewer)}
  </section>`
  }

  function rotation(name: Name, viewer: Viewer): Html {
    const until = registry.casebook.grants.keyOf(name)?.previousUntil ?? 0
    const before = until > now() && html` The one before is good until ${at(until, clockOf(world))}.`
    return html`<form class="copy rotate" method="post" action="${pathTo('heartbeats', name, 'rotate')}">${csrfField(viewer)}<p class="soft">The key in these lines is a secret: whoever has it can say that ${name} is well.${before || ' After a rotation the one before is good for a day.'}</p><button class="btn" type="submit">Rotate key</button></form>`
  }

  return [
    page('/heartbeats/:name/lines', 'What to paste so that it tells', (asked) => {
      const number = registry.find(asked.params['name'] as Name)
      if (registry.roster.termsOf(number) === undefined) return missing(world, asked, 'heartbeat')
      return lines(registry.heartbeat(number), asked)
    }),
  ]
}

function heard({ name, state }: Heartbeat, arrivals: readonly Arrival[], clock: Clock): Html {
  if (state.lastSignalAt === 0)
    return html`<section class="wait" id="wait" role="status" data-live data-live-every="1" aria-labelledby="waits">
    <h2 id="waits">Waiting for the first signal…</h2>
    ${waiting()}
    <p>Run the job once by hand. This page says so the moment its signal arrives.</p>
  </section>`
  const first = arrivals.length === 1 && arrivals[0] !== undefined ? arrivals[0].at : state.lastSignalAt
  return html`<section class="wait heard" id="wait" role="status" data-live aria-labelledby="waits">
    <h2 id="waits">Heard at ${at(first, clock)}</h2>
    ${strip(arrivals.map(({ mark }) => mark))}
    <p>It came by ${earOf(state.via)}${state.dueAt !== NEVER && html`. The next is due ${at(state.dueAt, clock)}`}.</p>
    <p class="acts"><a class="btn" href="${pathTo('heartbeats', name)}">See ${name}</a></p>
  </section>`
}

/** What happens, and whom it wakes, if nothing comes from now on. */
function ifSilent({ terms, state }: Heartbeat, scene: LiveScene, clock: Clock): Html | false {
  if (state.dueAt === NEVER || state.dueAt <= clock.now || state.verdict === 'paused') return false
  const policy = scene.policyOf(terms)
  const severity = terms.severity ?? 'critical'
  const turns = turnsOf(policy, severity, state.deadlineAt).filter(({ repeat }) => repeat === 0)
  const whom = (step: number, when: number): string => listed(pagedBy(policy, step, scene, when, true))
  const [first] = turns
  const pagesAtOnce = first !== undefined && first.at === state.deadlineAt
  const rows: Row[] = [
    { at: state.dueAt, glyph: 'late', text: html`Due. Shown as late, wakes nobody.` },
    {
      at: state.deadlineAt,
      glyph: 'missed',
      text: html`<b>Missed.</b> ${pagesAtOnce ? `Pages ${whom(first.step, first.at)}.` : turns.length === 0 && `Nobody is paged: policy ${policy.name || terms.policy} has no steps.`}`,
    },
    ...(pagesAtOnce ? turns.slice(1) : turns).map(({ step, at: when }): Row => {
      const repeat = policy.steps[step]?.repeat
      const small = repeat && `Then every ${duration(repeat.every)}, ${repeat.times} times`
      return { at: when, text: html`Pages ${whom(step, when)}, unless somebody acknowledged.`, ...(small && { small }) }
    }),
  ]
  return html`<section id="silent" data-live aria-labelledby="if">
      <header class="head"><h2 id="if">If it stays silent</h2> <span class="soft">${dateName(state.dueAt, clock.zone)}</span></header>
      ${timeline(rows, clock)}</section>`
}
