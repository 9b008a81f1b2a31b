// The kinds of panel that the dashboards use, with options that Grafana 10 has too.
import { type Basics, inOrder, type Override, type Panel, panel } from './panel.ts'

/** Big numbers: one tile a column of a table, or a series. */
export function stat(
  basics: Basics,
  {
    colour = 'background',
    order,
    fields = '',
  }: { colour?: 'background' | 'none'; order?: readonly string[]; fields?: string } = {},
): Panel {
  return panel(
    'stat',
    basics,
    {
      reduceOptions: { calcs: ['lastNotNull'], fields, values: false },
      orientation: 'auto',
      textMode: 'auto',
      colorMode: colour,
      graphMode: 'none',
      justifyMode: 'auto',
    },
    order === undefined ? [] : inOrder(order),
  )
}

/** Columns stand in this order; what is sorted by says so by its title. */
export function table(
  basics: Basics,
  { order, sortBy }: { order: readonly string[]; sortBy?: { displayName: string; desc: boolean } },
): Panel {
  const look = {
    ...basics.look,
    custom: { align: 'auto', cellOptions: { type: 'auto' }, filterable: false, inspect: false },
  }
  return panel(
    'table',
    { ...basics, look },
    {
      showHeader: true,
      cellHeight: 'sm',
      footer: { show: false, reducer: ['sum'], countRows: false, fields: '' },
      sortBy: sortBy === undefined ? [] : [sortBy],
    },
    inOrder(order),
  )
}

export type Stroke = { readonly draw?: 'line' | 'bars' | 'points'; readonly stack?: true; readonly fill?: number }

export function graph(basics: Basics, { draw = 'line', stack, fill = stack ? 60 : 8 }: Stroke = {}): Panel {
  const custom = {
    drawStyle: draw,
    lineInterpolation: 'linear',
    lineWidth: draw === 'bars' ? 0 : 1,
    fillOpacity: draw === 'bars' ? 80 : fill,
    gradientMode: 'none',
    showPoints: draw === 'points' ? 'always' : 'never',
    pointSize: 5,
    spanNulls: false,
    stacking: { mode: stack ? 'normal' : 'none', group: 'A' },
    axisPlacement: 'auto',
  }
  return panel(
    'timeseries',
    { ...basics, look: { ...basics.look, custom } },
    {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  )
}

/** One bar a series, which keeps its value until its next point. */
export function timeline(basics: Basics): Panel {
  const custom = { lineWidth: 0, fillOpacity: 85 }
  return panel(
    'state-timeline',
    { ...basics, look: { ...basics.look, custom } },
    {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.85,
      perPage: 20,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false },
      tooltip: { mode: 'single', sort: 'none' },
    },
  )
}

/** One cell an interval that has a point; none where it has none. */
export function cells(basics: Basics): Panel {
  const custom = { lineWidth: 0, fillOpacity: 85 }
  return panel(
    'status-history',
    { ...basics, look: { ...basics.look, custom } },
    {
      showValue: 'never',
      rowHeight: 0.85,
      colWidth: 1,
      perPage: 20,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false },
      tooltip: { mode: 'single', sort: 'none' },
    },
  )
}

/** The alerts of one data source, which this panel can only find by its *name*; it takes no variable there. */
export function alertList(id: number, title: string, description: string, datasourceName: string): Panel {
  return {
    id,
    type: 'alertlist',
    title,
    description,
    options: {
      alertInstanceLabelFilter: '',
      alertName: '',
      dashboardAlerts: false,
      datasource: datasourceName,
      groupBy: [],
      groupMode: 'default',
      maxItems: 20,
      sortOrder: 5,
      stateFilter: { error: true, firing: true, noData: true, normal: false, pending: true },
      viewMode: 'list',
    },
  }
}

export function text(id: number, title: string, description: string, content: string): Panel {
  return { id, type: 'text', title, description, options: { mode: 'markdown', content } }
}

/** Bars in the cells of a column, so that the longest stands out. */
export function gauge(name: string, colour: string): Override {
  return {
    matcher: { id: 'byName', options: name },
    properties: [
      { id: 'custom.cellOptions', value: { type: 'gauge', mode: 'basic' } },
      { id: 'color', value: { mode: 'fixed', fixedColor: colour } },
      { id: 'min', value: 0 },
    ],
  }
}
