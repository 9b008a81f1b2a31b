// What happened in an incident or a storm, as a list of facts in order of time, with what is still ahead at its end.
import type { Story } from '../app/read-story.ts'
import type { Escalation, QueuedPage } from '../domain/escalation.ts'
import type { Signal } from '../domain/signal.ts'
import { type Instant, parseInstant, SECOND } from '../domain/time.ts'
import type { TimelineEntry } from '../domain/timeline.ts'
import { VERDICTS, type Verdict } from '../domain/verdict.ts'
import { at, type Clock, duration, until } from './clock.ts'
import { type Html, html } from './html.ts'
import { earOf } from './words.ts'

/** `isNext`: it is still ahead. */
export type Row = {
  readonly at: Instant
  readonly text: Html
  readonly small?: Html | string
  readonly glyph?: Verdict
  readonly isNext?: boolean
}

/** In order of time, else as they are given; what is ahead comes last. */
export function timeline(rows: readonly Row[], clock: Clock): Html {
  const sorted = rows.toSorted((one, other) => one.at - other.at)
  return html`<ol class="tl">${sorted.map(
    (row) =>
      html`<li${row.isNext && html` class="next"`}>${at(row.at, clock)}${
        row.glyph && html`<svg class="i ${row.glyph}" aria-hidden="true"><use href="#v-${row.glyph}"/></svg>`
      }<div>${row.text}${(row.small || row.isNext) && html` <small>${row.small ?? until(row.at, clock)}</small>`}</div></li>`,
  )}</ol>`
}

type Told = Pick<Escalation, 'pages'> & { readonly timeline: readonly TimelineEntry[] }

/** Of an incident or a storm; pages are told with what became of them. */
export function rowsOf(of: Told, clock: Clock, tries: Story['tries'] = NO_TRIES): readonly Row[] {
  return [
    ...of.timeline.flatMap((entry) => entryRow(entry, clock)),
    ...of.pages.slice(-MOST_PAGES).map((page) => pageRow(page, tries.get(page.id))),
  ]
}

export function signalRow(signal: Signal, isLast: boolean): Row {
  const { kind, via, message = '', exit, killedBy, seq, boot } = signal
  const said = [
    ...[exit !== undefined && `exit code ${exit}`, killedBy !== undefined && `killed by ${killedBy}`],
    ...[seq !== undefined && `seq ${seq}`, boot !== undefined && `boot ${boot}`],
    ...Object.entries(signal.metrics ?? {}).map(([name, value]) => `${name} ${value}`),
    message !== '' && shortened(message),
  ].filter((part) => part !== false)
  const small = said.join(', ')
  const by = earOf(via)
  const text = isLast ? html`<b>Last signal.</b> ${kind} by ${by}` : html`<b>${SIGNALS[kind]}</b> by ${by}`
  return {
    ...{ at: signal.at, text: kind === 'will' ? html`<b>Link broke.</b> The broker sent the will.` : text },
    ...(small !== '' && { small }),
    ...(kind === 'ok' && { glyph: 'ok' as const }),
    ...(kind === 'fail' && { glyph: 'failed' as const }),
  }
}

/** `primary › ana › ops` is ana, by ops. */
export function whoOf(path: string): { readonly who: string; readonly by: string } {
  const parts = path.split(' › ')
  return { who: parts.at(-2) ?? path, by: parts.at(-1) ?? path }
}

/** Text with instants in it, in UTC or as sentences have them, each on the clock of the page. */
export function withTimes(text: string, clock: Clock): Html {
  return html`${text.split(TIMES).map((part) => {
    const instant = WRITTEN.test(part) ? instantIn(part) : undefined
    return instant === undefined ? part : at(instant, clock)
  })}`
}

/** `Sat 2026-03-28 03:00:00 Europe/Riga`, or ISO 8601 in UTC. */
function instantIn(text: string): Instant | undefined {
  const [, date, time, zone] = LOCAL.exec(text) ?? []
  if (zone === undefined) return parseInstant(text)
  try {
    return Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return undefined
  }
}

export function shortened(text: string, longest = 300): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}

const TIMES =
  /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Z][\w+/-]*)/
