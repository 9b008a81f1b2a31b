// The verdicts as shapes: once at the top of each page, then used by name. Hue says how bad, shape says which, the word
// is there too.
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { Html, html } from './html.ts'

/** A verdict as a chip; `quiet`: its word is there for readers of the screen alone. */
export function chip(verdict: Verdict, quiet = false): Html {
  const word = quiet ? html`<span class="sr-s">${verdict}</span>` : verdict
  return html`<span class="v ${verdict}">${glyph(verdict)}${word}</span>`
}

export function glyph(verdict: Verdict): Html {
  return html`<svg class="i" aria-hidden="true"><use href="#v-${verdict}"/></svg>`
}

const DRAWN: Readonly<Record<Verdict, string>> = {
  ok: '<circle cx="6" cy="6" r="4" fill="currentColor"/>',
  running: '<path d="M2.5 1.5 10.5 6l-8 4.5z" fill="currentColor"/>',
  late: '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5"/><path d="M6 1.5a4.5 4.5 0 0 1 0 9z" fill="currentColor"/>',
  slow: '<path d="M1.5 1h9L7 6l3.5 5h-9L5 6z" fill="currentColor"/>',
  missed: '<path d="M6 1.2 10.8 6 6 10.8 1.2 6z" fill="none" stroke="currentColor" stroke-width="1.8"/>',
  failed:
    '<path d="M1 1h10v10H1z" fill="currentColor"/><path d="m4 4 4 4m0-4-4 4" fill="none" stroke="var(--paper)" stroke-width="1.5"/>',
  overrun: '<path d="M6 1 11.5 11H.5z" fill="currentColor"/>',
  unverified:
    '<path d="M1.5 1.5h9v9h-9z" fill="none" stroke="currentColor"/><path d="m1.5 6.5 5-5m-5 9 9-9m-4.5 9 4.5-4.5" stroke="currentColor"/>',
  paused: '<path d="M2.5 1.5h2.5v9h-2.5zM7 1.5h2.5v9H7z" fill="currentColor"/>',
  unseen:
    '<circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2 1.53"/>',
}

export const SYMBOLS: Html = new Html(
  `<svg class="defs" aria-hidden="true"><defs>${VERDICTS.map(
    (verdict) => `<symbol id="v-${verdict}" viewBox="0 0 12 12">${DRAWN[verdict]}</symbol>`,
  ).join(
    '',
  )}<pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse"><path class="hatch" d="M-1 5 5-1M-1 1 1-1M3 5 5 3"/></pattern></defs></svg>`,
)
