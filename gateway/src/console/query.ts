// What stands behind the question mark of a page's address, read and written.

/** Empty for what is not there; the first of several. A form is read alike. */
export function asked(query: unknown, key: string, longest: number = LONGEST): string {
  const value = (query as Readonly<Record<string, unknown>> | undefined)?.[key]
  const text = Array.isArray(value) ? value[0] : value
  return typeof text === 'string' ? text.trim().slice(0, longest) : ''
}

/** An address; what is empty or undefined is left out. */
export function address(path: string, query: Readonly<Record<string, string | number | undefined>>): string {
  const given = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  )
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}

const LONGEST = 200
