// From a request's path to what it is about: the native form, the compatible /ping form, and keys at the root.
// Looks keys up, but not whether a heartbeat exists, and decides no rights.
import { type Event, isEventWord, OK, parseEvent, parseSegments } from '@overdue/device-sdk/wire'
import type { Name } from '../domain/names.ts'
import { isUuid, type Keys } from './keys.ts'

/** How the path itself proves that it may: `doubtful` is a bare name that may as well be a mistyped key. */
export type Access = 'bare' | 'doubtful' | 'key' | 'ping key'

export type Route =
  | { readonly kind: 'target'; readonly name: Name; readonly event: Event; readonly access: Access }
  | { readonly kind: 'malformed'; readonly problem: string }
  | { readonly kind: 'unknown' }

/** Where the name begins in `/ping/…` and `/hb/…`; 0 for any other path. */
export function prefixLength(path: string): number {
  if (path.startsWith('/ping/')) return 6
  return path.startsWith('/hb/') ? 4 : 0
}

/** Undefined when the path is no signal's. `path` has no query; `http://host/…` is read as `/…`. */
export function routeOf(path: string, keys: Keys): Route | undefined {
  const local = path.charCodeAt(0) === SLASH ? path : originForm(path)
  const prefix = prefixLength(local)
  if (prefix === 0) return rootRoute(local, keys)
  const rest = decoded(local.slice(prefix))
  if (rest === undefined) return MALFORMED
  const segments = rest.split('/')
  return prefix === 4 ? plainRoute(segments, 'bare') : pingRoute(segments, keys)
}

const SLASH = 47
const MALFORMED: Route = { kind: 'malformed', problem: 'invalid url format' }
const DIGITS = /^\d+$/
const UNKNOWN: Route = { kind: 'unknown' }

/** A UUID or the ping key may stand at the root, as on hosted services; everything else there is somebody else's. */
function rootRoute(path: string, keys: Keys): Route | undefined {
  const slash = path.indexOf('/', 1)
  const first = slash < 0 ? path.slice(1) : path.slice(1, slash)
  const ours = isUuid(first) || (slash > 0 && keys.isPingKey(first))
  if (!ours) return undefined
  const rest = decoded(path.slice(1))
  return rest === undefined ? MALFORMED : pingRoute(rest.split('/'), keys)
}

function pingRoute(segments: readonly string[], keys: Keys): Route {
  const [first = ''] = segments
  const name = keys.nameOf(first)
  if (name !== undefined) return keyRoute(name, segments)
  if (keys.isPingKey(first)) return pingKeyRoute(segments)
  if (isUuid(first)) return UNKNOWN
  return plainRoute(segments, keys.isKeyShaped(first) ? 'doubtful' : 'bare')
}

/** `<key>`, `<key>/` and `<key>/<event>`. */
function keyRoute(name: Name, segments: readonly string[]): Route {
  const [, word = ''] = segments
  if (segments.length > 2) return MALFORMED
  const event = word === '' ? OK : parseEvent(word)
  if (event !== undefined) return { kind: 'target', name, event, access: 'key' }
  // A number above 255 or a word in upper case is a mistake to be told of; any other could name a slug behind a ping key.
  return DIGITS.test(word) || word !== word.toLowerCase() ? MALFORMED : UNKNOWN
}

/** `<ping key>/<name>` and `<ping key>/<name>/<event>`: a name behind the ping key has one level. */
function pingKeyRoute(segments: readonly string[]): Route {
  const [, name, word] = segments
  if (name === undefined || name === '' || isEventWord(name)) return UNKNOWN
  if (segments.length > 3 || (word !== undefined && !isEventWord(word))) return MALFORMED
  return plainRoute(segments.slice(1), 'ping key')
}

function plainRoute(segments: readonly string[], access: Access): Route {
  const parsed = parseSegments(segments)
  if (!('problem' in parsed)) return { kind: 'target', name: parsed.name, event: parsed.event, access }
  const exitTooHigh = segments.length > 1 && DIGITS.test(segments.at(-1) as string)
  return exitTooHigh ? MALFORMED : { kind: 'malformed', problem: parsed.problem }
}

function originForm(url: string): string {
  const scheme = url.indexOf('://')
  const slash = scheme < 0 ? -1 : url.indexOf('/', scheme + 3)
  return slash < 0 ? '' : url.slice(slash)
}

function decoded(path: string): string | undefined {
  if (!path.includes('%')) return path
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
