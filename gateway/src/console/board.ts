// The board: what is wrong first, then what explains it, then every group; or all that fits what is asked for.
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { createPace } from '../adapters/in-turns.ts'
import { type Arrival, readArrivals } from '../app/arrivals.ts'
import { type Board, WRONG, wrongNow } from '../app/overview.ts'
import { type HeartbeatItem, type List, listHeartbeats } from '../app/read.ts'
import { Strips } from '../app/strips.ts'
import type { Duration } from '../domain/time.ts'
import { boardAddress, type Filter, heartbeatFilter, isFiltering, readFilter } from './board-filter.ts'
import { blindness, headline, lead } from './board-lead.ts'
import { askedFor, chunk, groupTable, inFull, search, shownOf } from './board-list.ts'
import { rail, SignalRate } from './board-rail.ts'
import { columns, row, wrongRow } from './board-rows.ts'
import type { Viewer } from './frame.ts'
import { type Html, html } from './html.ts'
import { page } from './page.ts'
import { asked } from './query.ts'
import { figure } from './words.ts'
import { answerHtml, type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

/** Wrong heartbeats that are told with why, and rows that come at once where something is asked for. */
const WRONG_SHOWN = 50
const ROWS_SHOWN = 100
/** How long a list may take before it is shown as far as it is. */
const QUICK: Duration = 40

export function boardRoutes(world: ConsoleWorld): readonly Route[] {
  const { registry, ledger } = world
  const rate = new SignalRate(world.counters, world.now())
  const strips = new Strips(registry, ledger)

  async function wrong(numbers: readonly number[], left: number, filter: Filter): Promise<Html> {
    const clock = clockOf(world)
    const marks = await strips.marksOf(numbers, clock.now)
    const lasts = await Promise.all(numbers.map((number) => lastOf(number)))
    const rows = numbers.map(
      (number, place) =>
        isThere(number) &&
        wrongRow(registry.heartbeat(number), number, marks.get(number) ?? [], lasts[place], world.scene(), clock),
    )
    const more =
      left > 0 &&
      html`<p class="soft">${figure(left)} more: ${WRONG.filter((verdict) => registry.verdicts.get(verdict)).map((verdict) => html`<a href="${boardAddress({ ...filter, verdict })}">${verdict}</a> `)}</p>`
    return html`<section id="wrong" data-live aria-labelledby="wrong-now"${numbers.length === 0 && html` hidden`}>
    <h2 id="wrong-now">Wrong now</h2>
    <table class="beats wrong">${columns('Wrong now', 'For')}${rows}</table>${more}
  </section>`
  }

  async function lastOf(number: number): Promise<Arrival | undefined> {
    if (!isThere(number)) return undefined
    const { name, state } = registry.heartbeat(number)
    if (state.verdict !== 'failed' && state.verdict !== 'slow') return undefined
    return (await readArrivals(ledger, name, 3)).findLast(({ signal, isOpen }) => signal !== undefined && !isOpen)
  }

  /** What was listed may be gone by the time that it is shown. */
  const isThere = (number: number): boolean => registry.roster.termsOf(number) !== undefined

  async function rowsOf(numbers: readonly number[]): Promise<(number: number) => Html | false> {
    const clock = clockOf(world)
    const marks = await strips.marksOf(numbers, clock.now)
    return (number) => isThere(number) && row(registry.heartbeat(number), number, marks.get(number) ?? [], clock)
  }

  async function groups(board: Board): Promise<Html> {
    const shown = inFull(board.groups).flatMap((group) => Object.values(shownOf(group)).flat())
    return html`<div id="list">${groupTable(board.groups, await rowsOf(shown))}</div>`
  }

  async function chunkOf(
    filter: Filter,
    after: string | undefined,
  ): Promise<{ list: List<HeartbeatItem>; rows: Html }> {
    const wish = { filter: heartbeatFilter(filter), order: 'declared', after, limit: ROWS_SHOWN } as const
    const list = await listHeartbeats(registry, wish, createPace(QUICK))
    const numbers = list.items.map(({ name }) => registry.find(name))
    return { list, rows: chunk(list, numbers, filter, after, await rowsOf(numbers)) }
  }

  async function found(filter: Filter, after: string | undefined): Promise<Html> {
    const { list, rows } = await chunkOf(filter, after)
    const nothing = list.items.length === 0 && list.next === null
    return html`<div id="list"><header class="head"><h2>${askedFor(filter)}</h2> <a href="/">Show all</a></header>
  ${nothing ? html`<p class="soft">None. The other filters may hide it.</p>` : html`<table class="beats">${columns(askedFor(filter), 'Next due')}${rows}</table>`}</div>`
  }

  async function whole(viewer: Viewer, filter: Filter, after: string | undefined): Promise<Answer> {
    const clock = clockOf(world)
    const board = await world.overview.read(createPace(QUICK))
    const all = wrongNow(registry, () => true)
    const newest = all.reduce<number | undefined>((last, { since }) => Math.max(last ?? since, since), undefined)
    const shown = all.slice(0, WRONG_SHOWN).map(({ number }) => number)
    const isEmpty = registry.roster.size === 0
    const main = html`${lead(registry, newest, clock)}
<section>${
      isEmpty
        ? empty(viewer)
        : html`${await wrong(shown, all.length - shown.length, filter)}
  <div id="blind" data-live>${blindness(registry, clock)}</div>
  ${search(filter, board)}
  ${await (isFiltering(filter) || after !== undefined ? found(filter, after) : groups(board))}`
    }</section>`
    return show(world, {
      title: headline(registry),
      place: 'board',
      viewer,
      main,
      rail: rail(world, board, viewer, rate),
    })
  }

  return [
    page('/', 'The board', async (asking: Asked) => {
      const filter = readFilter(asking.query)
      const from = asked(asking.query, 'after') || undefined
      if (asked(asking.query, 'part') !== 'rows') return whole(viewerOf(asking), filter, from)
      return answerHtml(html`<table>${(await chunkOf(filter, from)).rows}</table>`)
    }),
  ]
}

function empty({ scope }: Viewer): Html {
  return html`<section class="empty" aria-labelledby="none">
    <h2 id="none">There are no heartbeats yet</h2>
    <p>Find the jobs that already run. On each host, this lists every crontab line and timer, and who owns it:</p>
    <pre tabindex="0"><code>npx overdue audit</code></pre>
    ${scope !== 'read' && html`<p class="acts"><a class="btn main" href="/new">New heartbeat</a><a class="btn" href="/audit">Upload an audit</a></p>`}
  </section>`
}