const WRITTEN = new RegExp(`^${TIMES.source}$`)
const LOCAL = /^\w+ (\S+) (\d\d:\d\d:\d\d) (\S+)$/
const MOST_PAGES = 100
const NO_TRIES: Story['tries'] = new Map()

const SIGNALS: Readonly<Record<Signal['kind'], string>> = {
  ...{ ok: 'ok', start: 'Started', fail: 'Failed', log: 'Log', bye: 'Says good-bye', will: 'Link broke' },
}

const TOLD: Readonly<Record<string, string>> = {
  acknowledged: 'that it is acknowledged',
  resolved: 'that it is resolved',
  expiring: 'that the acknowledgement times out soon',
  grew: 'that it grew',
}

function pageRow(page: QueuedPage, tried: { readonly attempts: number; readonly why: string } | undefined): Row {
  const { who, by } = whoOf(page.path)
  const told = TOLD[page.kind.split('.')[1] ?? '']
  const verb = told === undefined ? 'Paged' : 'Told'
  const way = who === by ? '' : ` by ${by}`
  const tries = tried !== undefined && tried.attempts > 1 ? `${tried.attempts} tries. ` : ''
  const small = `${tries}${tried?.why ?? ''}`.trim()
  return {
    at: page.queuedAt,
    text: html`${verb} <b>${who}</b>${way}${told && ` ${told}`}. ${becameOf(page)}`,
    ...(small !== '' && { small: shortened(small) }),
  }
}

function becameOf({ outcome, queuedAt, settledAt = queuedAt }: QueuedPage): string {
  if (outcome === undefined) return 'On its way.'
  if (outcome === 'delivered') return `Delivered in ${inSeconds(settledAt - queuedAt)}.`
  return outcome === 'refused' ? 'Refused.' : 'Given up.'
}

/** `0.9 s` below ten seconds. */
export function inSeconds(length: number): string {
  return length < 10 * SECOND ? `${(length / SECOND).toFixed(1)}\u00a0s` : duration(length)
}

function entryRow(entry: TimelineEntry, clock: Clock): readonly Row[] {
  const { type, note } = entry
  const row = (text: Html, glyph?: Verdict, small?: Html): Row[] => {
    const seen = entry.seenAt - entry.at >= SECOND / 10 ? html`Seen ${inSeconds(entry.seenAt - entry.at)} later` : ''
    const below = small ?? seen
    return [{ at: entry.at, text, ...(below !== '' && { small: below }), ...(glyph !== undefined && { glyph }) }]
  }
  const [of = '', what = ''] = type.split('.')
  switch (what) {
    case 'opened':
    case 'worsened': {
      if (of === 'storm') return row(html`<b>Storm.</b> ${note}`)
      const [, verdict = '', severity = ''] = /^(\w+), (\w+):/.exec(note) ?? []
      const happened = what === 'opened' ? `Incident opened, ${severity}.` : `It is ${severity} now.`
      return row(
        html`<b>${capital(verdict)}.</b> ${happened}`,
        VERDICTS.find((known) => known === verdict),
      )
    }
    case 'stepTaken':
      return note === 'step 1' ? [] : row(html`<b>Nobody acknowledged.</b> ${capital(note)}.`)
    case 'acknowledged':
      return row(html`<b>Acknowledged</b> ${note}`)
    case 'resolved':
      return row(html`<b>Resolved</b> ${note}`, of === 'incident' ? 'ok' : undefined)
    case 'warned':
      return row(html`The acknowledgement times out soon.`)
    case 'acknowledgementExpired':
      return row(html`<b>The acknowledgement timed out.</b> It escalates again.`)
    case 'muted':
      return row(html`<b>Muted.</b> Nobody is paged.`, undefined, withTimes(capital(note), clock))
    case 'unmuted':
      return row(html`<b>Not muted any more.</b>`)
    case 'receded':
      return row(html`<b>Most are well again.</b> ${note}.`)
    case 'returned':
      return row(html`<b>Too many are bad again.</b> ${note}.`)
    case 'dropped':
      return row(html`<b>Nobody was paged.</b> ${capital(note.replace(/^not sent: /, ''))}.`)
    default:
      return []
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
