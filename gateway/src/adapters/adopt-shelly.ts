// Shelly: `shellies/<id>/…` of the first generation, `<prefix>/…` of the later ones. `online` begins and ends a connection, every
// other word of the device is a sign of life. https://shelly-api-docs.shelly.cloud/
import { fill } from './adopt-name.ts'
import { objectOf, own, upIn, wordOf } from './adopt-payload.ts'
import { ORDER, type Reader, type Saying } from './adopt-rule.ts'

export const readShelly: Reader = ({ rule, levels, parts, payload }) => {
  const isFirst = levels[0] === 'shellies'
  const device = parts[0] ?? ''
  // Later generations begin with a prefix of their own, which is an id unless somebody chose another.
  if (rule.isUsual && !isFirst && !/^shelly/i.test(device)) return undefined
  const last = levels.at(-1) as string
  if (last === 'command' || last === 'set' || (last === 'rpc' && levels.at(-2) !== 'events')) return ORDER
  if (isFirst && levels.length === 2) return [announced(rule.name, payload)]
  const of = fill(rule.name, parts)
  if (last === 'online') return [{ of, ...online(wordOf(payload)) }]
  if (payload.length === 0) return [{ of }]
  return [{ of, kind: 'ok', implied: true, ...upIn(objectOf(payload), 'uptime') }]
}

function online(word: string): { kind?: 'ok' | 'will' } {
  if (word === 'true') return { kind: 'ok' }
  return word === 'false' ? { kind: 'will' } : {}
}

/** `shellies/announce` is about whoever its payload names. */
function announced(template: string, payload: Uint8Array): Saying {
  const id = own(objectOf(payload), 'id')
  return typeof id === 'string' ? { of: fill(template, [id]), kind: 'ok', implied: true } : { of: 'shellies' }
}
