// Puts panels on a page and writes it as Grafana's classic JSON model, which Grafana 10 to 13 load from a file.
import { DASHBOARD_LINKS } from './links.ts'
import type { Panel } from './panel.ts'
import { DATASOURCE } from './query.ts'
import type { Variable } from './variables.ts'
import { COLOURS, type Family } from './verdicts.ts'

export type Dashboard = {
  readonly uid: string
  readonly title: string
  readonly panels: readonly (Panel & { readonly gridPos: { h: number; w: number; x: number; y: number } })[]
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
}): Dashboard {
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
    panels: onTheGrid(about.shelves),
  }
}

function onTheGrid(shelves: readonly Shelf[]): Dashboard['panels'] {
  let y = 0
  return shelves.flatMap(([h, ...panels]) => {
    let x = 0
    const placed = panels.map(([w, panel]) => {
      const gridPos = { h, w, x, y }
      x += w
      return { ...panel, gridPos }
    })
    y += h
    return placed
  })
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
