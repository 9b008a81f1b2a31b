// What each family of devices is heard under where a rule does not say: topics, names, words.
import type { Family } from './fields-adopt.ts'

export type FamilyFacts = {
  /** Everything is below it: the family itself tells the levels apart. */
  readonly root?: string
  /** Where there is no root; absent: a rule has to say them. */
  readonly topics?: readonly string[]
  /** How many parts a name may have, where filters don't say. */
  readonly parts?: number
  /** Names of others are below the name. */
  readonly isAbove?: true
  /** Of its own topics it takes only some: a rule below may have them as well. */
  readonly passesOn?: true
  name(root: string): string
  /** Absent: they are the family's own. */
  readonly words?: Readonly<Record<'online' | 'offline' | 'failed', readonly string[]>>
}

const first = (): string => '$1'
const said = { online: ['online'], offline: ['offline'], failed: [] }

export const FAMILY_FACTS: Readonly<Record<Family, FamilyFacts>> = {
  tasmota: { topics: ['tele/+/STATE', 'tele/+/LWT'], name: first },
  zigbee2mqtt: { root: 'zigbee2mqtt', parts: 1, name: (root) => `${root}/$1` },
  esphome: { name: first, words: said },
  homeassistant: { name: first, words: said },
  homie: { root: 'homie', parts: 1, name: first },
  shelly: { topics: ['shellies/+/#', '+/online', '+/events/rpc', '+/status/#'], passesOn: true, name: first },
  sparkplug: { root: 'spBv1.0', parts: 2, isAbove: true, name: () => '$1-$2' },
  json: { name: first, words: { online: [], offline: [], failed: [] } },
}

export const FAMILIES: readonly Family[] = Object.keys(FAMILY_FACTS) as Family[]
