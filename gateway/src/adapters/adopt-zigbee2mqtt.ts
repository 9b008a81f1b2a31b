// Zigbee2MQTT: one client that speaks for a bridge and for everything behind it. A device's state and its availability are
// signs of life; the bridge's own heartbeat is the parent of all. https://www.zigbee2mqtt.io/guide/usage/mqtt_topics_and_messages.html
import { fill } from './adopt-name.ts'
import { instantIn, metricsIn, objectOf, own, wordOf } from './adopt-payload.ts'
import { ORDER, type Reader, type Saying } from './adopt-rule.ts'

export const readZigbee2mqtt: Reader = ({ rule, rest, payload }) => {
  const [first, second] = rest
  if (first === undefined) return undefined
  if (first === 'bridge') return second === 'request' ? ORDER : [bridge(rule.root, rest.slice(1).join('/'), payload)]
  // `lamp/set`, `lamp/set/brightness`: somebody asks the device for something.
  if (rest.slice(1).some((level) => level === 'set' || level === 'get')) return ORDER
  const isAvailability = rest.length > 1 && rest.at(-1) === 'availability'
  // Friendly names may have slashes in them.
  const friendly = (isAvailability ? rest.slice(0, -1) : rest).join('/')
  const device = { of: fill(rule.name, [friendly]), parent: rule.root }
  return [isAvailability ? { ...device, ...available(wordOf(payload)) } : { ...device, ...state(payload) }]
}

/** Since 2.x a bridge tells of its health every ten minutes; before, of its state when a connection begins or breaks. */
function bridge(of: string, topic: string, payload: Uint8Array): Saying {
  if (topic === 'state') return { of, ...available(wordOf(payload)) }
  const health = topic === 'health' ? objectOf(payload) : undefined
  return health === undefined ? { of } : { of, kind: 'ok' }
}

/** JSON since 2.x, plain text before. */
function available(word: string): { kind?: 'ok' | 'will' } {
  if (word === 'online') return { kind: 'ok' }
  return word === 'offline' ? { kind: 'will' } : {}
}

/**
 * Its own time, where `last_seen` is on: a bridge that starts tells every device's last state again, however long ago that
 * was. What is no object is one attribute of a state, or what clears a removed device.
 */
function state(payload: Uint8Array): Omit<Saying, 'of'> {
  const said = objectOf(payload)
  if (said === undefined) return {}
  const at = instantIn(own(said, 'last_seen'))
  return { kind: 'ok', ...(at !== undefined && { at }), ...metricsIn(said, ['battery', 'linkquality', 'voltage']) }
}
