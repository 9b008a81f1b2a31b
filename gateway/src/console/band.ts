// The strip at full size: the last arrivals of a heartbeat, and how long each took, on one axis. Drawn here, so that it is
// there without a script; x is in percent, y in px, so that it is fluid and its labels never shrink.
import type { Arrival } from '../app/arrivals.ts'
import type { Usual } from '../app/outlook.ts'
import { type Duration, HOUR, MINUTE, SECOND } from '../domain/time.ts'
import { type Clock, dayName, duration } from './clock.ts'
import { Html, html } from './html.ts'
import { MARK_WORDS } from './strip.ts'
import { counted } from './words.ts'

export const BAND_LENGTH = 50
const PITCH = 100 / BAND_LENGTH
const TOP = 72
const GROUND = 260
const LINE = 16

export function band(arrivals: readonly Arrival[], usual: Usual, factor: number, clock: Clock): Html {
  const shown = arrivals.slice(-BAND_LENGTH).map((arrival, place, all) => {
    const slot = BAND_LENGTH - all.length + place
    return { arrival, left: slot * PITCH, x: slot * PITCH + PITCH / 2, took: tookOf(arrival, clock) }
  })
  const isTimed = shown.some(({ took }) => took !== undefined)
  const ground = isTimed ? GROUND : 48
  const marks = shown.map(({ arrival: { mark }, left, x }) =>
    mark === 'unverified'
      ? hatched(left, 0, 48)
      : `<use href="#m-${mark === 'paused' ? 'unseen' : mark}" class="${mark}" x="${per(x)}"/>`,
  )
  const empty = Array.from({ length: BAND_LENGTH - shown.length }, (_, slot) => {
    return `<use href="#m-unseen" class="unseen" x="${per(slot * PITCH + PITCH / 2)}"/>`
  })
  return html`<svg class="band${isTimed ? '' : ' solo'}" height="${ground + 40}" role="img" aria-labelledby="ct cd">
<title id="ct">Arrivals${isTimed && ' and durations'}</title>
<desc id="cd">${described(arrivals, usual, factor, clock)}</desc>
<defs>${MARKS}</defs>
${new Html(`${empty.join('')}${marks.join('')}`)}
${isTimed && durations(shown, usual, factor)}
<line class="day" x1="0" x2="100%" y1="${ground}" y2="${ground}"/>${days(shown, ground, clock)}${isTimed && html`<text x="100%" dx="12" y="28">arrivals</text>`}
</svg>`
}

export function legend(): Html {
  const key = (mark: string, drawn: string, word = mark): Html =>
    html`<li><svg class="strip" viewBox="0 0 10 14" aria-hidden="true"><path class="${mark}" d="${drawn}"/></svg>${word}</li>`
  return html`<ul class="key" aria-label="Marks">${key('ok', 'M5 3v8', 'in time')}${key('late', 'M5 7v7')}${key('slow', 'M5 0v14')}${key('missed', 'M5 0v4M5 10v4')}${key('failed', 'M5 0v14M3 1h4M3 13h4')}${key('overrun', 'M5 0v14M3 1h4')}${key('unverified', 'M1 13l4-4M1 9l4-4M1 5l4-4M5 13l4-4M5 9l4-4M5 5l4-4')}</ul>`
}

type Shown = {
  readonly arrival: Arrival
  readonly left: number
  readonly x: number
  readonly took: Duration | undefined
}

function durations(shown: readonly Shown[], { baseline, slow }: Usual, factor: number): Html {
  const longest = Math.max(1, slow ?? 0, ...shown.map(({ took = 0 }) => took))
  const y = (length: Duration): number => round(GROUND - (length / longest) * (GROUND - TOP))
  const bars = shown.flatMap(({ arrival: { mark, isOpen }, left, x, took }) => {
    if (mark === 'unverified') return [hatched(left, 48, GROUND - 48)]
    if (took === undefined) return []
    const top = Math.min(y(took), GROUND - 2)
    const bar = `<line class="d ${mark}${isOpen ? ' open' : ''}" x1="${per(x)}" x2="${per(x)}" y1="${GROUND}" y2="${top}"/>`
    return [isOpen ? `${bar}<circle class="end ${mark}" cx="${per(x)}" cy="${top}" r="3.5"/>` : bar]
  })
  const open = shown.findLast(({ arrival, took }) => arrival.isOpen && took !== undefined)
  const labels: Label[] = [
    ...(slow === undefined ? [] : [{ y: y(slow), text: duration(slow), under: `${factor} × median` }]),
    ...(baseline === undefined ? [] : [{ y: y(baseline), text: duration(baseline), under: 'median' }]),
    ...(open?.took === undefined ? [] : [{ y: y(open.took), text: `now ${duration(open.took)}` }]),
  ]
  const ticks = ticksBelow(longest).filter((tick) => labels.every((label) => Math.abs(label.y - y(tick)) >= 2 * LINE))
  const line = (name: string, at: number): string => `<line class="${name}" x1="0" x2="100%" y1="${at}" y2="${at}"/>`
  const across = [
    slow === undefined ? '' : `<rect class="fit" y="${y(slow)}" width="100%" height="${round(GROUND - y(slow))}"/>`,
    ...ticks.map((tick) => line('axis', y(tick))),
    ...bars,
    baseline === undefined ? '' : line('mid', y(baseline)),
    slow === undefined ? '' : line('lim', y(slow)),
  ]
  const texts = [
    ...spread(labels).map(
      ({ y: at, text, under }) =>
        html`<text class="on" x="100%" dx="12" y="${round(at + 4)}">${text}</text>${under !== undefined && html`<text x="100%" dx="12" y="${round(at + 4 + LINE)}">${under}</text>`}`,
    ),
    ...ticks.map((tick) => html`<text x="100%" dx="12" y="${round(y(tick) + 4)}">${duration(tick)}</text>`),
  ]
  return html`${new Html(across.join(''))}<g>${texts}</g>`
}

