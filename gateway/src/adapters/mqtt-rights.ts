// Who may connect, publish where and subscribe to what. Pure: the broker asks, these answer.
import { covers } from './mqtt-filter.ts'
import type { Refused } from './mqtt-packets.ts'

/** C0, DEL and C1: no topic, filter, client id or user name has a use for them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/
/** What would reach beyond one level once a user name stands in a topic. */
const NOT_ONE_LEVEL = /[/+#$]/

export const CLIENT_ID_LIMIT = 64
export const TOPIC_LIMIT = 256

export type Greeting = {
  readonly clientId: string
  readonly clean: boolean
  readonly username?: string | undefined
  readonly will?: { readonly topic: string; readonly qos: number } | undefined
}

export function hasControl(text: string): boolean {
  return CONTROL.test(text)
}

/** Why this CONNECT is refused before its password is looked at; undefined: it is not. */
export function objectionTo(greeting: Greeting): Refused | undefined {
  const { clientId, clean, username = '', will } = greeting
  if (clientId.length > CLIENT_ID_LIMIT || hasControl(clientId) || (clientId === '' && !clean)) return 'client id'
  if (hasControl(username)) return 'user name'
  if (will !== undefined && (will.qos > 2 || !isPlainTopic(will.topic))) return 'will'
  return undefined
}

/** A user name that may stand for the first level of topics. */
export function isOneLevel(user: string): boolean {
  return user !== '' && !NOT_ONE_LEVEL.test(user) && !hasControl(user)
}

/** Says nothing about what the topic means. */
export function isPlainTopic(topic: string): boolean {
  return topic !== '' && topic.length <= TOPIC_LIMIT && !/[+#]/.test(topic) && !hasControl(topic)
}

/** `rest` is the topic without root: a user owns `<user>` and `<user>/…`. */
export function ownsTopic(user: string, rest: string): boolean {
  return rest.startsWith(user) && (rest.length === user.length || rest[user.length] === '/')
}

/**
 * Who publishes under a topic that is adopted, of those whose `names` come out of it: who owns all of them, or is trusted to
 * speak for anybody. Orders to devices name nobody.
 */
export function speaksFor(user: string | undefined, names: readonly string[], trusted: readonly string[]): boolean {
  if (user === undefined || trusted.includes(user)) return true
  return names.length > 0 && names.every((name) => ownsTopic(user, name))
}

/** A user hears the states of its own heartbeats: `hbstate/<user>`, `hbstate/<user>/…` and `hbstate/<user>/#`. */
export function maySubscribe(user: string | undefined, filter: string, root: string): boolean {
  if (filter.length > TOPIC_LIMIT || filter.startsWith('$') || hasControl(filter)) return false
  const own = `${root}state/${user}`
  return user === undefined || filter === own || filter.startsWith(`${own}/`)
}

/** Rules: topics, and users who speak for all of their devices. */
export type Trusted = readonly { readonly topics: readonly string[]; readonly from: readonly string[] }[]

/** Whom a rule trusts to speak for its devices hears them, too, and the orders that they are given. */
export function mayHear(user: string, filter: string, rules: Trusted): boolean {
  return rules.some(({ topics, from }) => from.includes(user) && topics.some((topic) => covers(topic, filter)))
}
