// Beside a heartbeat: why it is what it is, what happens next, what mutes it, and what is declared about it.
import { type Ahead, outlook, usual } from '../app/outlook.ts'
import { explain } from '../domain/explain.ts'
import { livenessText } from '../domain/liveness.ts'
import { isMatch } from '../domain/mute.ts'
import { formatInstant } from '../domain/time.ts'
import { boardAddress } from './board-filter.ts'
import { at, clockTime, duration } from './clock.ts'
import type { Seen } from './heartbeat-lead.ts'
import { type Html, html } from './html.ts'
import { withTimes } from './timeline.ts'
import { slowRun } from './why.ts'
import { bounded, figure, listed } from './words.ts'

export function heartbeatRail(seen: Seen, file: string): Html {
  return html`<div id="rail" data-live>${why(seen)}${nextUp(seen)}${silences(seen)}${about(seen, file)}</div>`
}

function why(seen: Seen): Html {
  const { heartbeat, scene, clock } = seen
  const { state } = heartbeat
  const { text, hints, liveness } = explain(heartbeat, clock.zone, scene, clock.now)
  const link = liveness && livenessText(liveness, scene.presenceOf(heartbeat.name), formatInstant)
  return html`<section><h2>Why ${state.verdict}</h2>
    ${reasons(seen).map((reason) => html`<p>${reason}</p>`)}
    ${link !== undefined && html`<p>${withTimes(link, clock)}</p>`}
    ${hints.map((hint) => html`<p><strong>${hint}</strong></p>`)}
    <details><summary>The whole explanation</summary>${text.split('\n').map((line) => html`<p>${withTimes(bounded(line), clock)}</p>`)}</details></section>`
}

function reasons({ heartbeat, clock }: Seen): readonly Html[] {
  const { state, terms } = heartbeat
  const { incident } = state.more
  const { baseline, slow, limit } = usual(heartbeat)
  const run = slowRun(heartbeat, clock)
  if (state.verdict === 'slow' && baseline !== undefined && slow !== undefined) {
    const factor = `A good run is slow from ${terms.slow} × its baseline on. The baseline is ${duration(baseline)}, the median of the last ${state.more.samples.length} good runs.`
    const sum = `Here that is ${duration(slow)}.`
    const began = run && ` The run began ${clockTime(run.startedAt, clock)}.`
    return [html`${factor}`, html`${sum}${began}`]
  }
  if (state.verdict === 'overrun')
    return [
      html`A run may take ${duration(limit.limit)}: ${limit.explicit ? 'that is declared' : 'the larger of its grace and four baselines'}.`,
    ]
  if (incident !== undefined) return [withTimes(bounded(incident.explanation), clock)]
  if (state.verdict === 'ok' && state.lastOkAt !== 0 && state.dueAt < Number.POSITIVE_INFINITY)
    return [
      html`The last ok came ${at(state.lastOkAt, clock)}. The next is due ${at(state.dueAt, clock)}, and late until ${at(state.deadlineAt, clock)}; then silence is a miss.`,
    ]
  if (state.verdict === 'unseen')
    return [html`It was declared ${at(state.declaredAt, clock)}, and no signal came since.`]
  return []
}

function nextUp({ heartbeat, scene, clock }: Seen): Html {
  const ahead = outlook(heartbeat, scene, clock.now)
  if (ahead.length === 0)
    return html`<section><h2>What happens next</h2><p>Nothing, until a signal comes.</p></section>`
  return html`<section><h2>What happens next</h2>
    <dl class="pairs next-up">${ahead.map((moment) => html`<dt>${at(moment.at, clock)}</dt><dd>${words(moment)}</dd>`)}</dl></section>`
}

function words({ what, whom }: Ahead): string {
  const pages = whom.length === 0 ? '' : `, pages ${listed(whom)}`
  switch (what) {
    case 'due':
      return 'due'
    case 'missed':
      return `missed${pages}`
    case 'notStarted':
      return `missed unless it starts${pages}`
    case 'slow':
      return `slow${pages}`
    case 'overrun':
      return `overrun${pages}`
    case 'pages':
      return `pages ${listed(whom)}`
    case 'expires':
      return 'the acknowledgement ends'
    case 'unmuted':
      return 'pages again'
  }
}

function silences({ heartbeat: { name, terms, state }, scene, clock }: Seen): Html {
  const about = state.more.incident?.id ?? ''
  const subject = { about, name, terms, severity: terms.severity ?? 'critical', policy: terms.policy } as const
  const mutes = scene.inForce(clock.now).filter(({ match }) => isMatch(match, subject))
  return html`<section><h2>Silences <span>${mutes.length === 0 ? 'none' : figure(mutes.length)}</span></h2>
    ${
      mutes.length === 0
        ? html`<p>Planned work? Silence it first, then nobody is woken.</p>`
        : html`<ul>${mutes.map(({ by, reason, when }) => html`<li><a href="/silences">${reason || `by ${by}`}</a><span class="soft">${'until' in when && html`until ${at(when.until, clock)}`}</span></li>`)}</ul>`
    }</section>`
}

function about({ heartbeat: { terms, state } }: Seen, file: string): Html {
  const row = (term: string, value: Html | string | false): Html | false =>
    value !== false && value !== '' && html`<dt>${term}</dt><dd>${value}</dd>`
  const declared =
    terms.declaredBy === 'file'
      ? (file.split('/').at(-1) ?? file)
      : terms.declaredBy === 'api'
        ? 'here'
        : 'by its signal'
  return html`<section><h2>About</h2>
    ${terms.description !== '' && html`<p>${bounded(terms.description)}</p>`}
    <dl class="pairs">${row('Tags', terms.tags.length > 0 && html`${terms.tags.map((tag, place) => html`${place > 0 && ', '}<a href="${boardAddress({ tag })}">${tag}</a>`)}`)}${row('Parent', terms.parent)}${row('Signals', figure(state.signals))}${row('Declared', declared === 'here' || declared === 'by its signal' ? declared : `in ${declared}`)}${row('Runbook', runbook(terms.runbook))}</dl></section>`
}

/** Only what leads to a web page is a link. */
function runbook(url: string): Html | string {
  return /^https?:\/\//i.test(url) ? html`<a href="${url}" rel="noreferrer">open</a>` : url
}
