// The head of the board: the sentence that answers, the tally, and what the gateway could not hear.
import { countOf, WRONG } from '../app/overview.ts'
import type { Registry } from '../app/registry.ts'
import { type Duration, MINUTE } from '../domain/time.ts'
import type { Verdict } from '../domain/verdict.ts'
import { boardAddress } from './board-filter.ts'
import { at, type Clock, duration, lasting } from './clock.ts'
import { type Html, html } from './html.ts'
import { glyph } from './symbols.ts'
import { counted, earOf, figure } from './words.ts'

/** In the order of the tally. */
const TALLY: readonly Verdict[] = [
  ...['missed', 'failed', 'overrun', 'slow', 'late', 'unverified', 'running', 'paused', 'unseen', 'ok'],
] as Verdict[]
const NEEDS_SOMEBODY = WRONG.filter((verdict) => verdict !== 'late')
/** A blind window is shown for as long. */
const SHOWN_FOR: Duration = 24 * 60 * MINUTE

export function headline(registry: Registry): string {
  const total = registry.roster.size
  const wrong = countOf(registry, ...NEEDS_SOMEBODY)
  if (total === 0) return 'Nothing is watched yet'
  if (wrong > 0) return `${figure(wrong)} of ${figure(total)} ${wrong === 1 ? 'needs' : 'need'} you`
  return total === 1 ? 'Your heartbeat is fine' : `All ${figure(total)} are fine`
}

export function lead(registry: Registry, newest: number | undefined, clock: Clock): Html {
  return html`<header class="lead" id="lead" data-live>
  <h1>${headline(registry)}</h1>
  <p>${remark(registry, newest, clock)}</p>
  <ul class="tally" aria-label="Filter by verdict">${TALLY.map((verdict) => {
    const count = countOf(registry, verdict)
    return (
      count > 0 &&
      html`<li><a href="${boardAddress({ verdict })}"><span class="${verdict}">${glyph(verdict)}</span><b>${figure(count)}</b> ${verdict}</a></li>`
    )
  })}</ul>
</header>`
}

/** `newest`: since when the latest that is wrong is wrong. */
function remark(registry: Registry, newest: number | undefined, clock: Clock): Html {
  const late = countOf(registry, 'late')
  const wrong = countOf(registry, ...NEEDS_SOMEBODY)
  if (registry.roster.size === 0) return html`Write down one scheduled job, paste one line, and silence pages somebody.`
  const lateness =
    late > 0 &&
    `${wrong > 0 ? `${late === 1 ? 'One more' : `${figure(late)} more`}` : late === 1 ? 'One' : figure(late)} ${late === 1 ? 'is' : 'are'} late. `
  if (wrong > 0) return html`${lateness}Nothing new in the last ${lasting(newest ?? clock.now, clock)}.`
  return html`${lateness || 'Nobody is paged. '}Last looked ${at(clock.now, clock)}.`
}

/** The latest window in which something could not be verified, while it is news. */
export function blindness({ blind, verdicts, casebook }: Registry, clock: Clock): Html | undefined {
  const [deaf] = casebook.deaf.values()
  if (deaf !== undefined)
    return html`<aside class="blind" aria-label="Blind window">
    <svg aria-hidden="true"><rect width="12" height="100%" fill="url(#hatch)"/></svg>
    <p><strong>Blind since ${at(deaf.at, clock)}.</strong> Nothing is heard by ${earOf(deaf.source)}. What comes by it is not judged until it hears again.</p>
  </aside>`
  const window = blind.findLast(({ unverified, to }) => unverified > 0 && clock.now - to < SHOWN_FOR)
  if (window === undefined) return undefined
  const { from, to, cause, unverified } = window
  const unjudged = verdicts.get('unverified') ?? 0
  return html`<aside class="blind" aria-label="Blind window">
    <svg aria-hidden="true"><rect width="12" height="100%" fill="url(#hatch)"/></svg>
    <p><strong>Blind ${at(from, clock)}–${at(to, clock)}.</strong> ${CAUSES[cause]} for ${duration(to - from)}. ${counted(unverified, 'run')} could not be verified and nobody was paged for ${unverified === 1 ? 'it' : 'them'}.${unjudged > 0 && html` <a href="${boardAddress({ verdict: 'unverified' })}">Show the ${figure(unjudged)}</a>`}</p>
  </aside>`
}

const CAUSES: Readonly<Record<Registry['blind'][number]['cause'], string>> = {
  restart: 'The gateway was down',
  stall: 'The gateway stood still',
  suspend: 'The gateway’s host was suspended',
  listener: 'The gateway did not listen',
  ledger: 'The gateway could not write',
  link: 'The link to the devices was broken',
}
