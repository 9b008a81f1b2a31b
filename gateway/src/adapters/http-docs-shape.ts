// A JSON schema as people write types: `{ name: string, tags?: string[] }`.
type Schema = {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly object[]
  readonly items?: object
  readonly properties?: Readonly<Record<string, object>>
  readonly patternProperties?: Readonly<Record<string, object>>
  readonly required?: readonly string[]
  readonly format?: string
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
}

export function writeShape(schema: object, indent = ''): string {
  const { type, enum: values, const: value, anyOf, items, properties, required = [], ...more } = schema as Schema
  if (values !== undefined) return values.map((each) => JSON.stringify(each)).join(' | ')
  if (value !== undefined) return JSON.stringify(value)
  if (anyOf !== undefined) return anyOf.map((each) => writeShape(each, indent)).join(' | ')
  if (type === 'array') {
    const of = writeShape(items ?? {}, indent)
    return of.includes(' | ') && !of.startsWith('{') ? `(${of})[]` : `${of}[]`
  }
  if (properties !== undefined) return writeObject(properties, required, indent)
  if (more.patternProperties !== undefined)
    return `{ [name]: ${Object.values(more.patternProperties).map((each) => writeShape(each, indent))} }`
  return type === undefined ? 'anything' : plain(type, more)
}

function writeObject(
  properties: NonNullable<Schema['properties']>,
  required: readonly string[],
  indent: string,
): string {
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(
    ([key, schema]) =>
      `${inner}${key}${required.includes(key) ? '' : '?'}: ${writeShape(schema, inner)}${noteOf(schema)}`,
  )
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}

function plain(type: string, { format, minimum, maximum }: Partial<Schema>): string {
  if (format === 'date-time') return 'instant'
  if (minimum !== undefined && maximum !== undefined) return `${type} ${minimum}…${maximum}`
  return type
}

function noteOf(schema: Schema): string {
  const { description, enum: values } = schema
  return description === undefined || description === 'text' || values !== undefined ? '' : `   ${description}`
}
