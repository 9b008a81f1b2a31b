// Where a rule of `adopt` finds what in JSON: pointers as RFC 6901 writes them.
import { isMetricName } from '@overdue/device-sdk/wire'
import type { AdoptFields } from './fields-adopt.ts'
import { type Report, show, under } from './report.ts'
import type { AdoptSettings } from './settings.ts'

const POINTERS = ['ok', 'state', 'at', 'seq', 'boot', 'message'] as const
const POINTER = 'a JSON pointer such as /status/battery'

export function readPointers(fields: AdoptFields, path: string, report: Report): AdoptSettings['pointers'] {
  const said = [...POINTERS, 'metrics' as const].filter((key) => fields[key] !== undefined)
  if (fields.as !== 'json') {
    for (const key of said) report.add(`${path}.${key}`, 'as: json beside it', `as: ${fields.as}`)
    return {}
  }
  if (fields.ok !== undefined && fields.state !== undefined) report.add(`${path}.ok`, 'either it or state', 'both')
  for (const key of said) {
    const value = fields[key]
    if (typeof value === 'string') check(value, `${path}.${key}`, report)
    else
      for (const [name, pointer] of Object.entries(value ?? {})) {
        const place = under(`${path}.metrics`, name)
        if (!isMetricName(name)) report.add(place, 'a name of letters, digits, "-" or "_"', show(name))
        check(pointer, place, report)
      }
  }
  return Object.fromEntries(said.map((key) => [key, fields[key]])) as AdoptSettings['pointers']
}

function check(pointer: string, path: string, report: Report): void {
  if (!/^(?:\/(?:[^~]|~[01])*)?$/.test(pointer) || pointer.length > LONGEST) report.add(path, POINTER, show(pointer))
}

const LONGEST = 256
