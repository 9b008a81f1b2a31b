// Puts panels on a page and writes it as Grafana's classic JSON model, which Grafana 10 to 13 load from a file.
import { DASHBOARD_LINKS } from './links.ts'
import type { Panel } from './panel.ts'
import { DATASOURCE } from './query.ts'
import type { Variable } from './variables.ts'
import { COLOURS, type Family } from './verdicts.ts'

export type Place = { readonly h: number; readonly w: number; readonly x: number; readonly y: number }
export type Placed = Panel & { readonly gridPos: Place }
/** A heading over panels that ask nothing before somebody opens it. */
export type Row = {
  readonly id: number
  readonly type: 'row'
  readonly title: string
  readonly collapsed: true
  readonly gridPos: Place
  readonly panels: readonly Placed[]
}

export type Dashboard = {
  readonly uid: string
  readonly title: string
  readonly panels: readonly (Placed | Row)[]
  readonly templating: { readonly list: readonly Variable[] }
  readonly annotations: { readonly list: readonly Readonly<Record<string, unknown>>[] }
  readonly links: readonly unknown[]
} & Readonly<Record<string, unknown>>

/** A row of the page: how high, and what stands in it from the left with its width in 24ths. */
export type Shelf = readonly [height: number, ...panels: readonly (readonly [width: number, panel: Panel])[]]

export type Annotation = {
  readonly name: string
  readonly query: string
  /** The column that says what happened; others are its tags. */
  readonly text: string
  readonly tags: readonly string[]
  readonly family: Family
}

export function dashboard(about: {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly range: string
  readonly refresh: string
  readonly variables: readonly Variable[]
  readonly annotations?: readonly Annotation[]
  readonly shelves: readonly Shelf[]
  /** Below everything else. */
  readonly closed?: { readonly id: number; readonly title: string; readonly shelves: readonly Shelf[] }
}): Dashboard {
  const open = onTheGrid(about.shelves, 0)
  return {
    id: null,
    uid: about.uid,
    title: about.title,
    description: about.description,
    tags: ['overdue'],
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    timezone: '',
    weekStart: '',
    liveNow: false,
    refresh: about.refresh,
    time: { from: about.range, to: 'now' },
    timepicker: {},
    templating: { list: about.variables },
    annotations: { list: (about.annotations ?? []).map(annotation) },
    links: DASHBOARD_LINKS,
    panels: [...open.placed, ...(about.closed === undefined ? [] : [row(about.closed, open.bottom)])],
  }
}

export function isRow(panel: Placed | Row): panel is Row {
  return panel.type === 'row'
}

/** Those under a closed heading included. */
export function panelsOf({ panels }: Dashboard): readonly Placed[] {
  return panels.flatMap((panel) => (isRow(panel) ? panel.panels : [panel]))
}

function row({ id, title, shelves }: { id: number; title: string; shelves: readonly Shelf[] }, y: number): Row {
  const { placed } = onTheGrid(shelves, y + 1)
  return { id, type: 'row', title, collapsed: true, gridPos: { h: 1, w: 24, x: 0, y }, panels: placed }
}

function onTheGrid(
  shelves: readonly Shelf[],
  top: number,
): { readonly placed: readonly Placed[]; readonly bottom: number } {
  let y = top
  const placed = shelves.flatMap(([h, ...panels]) => {
    let x = 0
    const shelf = panels.map(([w, panel]) => {
      const gridPos = { h, w, x, y }
      x += w
      return { ...panel, gridPos }
    })
    y += h
    return shelf
  })
  return { placed, bottom: y }
}

/** The query stands in `target`: beside it, Grafana would take it for one of before version 9 and drop the columns. */
function annotation({ name, query, text, tags, family }: Annotation): Readonly<Record<string, unknown>> {
  return {
    name,
    datasource: DATASOURCE,
    enable: true,
    hide: false,
    iconColor: COLOURS[family],
    target: {
      refId: 'annotation',
      query,
      rawQuery: true,
      textEditor: true,
      fromAnnotations: true,
      textColumn: text,
      tagsColumn: tags.join(','),
    },
  }
}
