// Devices that say a word when a connection begins and leave one for when it breaks: ESPHome's `<prefix>/status` and whatever
// Home Assistant calls an availability topic. https://esphome.io/components/mqtt https://www.home-assistant.io/integrations/mqtt
import { fill } from './adopt-name.ts'
import { textOf, wordOf } from './adopt-payload.ts'
import { type AdoptRule, ORDER, type Reader } from './adopt-rule.ts'

export const readAvailability: Reader = ({ rule, parts, payload }) => [
  { of: fill(rule.name, parts), ...kindOf(rule.words, wordOf(payload), textOf(payload).toLowerCase()) },
]

/** Beside the status, every state of a sensor; the log says too much too often. */
export const readEsphome: Reader = (matched) => {
  const { rule, levels, parts, payload } = matched
  if (levels.includes('command')) return ORDER
  if (levels.at(-1) === 'status') return readAvailability(matched)
  const isState = levels.at(-1) === 'state' && payload.length > 0
  return [{ of: fill(rule.name, parts), ...(isState && { kind: 'ok', implied: true }) }]
}

/** The whole text first: somebody's own word may look like JSON. */
function kindOf(
  { online, offline, failed }: AdoptRule['words'],
  ...said: readonly string[]
): { kind?: 'ok' | 'will' | 'fail' } {
  const is = (words: readonly string[]): boolean => said.some((word) => words.includes(word))
  if (is(failed)) return { kind: 'fail' }
  if (is(offline)) return { kind: 'will' }
  return is(online) ? { kind: 'ok' } : {}
}
