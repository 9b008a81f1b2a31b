// Requests made from the schemas of the API's document: such as fit them, mostly, and such as don't.
import fc from 'fast-check'

export type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly not?: object
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
}

/** What people and attackers write into text. */
export const HOSTILE: readonly string[] = [
  ...['', ' ', '0', '-1', '%', '%00', '..', '../..', 'a/b/c', '__proto__', 'constructor', 'null', 'of-file', 'OF-FILE'],
  ...[
    '<script>alert(1)</script>',
    '"\'`<>&',
    '{{7*7}}',
    '${1}',
    "'; DROP TABLE facts; --",
    'a\u0000b',
    '\r\nX-Evil: 1',
  ],
  ...['\u202egnp.exe', '\ud800', '𝄞', 'ａ', 'é'.repeat(50), 'x'.repeat(300), '\u2028', '\ufeff', '١٢', '1e999', '+#$'],
]
const SENSIBLE = [
  'ana',
  'made-1',
  'primary',
  'ops',
  'default',
  'mon-fri',
  '1h',
  '30m',
  '05:00-08:00',
  '0 3 * * *',
  'Europe/Riga',
]
const INSTANTS = [
  '2026-12-24T09:00:00Z',
  '2099-01-01T00:00:00Z',
  '1970-01-01T00:00:00.000Z',
  '2026-02-30T00:00:00Z',
  '2026-12-24 09:00',
]

const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 40, unit: 'binary' }))
const text = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...SENSIBLE, ...INSTANTS) },
  { weight: 1, arbitrary: hostile },
)

/** Of a segment of a path; what is known to be there comes often. */
export function segment(known: readonly string[]): fc.Arbitrary<string> {
  const one = known.length === 0 ? hostile : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...known) }, hostile)
  return one.filter((each) => each.isWellFormed() && each !== '' && each !== '.' && each !== '..')
}

export function valuesOf(schema: Schema): fc.Arbitrary<unknown> {
  const fitting = fittingOf(schema)
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) })
}

function fittingOf(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map(valuesOf))
  switch (schema.type) {
    case 'string':
      return text.map((each) => each.slice(0, schema.maxLength ?? 2_000))
    case 'integer':
    case 'number':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 1_000_000 }),
        fc.constantFrom<number>(0, -1, 1, 1.5, 1e21, 2 ** 53),
      )
    case 'boolean':
      return fc.boolean()
    case 'array':
      return fc.array(valuesOf(schema.items ?? {}), { maxLength: 3 })
    case 'object':
      return recordOf(schema)
    default:
      return schema.not === undefined ? text : fc.constant(undefined)
  }
}

function recordOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const shapes = Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, valuesOf(each)]))
  // A heartbeat with a dozen keys at once is refused for one of them: few at a time get further.
  const few = fc.subarray(Object.keys(shapes), { maxLength: Math.min(4, Object.keys(shapes).length) }).chain((keys) => {
    const kept = [...new Set([...required, ...keys])].filter((key) => shapes[key] !== undefined)
    return fc.record(Object.fromEntries(kept.map((key) => [key, shapes[key] as fc.Arbitrary<unknown>])))
  })
  return fc.oneof(
    { weight: 9, arbitrary: few },
    { weight: 1, arbitrary: few.map((record) => ({ ...record, __proto__: { admin: true }, extra: 1 })) },
  )
}
