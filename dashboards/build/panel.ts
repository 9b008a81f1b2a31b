// What all panels have in common: title, description, queries, units, and how single columns look. One panel says once what it
// is; ids are given by hand, because alert rules name them.
import { type Query, type Target, targets } from './query.ts'
import type { Mapping } from './verdicts.ts'

export type Link = { readonly title: string; readonly url: string; readonly targetBlank: boolean }
export type Step = { readonly color: string; readonly value: number | null }

export type Panel = {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly description: string
  readonly datasource?: Target['datasource'] | undefined
  readonly targets?: readonly Target[]
  readonly fieldConfig?: { readonly defaults: FieldLook; readonly overrides: readonly Override[] }
  readonly options: Readonly<Record<string, unknown>>
  readonly transformations?: readonly unknown[]
  readonly timeFrom?: string
  readonly hideTimeOverride?: boolean
  readonly interval?: string
}

export type FieldLook = {
  readonly unit?: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly noValue?: string
  readonly mappings?: readonly Mapping[]
  readonly color?: { readonly mode: 'fixed' | 'thresholds' | 'palette-classic'; readonly fixedColor?: string }
  readonly thresholds?: { readonly mode: 'absolute'; readonly steps: readonly Step[] }
  readonly links?: readonly Link[]
  readonly custom?: Readonly<Record<string, unknown>>
}

export type Override = {
  readonly matcher: { readonly id: 'byName' | 'byRegexp'; readonly options: string }
  readonly properties: readonly { readonly id: string; readonly value: unknown }[]
}

export type Basics = {
  readonly id: number
  readonly title: string
  readonly description: string
  readonly queries: readonly Query[]
  readonly look: FieldLook
  readonly columns?: readonly Override[]
  /** Looks only so far back, whatever the range of the dashboard is: for what is true now. */
  readonly now?: string
  /** The smallest interval of its queries. */
  readonly interval?: string
}

export type ColumnLook = Omit<FieldLook, 'custom'> & { readonly displayName?: string }

/** How one column, or one series, differs from the rest. `custom` are options of the panel's own kind. */
export function column(name: string, look: ColumnLook, custom: Readonly<Record<string, unknown>> = {}): Override {
  return {
    matcher: { id: 'byName', options: name },
    properties: [
      ...Object.entries(look).map(([id, value]) => ({ id, value })),
      ...Object.entries(custom).map(([key, value]) => ({ id: `custom.${key}`, value })),
    ],
  }
}

export function fixed(colour: string): NonNullable<FieldLook['color']> {
  return { mode: 'fixed', fixedColor: colour }
}

/** Nothing stands out below the first value; from each value on it has its colour. */
export function from(
  ...steps: readonly (readonly [value: number, color: string])[]
): Pick<FieldLook, 'color' | 'thresholds'> {
  return {
    color: { mode: 'thresholds' },
    thresholds: {
      mode: 'absolute',
      steps: [{ color: 'transparent', value: null }, ...steps.map(([value, color]) => ({ color, value }))],
    },
  }
}

export function panel(
  type: string,
  { id, title, description, queries, look, columns = [], now, interval }: Basics,
  options: Panel['options'],
  transformations: readonly unknown[] = [],
): Panel {
  const list = targets(queries)
  return {
    id,
    type,
    title,
    description,
    datasource: list[0]?.datasource,
    targets: list,
    fieldConfig: { defaults: look, overrides: columns },
    options,
    ...(transformations.length > 0 && { transformations }),
    ...(now !== undefined && { timeFrom: now, hideTimeOverride: true }),
    ...(interval !== undefined && { interval }),
  }
}

/** Puts the columns into this order and hides all others: tags come in any order, and the time is often none. */
export function inOrder(order: readonly string[]): readonly unknown[] {
  const hidden = ['Time'].filter((name) => !order.includes(name))
  return [
    {
      id: 'organize',
      options: {
        excludeByName: Object.fromEntries(hidden.map((name) => [name, true])),
        indexByName: Object.fromEntries(order.map((name, index) => [name, index])),
        renameByName: {},
      },
    },
  ]
}
