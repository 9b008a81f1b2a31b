// The last arrivals of a heartbeat as a strip: one path for each verdict, oldest left, so that thousands of rows stay light.
import { STRIP_LENGTH } from '../app/strips.ts'
import type { Verdict } from '../domain/verdict.ts'
import { Html, html } from './html.ts'

/** How one expected arrival went, in the order of the words; `unseen` where there was none to expect yet. */
const MARKS: readonly Verdict[] = [
  'ok',
  'late',
  'slow',
  'running',
  'missed',
  'failed',
  'overrun',
  'unverified',
  'paused',
  'unseen',
]

const PITCH = 4

/** Oldest first; missing ones are at the left. */
export function strip(marks: readonly Verdict[]): Html {
  const shown = marks.slice(-STRIP_LENGTH)
  const all: readonly Verdict[] = [...new Array<Verdict>(STRIP_LENGTH - shown.length).fill('unseen'), ...shown]
  return drawn(all, MARK_WORDS, `Last ${STRIP_LENGTH}`)
}

/** One mark a day, of any number of days. */
export function daysStrip(days: readonly Verdict[]): Html {
  return drawn(days, { ...MARK_WORDS, ok: 'fine', unseen: 'not known' }, `Last ${days.length} days`)
}

function drawn(all: readonly Verdict[], words: Readonly<Record<Verdict, string>>, what: string): Html {
  const paths = MARKS.flatMap((mark) => {
    const drawn = all.flatMap((each, place) => (each === mark ? [DRAWN[mark](2 + PITCH * place)] : []))
    return drawn.length === 0 ? [] : [`<path class="${mark}" d="${drawn.join('')}"/>`]
  })
  const counts = MARKS.flatMap((mark) => {
    const count = all.filter((each) => each === mark).length
    return count === 0 ? [] : [`${count} ${words[mark]}`]
  })
  return html`<svg class="strip" viewBox="0 0 ${PITCH * all.length} 14" role="img" aria-label="${what}: ${counts.join(', ')}">${new Html(paths.join(''))}</svg>`
}

/** Nothing came yet, and one mark beats for what is waited for. */
export function waiting(): Html {
  const dots = Array.from({ length: STRIP_LENGTH }, (_, place) => DRAWN.unseen(2 + PITCH * place)).join('')
  return html`<svg class="strip" viewBox="0 0 200 14" role="img" aria-label="Nothing came yet"><path class="unseen" d="${dots}"/><path class="live unseen" d="M198 0v14"/></svg>`
}

/** Around `x`, the middle of the mark, 14 high. */
const DRAWN: Readonly<Record<Verdict, (x: number) => string>> = {
  ok: (x) => `M${x} 3v8`,
  late: (x) => `M${x} 7v7`,
  slow: (x) => `M${x} 0v14`,
  running: (x) => `M${x} 3v3M${x} 8v3`,
  missed: (x) => `M${x} 0v4M${x} 10v4`,
  failed: (x) => `M${x} 0v14M${x - 2} 1h4M${x - 2} 13h4`,
  overrun: (x) => `M${x} 0v14M${x - 2} 1h4`,
  unverified: (x) => `M${x - 2} 13l4-4M${x - 2} 9l4-4M${x - 2} 5l4-4`,
  paused: (x) => `M${x} 6v2`,
  unseen: (x) => `M${x} 6v2`,
}

export const MARK_WORDS: Readonly<Record<Verdict, string>> = {
  ok: 'in time',
  late: 'late',
  slow: 'slow',
  running: 'running',
  missed: 'missed',
  failed: 'failed',
  overrun: 'overrun',
  unverified: 'unverified',
  paused: 'paused',
  unseen: 'not yet due',
}
