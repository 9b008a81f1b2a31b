// Holding a value against a schema: what fits is kept, everything else is a problem with its path.
import { nearest, type Report, show, showSecret, under } from './report.ts'

/** As much of JSON Schema as is looked at here, and a mark of our own. */
export type Shape = {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Shape>>
  readonly items?: Shape
  readonly anyOf?: readonly Shape[]
  /** Never shown. */
  readonly secret?: true
}

/** Whether a value fits as it is; asked first, because nearly everything does. */
export type Fits = (shape: Shape, value: unknown) => boolean

/** Undefined where nothing fits; items of a list keep their places. A key without a value counts as absent. */
export function fit(shape: Shape, value: unknown, path: string, fits: Fits, report: Report): unknown {
  if (shape.properties !== undefined && isMap(value)) return fitMap(shape, value, path, fits, report)
  if (shape.items !== undefined && Array.isArray(value)) {
    const items = shape.items
    return value.map((item, index) => fit(items, item, `${path}[${index}]`, fits, report))
  }
  const inner = shape.anyOf?.find(({ properties, items }) =>
    isMap(value) ? properties !== undefined : Array.isArray(value) && items !== undefined,
  )
  if (inner !== undefined) return fit(inner, value, path, fits, report)
  if (fits(shape, value)) return value
  const found = shape.secret === true && typeof value !== 'object' ? showSecret(String(value)) : show(value)
  report.add(path, shape.description ?? 'something else', found)
  return undefined
}

type Map = Readonly<Record<string, unknown>>

function fitMap(shape: Shape, map: Map, path: string, fits: Fits, report: Report): unknown {
  if (shape.properties === undefined || fits(shape, map)) return map
  const kept: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(map)) {
    const place = under(path, key)
    const known = Object.hasOwn(shape.properties, key) ? shape.properties[key] : undefined
    if (known === undefined) {
      report.add(place, `a key that exists${nearest(key, Object.keys(shape.properties))}`, 'an unknown one')
    } else if (value !== null && value !== undefined) {
      const fitting = fit(known, value, place, fits, report)
      if (fitting !== undefined) kept[key] = fitting
    }
  }
  return kept
}

function isMap(value: unknown): value is Map {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
