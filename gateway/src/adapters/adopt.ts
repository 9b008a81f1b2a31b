// Adopts topics that devices publish anyway: finds the rule, asks its family what a publish says, and makes signals of it.
// Decides who may speak for which name, and what becomes of names that nobody declared.
import type { Intake } from '../app/intake.ts'
import type { Arrival } from '../app/ports.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { boundedAt, type Signal, type Source } from '../domain/signal.ts'
import type { Instant } from '../domain/time.ts'
import { readAvailability, readEsphome } from './adopt-availability.ts'
import { readHomie } from './adopt-homie.ts'
import { readJson } from './adopt-json.ts'
import { Memory, type Understood } from './adopt-memory.ts'
import { nameFrom } from './adopt-name.ts'
import type { AdoptRule, Family, Matched, Reader, Saying } from './adopt-rule.ts'
import { readShelly } from './adopt-shelly.ts'
import { readSparkplugTopic } from './adopt-sparkplug.ts'
import { readTasmota } from './adopt-tasmota.ts'
import { readZigbee2mqtt } from './adopt-zigbee2mqtt.ts'
import { type Wildcards, wildcardsIn } from './mqtt-filter.ts'
import { speaksFor } from './mqtt-rights.ts'
import type { Adopt, Heeded, Refusal, Several } from './mqtt-signal.ts'

export type AdopterOptions = {
  readonly intake: Pick<Intake, 'has' | 'clash'>
  /** Read anew for each publish: a reload changes it. */
  readonly live: { readonly adopt: readonly AdoptRule[] }
  readonly via: Source
  /** The newest start that was told of a device; 0: none. */
  bootOf(name: Name): number
  /** Somebody reports who is not declared; `terms` are what the rule would declare. */
  newcomer(name: Name, terms: Terms): void
}

/** Several publishes are understood by what was said before: one adopter for each ear. */
export function createAdopter(options: AdopterOptions): Adopt {
  const memory = new Memory(options.bootOf)
  return (publish, heeded) => {
    const levels = publish.topic.split('/')
    for (const rule of options.live.adopt) {
      const found = foundBy(rule, levels)
      if (found === undefined) continue
      const matched: Matched = { rule, levels, ...found, payload: publish.payload, receivedAt: heeded.receivedAt }
      const sayings = READERS[rule.as](matched)
      if (sayings !== undefined) return hearAll(sayings, rule, heeded, memory, options)
    }
    return undefined
  }
}

const READERS: Readonly<Record<Family, Reader>> = {
  tasmota: readTasmota,
  zigbee2mqtt: readZigbee2mqtt,
  esphome: readEsphome,
  homeassistant: readAvailability,
  homie: readHomie,
  shelly: readShelly,
  sparkplug: readSparkplugTopic,
  json: readJson,
}

const INVALID: Refusal = { refused: 'invalid' }
const DENIED: Refusal = { refused: 'denied' }

function foundBy({ topics }: AdoptRule, levels: readonly string[]): Wildcards | undefined {
  for (const topic of topics) {
    const found = wildcardsIn(topic, levels)
    if (found !== undefined) return found
  }
  return undefined
}

type Named = { readonly name: Name; readonly saying: Saying }

function hearAll(
  sayings: readonly Saying[],
  rule: AdoptRule,
  heeded: Heeded,
  memory: Memory,
  options: AdopterOptions,
): Several | Arrival | Refusal {
  const named = sayings.map((saying) => ({ name: nameFrom(saying.of), saying }))
  if (!named.every((each): each is Named => each.name !== undefined)) return INVALID
  const names = named.map(({ name }) => name)
  if (!speaksFor(heeded.user, names, rule.from)) return DENIED
  const arrivals: Arrival[] = []
  let clashes = 0
  for (const { name, saying } of named) {
    const said = heeded.isWill ? brokenOff(saying) : saying
    if (said.kind === undefined) continue
    const create = options.intake.has(name) ? undefined : declarationOf(name, said, rule, heeded, options)
    // What was stored before is no sign of life, and what died then is no news.
    if (create === 'newcomer' || heeded.isStored === true) continue
    if (!memory.claims(name, said.source ?? said.of)) clashes++
    else {
      const signal = signalOf(memory.understand(name, said, heeded.receivedAt), heeded.receivedAt, options.via)
      if (signal !== undefined) arrivals.push(create === undefined ? { name, signal } : { name, signal, create })
    }
  }
  const [only] = arrivals
  if (only === undefined && clashes > 0) return INVALID
  return only !== undefined && arrivals.length === 1 ? only : { several: arrivals }
}

/** Whatever its words, what a broker sends for a device whose link broke is no sign of life. */
function brokenOff(saying: Saying): Saying {
  return saying.kind === undefined ? saying : { ...saying, kind: 'will' }
}

/** What an unknown name is declared with: by its own fresh sign of life only, where the rule says so. */
function declarationOf(
  name: Name,
  { kind, parent }: Saying,
  rule: AdoptRule,
  { isStored }: Heeded,
  { intake, newcomer }: AdopterOptions,
): Terms | 'newcomer' {
  const terms = termsFor(name, rule.terms, parent)
  const isLife = kind === 'ok' && isStored !== true
  // Two names may not differ by case alone.
  if (rule.create && isLife && intake.clash(name) === undefined) return terms
  newcomer(name, terms)
  return 'newcomer'
}

/** A rule that names a parent knows better. */
function termsFor(name: Name, terms: Terms, said: string | undefined): Terms {
  const parent = terms.parent === '' && said !== undefined ? nameFrom(said) : undefined
  return parent === undefined || parent === name ? terms : { ...terms, parent }
}

/** Undefined: of no account any more. */
function signalOf(
  { kind, at, next, seq, boot, message, metrics }: Understood,
  receivedAt: Instant,
  via: Source,
): Signal | undefined {
  if (kind === undefined) return undefined
  return {
    kind,
    at: at === undefined ? receivedAt : boundedAt(at, receivedAt),
    receivedAt,
    via,
    ...(next !== undefined && { next }),
    ...(seq !== undefined && { seq }),
    ...(boot !== undefined && { boot }),
    ...(message !== undefined && message !== '' && { message }),
    ...(metrics !== undefined && { metrics }),
  }
}
