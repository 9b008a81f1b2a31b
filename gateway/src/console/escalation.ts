// What an incident and a storm have in common on their pages: who was paged, who hears next, and the buttons.
import { type Escalation, momentOf, nextTurn, type QueuedPage, turnsOf } from '../domain/escalation.ts'
import { type Instant, NEVER } from '../domain/time.ts'
import { at, type Clock, duration } from './clock.ts'
import { mayAct } from './deed.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField } from './page.ts'
import { type Row, whoOf, withTimes } from './timeline.ts'

/** Whom a name in a policy stands for. */
export type Reach = (target: string, at: Instant) => readonly { readonly path: string }[]

/** Nothing for whoever may only look, or where it is over. */
export function actions({ id, state }: Pick<Escalation, 'id' | 'state'>, viewer: Viewer): Html | undefined {
  if (state === 'resolved' || !mayAct(viewer)) return undefined
  const to = (what: string): string => pathTo('incidents', id, what)
  const button = (what: string, word: string, isMain = false): Html =>
    html`<button class="btn${isMain && ' main'}" type="submit" formaction="${to(what)}">${word}</button>`
  return html`<form class="acts bar" method="post" action="${to('acknowledge')}">${csrfField(viewer)}${
    state === 'triggered' && button('acknowledge', 'Acknowledge', true)
  }${button('silence', 'Silence 1 h')}${button('resolve', 'Resolve')}</form>`
}

/** `critical · not acknowledged`. */
export function stateOf(of: Escalation & { readonly resolvedBy?: string }, clock: Clock): Html {
  if (of.state === 'resolved') return html`resolved by ${of.resolvedBy ?? 'somebody'}`
  if (of.state === 'triggered') return html`not acknowledged`
  return html`acknowledged by ${of.acknowledgedBy ?? 'somebody'} at ${at(of.acknowledgedAt ?? 0, clock)}`
}

/** What comes of itself, with when; undefined: nothing. */
export function nextRow(of: Escalation, reach: Reach, now: Instant): Row | undefined {
  const moment = momentOf(of)
  if (moment === undefined) return undefined
  const row = (text: Html): Row => ({ at: Math.max(moment.at, now), text, isNext: true })
  switch (moment.kind) {
    case 'turn': {
      const step = of.policy.steps[nextTurn(of)?.step ?? 0]
      return row(html`Pages ${people(step?.page ?? [], reach, moment.at)}, unless acknowledged.`)
    }
    case 'unmuted':
      return row(html`Nobody is muted any more: it pages, unless it is over.`)
    case 'warned':
      return row(html`Whoever was paged hears that the acknowledgement times out.`)
    case 'acknowledgementExpired':
      return row(html`The acknowledgement times out: it escalates again.`)
  }
}

export function pagedTable({ pages }: Pick<Escalation, 'pages'>, clock: Clock): Html {
  if (pages.length === 0) return html`<p class="soft">Nobody yet.</p>`
  return html`<table class="runs">
<thead><tr><th scope="col">Who</th><th scope="col">By</th><th scope="col">Sent</th><th scope="col">Arrived</th></tr></thead>
<tbody>${pages.slice(-MOST_SHOWN).map((page) => pagedRow(page, clock))}</tbody></table>`
}

/** The next few turns of the policy, for the rail. */
export function hearsNext(of: Escalation, reach: Reach, clock: Clock): Html {
  const { policy, severity, beganAt, turns, state, mute } = of
  const all = turnsOf(policy, severity, beganAt)
  const ahead = all.slice(turns, turns + 3).filter((turn) => turn.at < NEVER)
  const isPaging = state === 'triggered' && mute === undefined
  return html`<section aria-labelledby="do"><h2 id="do">Who hears next <span>${policy.name}</span></h2>
${
  isPaging &&
  ahead.length > 0 &&
  html`<dl class="pairs">${ahead.map((turn) => {
    const people_ = people(policy.steps[turn.step]?.page ?? [], reach, turn.at)
    return html`<dt>${at(Math.max(turn.at, clock.now), clock)}</dt><dd>${people_}</dd>`
  })}</dl>`
}
<p>${whatThen(of, ahead.length)}</p></section>`
}

export function mutes({ mute, state }: Escalation, clock: Clock): Html {
  const isMuted = mute !== undefined && state !== 'resolved'
  return html`<section aria-labelledby="mt"><h2 id="mt">Mutes <span>${isMuted ? mute.by : 'none'}</span></h2>
<p>${
    isMuted
      ? html`Nobody is paged: ${withTimes(mute.why, clock)}${mute.until !== undefined && html`, until ${at(mute.until, clock)}`}.`
      : 'No silence, no maintenance, parent not silent, no storm.'
  }</p></section>`
}

const MOST_SHOWN = 100

function pagedRow(page: QueuedPage, clock: Clock): Html {
  const { who, by } = whoOf(page.path)
  const arrived =
    page.outcome === 'delivered'
      ? at(page.settledAt ?? page.queuedAt, clock)
      : html`<span class="v ${page.outcome === undefined ? 'late' : 'failed'}">${page.outcome ?? 'on its way'}</span>`
  return html`<tr><td>${who}</td><td>${by === who ? '' : by}</td><td>${at(page.queuedAt, clock)}</td><td>${arrived}</td></tr>`
}

function whatThen({ state, mute, policy, acknowledgedAt = 0, acknowledgedBy = 'somebody' }: Escalation, ahead: number) {
  if (state === 'resolved') return 'Nobody: it is over.'
  if (state === 'acknowledged')
    return `Nobody, while ${acknowledgedBy} takes care of it. ${expires(acknowledgedAt, policy.ackTimeout)}`
  if (mute !== undefined) return 'Nobody, while it is muted.'
  if (ahead === 0) return 'Nobody: every step was taken. It stays open until it is well or somebody resolves it.'
  return `Acknowledge, and nobody is paged again for ${duration(policy.ackTimeout)}.`
}

function expires(acknowledgedAt: Instant, timeout: number): string {
  return Number.isFinite(acknowledgedAt + timeout) ? `It escalates again after ${duration(timeout)}.` : ''
}

/** Each once: ana, ops. */
function people(targets: readonly string[], reach: Reach, when: Instant): Html {
  const names = targets.flatMap((target) => {
    const ways = reach(target, when)
    return ways.length === 0 ? [`${target} (nobody now)`] : ways.map(({ path }) => saidOf(path))
  })
  return html`${[...new Set(names)].join(', ') || 'nobody'}`
}

function saidOf(path: string): string {
  const { who, by } = whoOf(path)
  return who === by ? who : `${who} by ${by}`
}
