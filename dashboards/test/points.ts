// Points as the schema has them, and the lines that InfluxDB takes.

export type Point = {
  readonly measurement: string
  readonly tags: Readonly<Record<string, string>>
  /** A bigint is an integer, a number a float, a string text. */
  readonly fields: Readonly<Record<string, bigint | number | string>>
  /** ms since 1970. */
  readonly at: number
}

/** Line protocol in ns: the instant in ms and, below it, the number of the fact. */
export function linesOf(points: readonly Point[]): readonly string[] {
  return points.map(({ measurement, tags, fields, at }, index) => {
    const keys = Object.entries(tags).map(([key, value]) => `,${key}=${value.replaceAll(/[ ,=]/g, '\\$&')}`)
    const values = Object.entries(fields).map(([key, value]) => `${key}=${written(value)}`)
    return `${measurement}${keys.join('')} ${values.join(',')} ${BigInt(Math.round(at)) * 1_000_000n + BigInt(index % 1_000_000)}`
  })
}

function written(value: bigint | number | string): string {
  if (typeof value === 'bigint') return `${value}i`
  return typeof value === 'number' ? String(value) : `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
