// Homie: `<root>/<device>/$state` (4), `<root>/5/<device>/$state` (5), and each value of a property. A device's own word about
// its state stands until it says another. https://homieiot.github.io/specification/
import { fill } from './adopt-name.ts'
import { textOf } from './adopt-payload.ts'
import { ORDER, type Reader, type Saying } from './adopt-rule.ts'

export const readHomie: Reader = ({ rule, rest, payload }) => {
  const [device, ...attribute] = rest[0] === '5' && rest.length > 1 ? rest.slice(1) : rest
  if (device === undefined) return undefined
  // `$broadcast/…` and `<node>/<property>/set` come from controllers.
  if (device.startsWith('$') || (attribute.length > 1 && attribute.at(-1) === 'set')) return ORDER
  const of = fill(rule.name, [device])
  if (attribute[0] === '$state' && attribute.length === 1) return [{ of, ...stateOf(textOf(payload), rule.sleep) }]
  if (attribute[0] === '$stats') return [{ of, ...stats(attribute[1], textOf(payload)) }]
  const isValue = attribute.length === 2 && !attribute.some((level) => level.startsWith('$')) && payload.length > 0
  return [isValue ? { of, kind: 'ok', implied: true } : { of }]
}

function stateOf(state: string, sleep: number | undefined): Omit<Saying, 'of'> {
  switch (state) {
    case 'init':
    case 'ready':
      return { kind: 'ok' }
    // Homie 4 only: alive, and in want of somebody.
    case 'alert':
      return { kind: 'fail', message: 'alert' }
    case 'lost':
      return { kind: 'will' }
    case 'sleeping':
      return { kind: 'bye', message: 'sleeping', ...(sleep !== undefined && { next: sleep }) }
    case 'disconnected':
      return { kind: 'bye', message: 'disconnected' }
    // Who removes a device from the broker clears its attributes.
    case '':
      return { kind: 'bye', message: 'removed' }
    default:
      return {}
  }
}

/** Homie 3, and 4 with its extension: refreshed at each interval. */
function stats(which: string | undefined, text: string): Omit<Saying, 'of'> {
  if (text === '' || which === undefined) return {}
  const isUptime = which === 'uptime' && /^\d{1,12}$/.test(text)
  return { kind: 'ok', implied: true, ...(isUptime && { upS: Number(text) }) }
}
