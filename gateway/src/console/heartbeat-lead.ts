// The head of a heartbeat's page: where it belongs, what it is, the sentence that explains it, and what can be done.
import type { Arrival } from '../app/arrivals.ts'
import { outlook, usual } from '../app/outlook.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Heartbeat } from '../domain/heartbeat.ts'
import { NEVER } from '../domain/time.ts'
import { boardAddress } from './board-filter.ts'
import { at, type Clock, clockTime, duration, lasting, until } from './clock.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField } from './page.ts'
import { chip } from './symbols.ts'
import { cause, done, next, oldestRun, sentence } from './why.ts'

export type Seen = {
  readonly heartbeat: Heartbeat
  readonly arrivals: readonly Arrival[]
  readonly scene: LiveScene
  readonly clock: Clock
  readonly viewer: Viewer
}

export function heartbeatLead(seen: Seen): Html {
  const { name, terms, state } = seen.heartbeat
  return html`<header class="lead" id="lead" data-live data-of="${name}">
  <nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li>${terms.group !== '' && html`<li><a href="${boardAddress({ group: terms.group })}">${terms.group}</a></li>`}</ol></nav>
  <div class="say"><h1>${name}</h1>${chip(state.verdict)}</div>
  <p>${say(seen)}</p>
  ${seen.viewer.scope !== 'read' && actions(seen)}
</header>`
}

function say(seen: Seen): Html {
  const { heartbeat, arrivals, scene, clock } = seen
  const { state, terms } = heartbeat
  const last = arrivals.findLast(({ signal, isOpen }) => signal !== undefined && !isOpen)
  const rest = (): Html | undefined => {
    const [ahead] = outlook(heartbeat, scene, clock.now).filter(({ what }) => what !== 'due')
    return ahead && sentence(ahead, clock)
  }
  const due = state.dueAt !== NEVER && state.dueAt > clock.now && html`Next due ${until(state.dueAt, clock)}. `
  switch (state.verdict) {
    case 'ok':
      return html`<strong>Last ok ${at(state.lastOkAt, clock)}${last?.mark === 'late' ? ', late' : ''}.</strong> ${due}${rest()}`
    case 'running': {
      const run = oldestRun(heartbeat)
      const { baseline } = usual(heartbeat)
      return html`<strong>${run && html`The ${clockTime(run.startedAt, clock)} run has been going for ${lasting(run.startedAt, clock)}`}.</strong> ${baseline !== undefined && `It usually takes ${duration(baseline)}. `}${rest()}`
    }
    case 'paused':
      return html`<strong>Paused since ${at(state.since, clock)}.</strong> Nothing is judged and nobody is paged. ${terms.resume === 'manual' ? 'It stays so until somebody resumes it.' : 'The next ok resumes it.'}`
    case 'unseen':
      return html`<strong>Nothing was heard yet.</strong> ${due}${rest()} <a href="${pathTo('heartbeats', heartbeat.name, 'lines')}">Lines to paste</a>`
    case 'unverified':
      return html`<strong>It could not be verified: the gateway was blind${state.more.blind !== undefined && html` ${at(state.more.blind[0], clock)}–${at(state.more.blind[1], clock)}`}.</strong> ${due}${rest()}`
    default:
      return html`<strong>${cause(heartbeat, last, clock)}</strong> ${done(state.more.incident, clock)}${next(heartbeat, scene, clock)}`
  }
}

function actions({ heartbeat: { name, state }, viewer }: Seen): Html {
  const { incident } = state.more
  const button = (action: string, word: string, isMain = false): Html =>
    html`<form method="post" action="${action}">${csrfField(viewer)}<button class="btn${isMain && ' main'}" type="submit">${word}</button></form>`
  const to = (deed: string): string => pathTo('heartbeats', name, deed)
  return html`<div class="acts">${
    incident?.state === 'triggered' && button(pathTo('incidents', incident.id, 'acknowledge'), 'Acknowledge', true)
  }${button(to('silence'), 'Silence 1 h')}${
    state.verdict === 'paused' ? button(to('resume'), 'Resume', true) : button(to('pause'), 'Pause')
  }${button(to('drill'), 'Drill')}<a class="btn" href="${to('edit')}">Edit</a><a class="btn" href="${to('lines')}">Lines to paste</a></div>`
}
