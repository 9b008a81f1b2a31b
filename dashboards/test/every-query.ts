// Every query of every dashboard, wherever it stands: in a panel, a variable or an annotation.
import { DASHBOARDS } from '../build/all.ts'
import { type Dashboard, panelsOf } from '../build/dashboard.ts'
import type { Panel } from '../build/panel.ts'
import type { Query } from '../build/query.ts'

export type Placed = {
  readonly dashboard: Dashboard
  readonly title: string
  readonly kind: 'panel' | 'variable' | 'annotation'
  readonly query: Query
  readonly panel?: Panel
  readonly refId: string
}

export const EVERY_QUERY: readonly Placed[] = DASHBOARDS.flatMap((dashboard) => [
  ...panelsOf(dashboard).flatMap((panel) =>
    (panel.targets ?? []).map((query): Placed => {
      return { dashboard, title: panel.title, kind: 'panel', query, panel, refId: query.refId }
    }),
  ),
  ...dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map((variable): Placed => {
      const query: Query = { query: String(variable['query']), resultFormat: 'table' }
      return { dashboard, title: variable.name, kind: 'variable', query, refId: 'A' }
    }),
  ...dashboard.annotations.list.map((annotation): Placed => {
    const { query } = annotation['target'] as { query: string }
    return {
      dashboard,
      title: String(annotation['name']),
      kind: 'annotation',
      query: { query, resultFormat: 'table' },
      refId: 'A',
    }
  }),
])
