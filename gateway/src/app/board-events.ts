// What a board is told of the facts: which of them it shows, under which word, and how what they are about stands now.
import { type Fact, isHeartbeatFact } from '../domain/fact.ts'
import type { Name } from '../domain/names.ts'
import { formatInstant } from '../domain/time.ts'
import type { Numbered } from './ports.ts'
import { whenever } from './read.ts'
import type { Registry } from './registry.ts'

export type BoardEvent = {
  readonly seq: number
  /** The noun of the fact. */
  readonly kind: string
  readonly data: object
  /** Undefined: it is about the gateway as a whole. */
  readonly heartbeat?: Name
  readonly group?: string
}

export type BoardFilter = { readonly heartbeat?: string; readonly group?: string }

/** Undefined: no board shows it. Nothing of tokens and keys is ever said here. */
export function boardEvent({ seq, fact }: Numbered, registry: Registry): BoardEvent | undefined {
  const kind = fact.type.slice(0, fact.type.indexOf('.'))
  if (!SHOWN.has(kind)) return undefined
  const common = { seq, type: fact.type, at: formatInstant(fact.at), seenAt: formatInstant(fact.seenAt) }
  if (!isHeartbeatFact(fact)) return { seq, kind, data: { ...common, ...aboutGateway(fact) } }
  const { heartbeat } = fact
  const group = registry.roster.termsOf(registry.find(heartbeat))?.group ?? ''
  return {
    seq,
    kind,
    heartbeat,
    group,
    data: { ...common, heartbeat, group, ...about(fact), ...stateOf(heartbeat, registry) },
  }
}

/** What is about the gateway as a whole is for everybody. */
export function isWanted({ heartbeat, group }: BoardEvent, filter: BoardFilter): boolean {
  if (heartbeat === undefined) return true
  return (filter.heartbeat ?? heartbeat) === heartbeat && (filter.group ?? group) === group
}

/** Nouns of the facts; deadlines and runs are seen by the verdicts that they lead to. */
const SHOWN: ReadonlySet<string> = new Set([
  ...['heartbeat', 'signal', 'verdict', 'incident', 'storm', 'page', 'notice', 'channel'],
  ...['mute', 'override', 'drill', 'blind'],
])

/** Ids and words that the fact has; what else there is of them the API tells. */
const WORDS = [
  'incident',
  'storm',
  'page',
  'channel',
  'outcome',
  'by',
  'from',
  'to',
  'rule',
  'verdict',
  'severity',
  'drill',
]

function about(fact: Fact): object {
  if (fact.type === 'signal.received') return { signal: fact.signal.kind }
  return Object.fromEntries(
    Object.entries(fact).filter(([key, value]) => WORDS.includes(key) && typeof value === 'string'),
  )
}

function aboutGateway(fact: Fact): object {
  switch (fact.type) {
    case 'mute.declared':
      return { mute: fact.mute.id, of: fact.mute.kind, by: fact.mute.by }
    case 'mute.ended':
      return { mute: fact.mute, by: fact.by }
    case 'override.made':
      return { override: fact.override.id, oncall: fact.override.oncall, by: fact.override.by }
    case 'override.ended':
      return { override: fact.override, by: fact.by }
    case 'blind.begun':
      return { from: formatInstant(fact.at), cause: fact.cause, source: fact.source }
    case 'blind.passed':
      return { from: formatInstant(fact.from), to: formatInstant(fact.to), cause: fact.cause, source: fact.source }
    default:
      return about(fact)
  }
}

/** As it is when it is told, which is later than the fact. */
function stateOf(name: Name, registry: Registry): object {
  const number = registry.find(name)
  if (number === -1) return {}
  const { verdict, since, lastSignalAt, dueAt, deadlineAt } = registry.state(number)
  return {
    now: {
      ...{ verdict, since: formatInstant(since), lastSignalAt: whenever(lastSignalAt) },
      ...{ dueAt: whenever(dueAt), deadlineAt: whenever(deadlineAt) },
    },
  }
}
