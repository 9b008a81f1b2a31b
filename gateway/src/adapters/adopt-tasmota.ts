// Tasmota: `tele/<topic>/STATE` each TelePeriod, `tele/<topic>/LWT` when a connection begins or breaks; everything else that
// falls under the rule is a sign of life as well. https://tasmota.github.io/docs/MQTT/
import { fill } from './adopt-name.ts'
import { numberIn, objectOf, own, upIn, wordOf } from './adopt-payload.ts'
import { ORDER, type Reader, type Saying } from './adopt-rule.ts'

export const readTasmota: Reader = ({ rule, levels, parts, payload }) => {
  if (levels.includes('cmnd')) return ORDER
  const of = fill(rule.name, parts)
  if (levels.at(-1) === 'LWT') return [lastWill(of, wordOf(payload))]
  const state = objectOf(payload)
  const signal = numberIn(own(state, 'Wifi'), 'Signal')
  return [{ of, kind: 'ok', ...uptime(state), ...(signal !== undefined && { metrics: { signal } }) }]
}

function lastWill(of: string, word: string): Saying {
  if (word === 'online') return { of, kind: 'ok' }
  return word === 'offline' ? { of, kind: 'will' } : { of }
}

/** In seconds, or as older firmware has it: `0T00:10:11`. */
function uptime(state: unknown): { upS?: number } {
  const up = upIn(state, 'UptimeSec')
  if (up.upS !== undefined) return up
  const text = own(state, 'Uptime')
  const [, days, hours, minutes, seconds] =
    /^(\d{1,6})T(\d\d):(\d\d):(\d\d)$/.exec(typeof text === 'string' ? text : '') ?? []
  if (seconds === undefined) return {}
  return { upS: Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) }
}