type Label = { readonly y: number; readonly text: string; readonly under?: string }

/** From the ground up, each pushed above the one below it where they would touch. */
function spread(labels: readonly Label[]): readonly Label[] {
  let ceiling = GROUND + LINE
  return labels
    .toSorted((a, b) => b.y - a.y)
    .map((label) => {
      const bottom = label.under === undefined ? 0 : LINE
      const y = Math.min(label.y, ceiling - LINE - bottom)
      ceiling = y
      return { ...label, y }
    })
}

function days(shown: readonly Shown[], ground: number, { zone }: Clock): Html {
  let before = ''
  let labelledAt = -100
  const parts = shown.flatMap(({ arrival, left }) => {
    const day = dayName(arrival.at, zone)
    if (day === before) return []
    before = day
    const tick = `<svg x="${per(left)}" overflow="visible"><path class="day" d="M.5 ${ground}v8"/></svg>`
    if (left - labelledAt < MOST_CROWDED) return [tick]
    labelledAt = left
    if (left > 100 - MOST_CROWDED / 2)
      return [tick, `<text x="100%" y="${ground + 18}" text-anchor="end">${day}</text>`]
    return [`${tick}<text x="${per(left)}" dx="6" y="${ground + 18}">${day}</text>`]
  })
  return new Html(parts.join(''))
}

/** Percent between two labels of days. */
const MOST_CROWDED = 9

function described(arrivals: readonly Arrival[], { baseline, slow }: Usual, factor: number, clock: Clock): string {
  const counts = new Map<string, number>()
  for (const { mark } of arrivals) counts.set(MARK_WORDS[mark], (counts.get(MARK_WORDS[mark]) ?? 0) + 1)
  const first = `The last ${counted(arrivals.length, 'arrival')}: ${[...counts].map(([word, count]) => `${count} ${word}`).join(', ')}.`
  const open = arrivals.findLast(({ isOpen }) => isOpen)
  return [
    first,
    baseline !== undefined && `Median duration ${duration(baseline)}.`,
    slow !== undefined && `Slow from ${duration(slow)} on, ${factor} times the median.`,
    open?.startedAt !== undefined && `One is running for ${duration(clock.now - open.startedAt)}.`,
  ]
    .filter((sentence) => sentence !== false)
    .join(' ')
}

function tookOf({ duration: took, isOpen, startedAt }: Arrival, { now }: Clock): Duration | undefined {
  return isOpen && startedAt !== undefined ? Math.max(0, now - startedAt) : took
}

/** One or two round durations below the longest. */
function ticksBelow(longest: Duration): readonly Duration[] {
  const step = STEPS.find((each) => longest / each < 3) ?? Math.ceil(longest / 2)
  return [step, 2 * step].filter((tick) => tick < longest)
}

const STEPS: readonly Duration[] = [
  ...[10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12, 24, 48, 96].map((hours) => hours * HOUR),
]

const MARKS = new Html(
  Object.entries({
    ok: 'M0 12v24',
    late: 'M0 24v24',
    slow: 'M0 0v48',
    failed: 'M0 0v48M-4 1.5h8M-4 46.5h8',
    missed: 'M0 0v14M0 34v14',
    overrun: 'M0 0v48M-4 1.5h8',
    running: 'M0 12v10M0 26v10',
    unseen: 'M0 22v4',
  })
    .map(([mark, drawn]) => `<path id="m-${mark}" d="${drawn}"/>`)
    .join(''),
)

function hatched(left: number, y: number, height: number): string {
  return `<rect x="${per(left)}" y="${y}" width="${per(PITCH)}" height="${height}" fill="url(#hatch)"/>`
}

function per(percent: number): string {
  return `${round(percent)}%`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
