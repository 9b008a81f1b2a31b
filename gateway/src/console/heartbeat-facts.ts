// What holds for a heartbeat now, in a row: due, last ok, schedule, grace, how long a run may take, who owns it.
import type { Arrival } from '../app/arrivals.ts'
import { usual } from '../app/outlook.ts'
import { type GraceSource, graceOf } from '../domain/deadline.ts'
import type { Heartbeat } from '../domain/heartbeat.ts'
import { openRuns } from '../domain/moments.ts'
import type { Schedule } from '../domain/schedule.ts'
import { NEVER } from '../domain/time.ts'
import { at, type Clock, duration, until } from './clock.ts'
import { type Html, html } from './html.ts'
import { MARK_WORDS } from './strip.ts'
import { short } from './words.ts'

export function facts(heartbeat: Heartbeat, last: Arrival | undefined, clock: Clock): Html {
  const { terms, state } = heartbeat
  const { grace, from } = graceOf(terms, state, state.dueAt)
  const isExpected = terms.schedule.kind !== 'none'
  return html`<dl class="facts" id="facts" data-live>
    ${fact('Next due', state.dueAt === NEVER ? 'never' : at(state.dueAt, clock), state.dueAt !== NEVER && state.dueAt > clock.now && until(state.dueAt, clock))}
    ${fact('Last ok', state.lastOkAt === 0 ? 'never' : at(state.lastOkAt, clock), lastWords(last))}
    ${fact('Schedule', ...scheduleWords(terms.schedule))}
    ${isExpected && fact('Grace', duration(grace), GRACE[from])}
    ${mustFinish(heartbeat, clock)}
    ${fact('Owner', short(terms.owner, 60) || 'nobody', `policy ${terms.policy}`)}
  </dl>`
}

/** What is typed, and what stands below it. */
export function scheduleWords(schedule: Schedule): readonly [Html | string, string] {
  switch (schedule.kind) {
    case 'every':
      return [`every ${duration(schedule.every)}`, 'from ok to ok']
    case 'cron':
      return [html`<code>${schedule.cron}</code>`, schedule.zone]
    case 'calendar':
      return [html`<code>${schedule.calendar}</code>`, schedule.zone]
    case 'window':
      return [schedule.window, [schedule.on, schedule.zone].filter((part) => part !== '').join(', ')]
    case 'none':
      return ['none', 'it is judged by what it says']
  }
}

function fact(term: string, value: Html | string, small: Html | string | false = ''): Html {
  return html`<div><dt>${term}</dt><dd>${value} ${small && html`<small>${small}</small>`}</dd></div>`
}

function lastWords(last: Arrival | undefined): string {
  if (last === undefined || last.signal?.kind !== 'ok') return ''
  return [MARK_WORDS[last.mark], last.duration !== undefined && duration(last.duration)]
    .filter((part) => part !== false)
    .join(', ')
}

function mustFinish(heartbeat: Heartbeat, clock: Clock): Html | false {
  const { limit, explicit } = usual(heartbeat).limit
  const [run] = openRuns(heartbeat.state).toSorted((a, b) => a.judgedFrom - b.judgedFrom)
  if (run !== undefined) return fact('Must finish', at(run.judgedFrom + limit, clock), `within ${duration(limit)}`)
  return explicit && fact('Must finish', `within ${duration(limit)}`)
}

const GRACE: Readonly<Record<GraceSource, string>> = {
  explicit: 'as declared',
  signal: 'as its signal said',
  gap: 'by default',
  lag: 'four times its usual lag',
}
