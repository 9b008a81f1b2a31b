// When a schedule is due next, in its zone and in UTC, and what grace it gives: asked for while somebody types.
import { graceOf } from '../domain/deadline.ts'
import type { Terms } from '../domain/heartbeat.ts'
import { gapAround, nextDue, opening } from '../domain/schedule.ts'
import { DAY, type Duration, HOUR, type Instant, MINUTE, NEVER } from '../domain/time.ts'
import { type Clock, dateName, duration, timeOf } from './clock.ts'
import { type Html, html } from './html.ts'

const SHOWN = 5

/** `terms`: what was said, as far as it can be read. */
export function preview(terms: Terms | undefined, { now }: Clock): Html {
  return html`<div id="fires" aria-live="polite">${terms && table(terms, now)}</div>`
}

/** What an empty grace means. */
export function graceWords(terms: Terms | undefined, now: Instant): string {
  if (terms === undefined || terms.schedule.kind === 'none') return 'How late it may be before somebody is paged.'
  const due = nextDue(terms.schedule, now)
  if (due === NEVER) return 'How late it may be before somebody is paged.'
  const { grace, from } = graceOf({ ...terms }, undefined, due)
  if (from === 'explicit') return `Missed ${duration(grace)} after it was due.`
  return `Empty means ${duration(grace)}, from the ${gapWords(gapAround(terms.schedule, due))} between two runs.`
}

/** `day`, `hour`, `15 min`. */
function gapWords(gap: Duration): string {
  return gap === DAY ? 'day' : gap === HOUR ? 'hour' : gap === MINUTE ? 'minute' : duration(gap)
}

function table({ schedule }: Terms, now: Instant): Html {
  if (schedule.kind === 'none') return html`<p class="soft">Nothing is expected: only what it says is judged.</p>`
  if (schedule.kind === 'every')
    return html`<p class="soft">Due ${duration(schedule.every)} after each ok; the first from now on.</p>`
  const { zone } = schedule
  const dues = dueAfter(schedule, now)
  const [short = zone] = zone.split('/').slice(-1)
  if (dues.length === 0) return html`<p class="soft">It is never due again.</p>`
  return html`<table class="fires">
    <caption class="sr">The next ${dues.length} times it is due</caption>
    <thead><tr><th scope="col">Due next</th><th scope="col">${short.replaceAll('_', ' ')}</th>${zone !== 'UTC' && html`<th scope="col">UTC</th>`}<th scope="col" class="r">In</th></tr></thead>
    <tbody>${dues.map((due) => {
      const opens = opening(schedule, due)
      const from = opens === due ? '' : `${timeOf(opens, zone)}–`
      return html`<tr><td>${dateName(due, zone)}</td><td>${from}${timeOf(due, zone)}</td>${zone !== 'UTC' && html`<td>${from !== '' && `${timeOf(opens, 'UTC')}–`}${timeOf(due, 'UTC')}</td>`}<td class="r">${duration(due - now)}</td></tr>`
    })}</tbody>
  </table>`
}

function dueAfter(schedule: Terms['schedule'], now: Instant): readonly Instant[] {
  const dues: Instant[] = []
  for (let due = nextDue(schedule, now); due !== NEVER && dues.length < SHOWN; due = nextDue(schedule, due))
    dues.push(due)
  return dues
}
