// RFC 6901: where a value stands inside of JSON. Only an object's own keys and a list's own places are found.

/** Undefined when there is nothing there. */
export function valueAt(value: unknown, pointer: string): unknown {
  if (pointer === '') return value
  let found = value
  for (const token of pointer.slice(1).split('/')) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof found !== 'object' || found === null) return undefined
    if (Array.isArray(found) && !/^(?:0|[1-9]\d{0,8})$/.test(key)) return undefined
    if (!Object.hasOwn(found, key)) return undefined
    found = (found as Readonly<Record<string, unknown>>)[key]
  }
  return found
}
