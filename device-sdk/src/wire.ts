// The grammar that MQTT topics and HTTP paths share: `<name>` or `<name>/<event>`, a name having one or two levels.
// Pure and free of Node: the gateway parses with it, a client may check with it. Owns no transport.

export type EventKind = 'ok' | 'start' | 'fail' | 'log' | 'bye' | 'will' | 'silence'

export type Event = {
  readonly kind: EventKind
  /** 0–255: 0 is ok, anything else a fail. */
  readonly exit?: number
  /** The system signal that ended the job, without SIG: `TERM`. */
  readonly killedBy?: string
  /** The event was `exit`: the number is the payload's. */
  readonly awaitsExit?: true
}

export type Target = { readonly name: string; readonly event: Event }
export type Problem = { readonly problem: string }

/** What a name without an event means. */
export const OK: Event = Object.freeze({ kind: 'ok' })

/** The longest level of a name. */
export const LEVEL_LENGTH = 63

/**
 * One or two levels, each `[A-Za-z0-9][A-Za-z0-9_-]{0,62}`, the second none that reads as an event.
 *
 * @example
 * isName('pump-17/battery') // true
 * isName('pump-17/start') // false
 */
export function isName(text: string): boolean {
  const slash = text.indexOf('/')
  if (slash < 0) return isLevel(text, 0, text.length)
  return isLevel(text, 0, slash) && isLevel(text, slash + 1, text.length) && !isEventWord(text.slice(slash + 1))
}

/**
 * Why `text` is no name; undefined when it is one.
 *
 * @example
 * nameProblem('pump 17') // 'name: expected letters, digits, - and _, got " "'
 * nameProblem('pump-17') // undefined
 */
export function nameProblem(text: string): string | undefined {
  const levels = text.split('/')
  if (levels.length > 2) return `name: expected one or two levels, got ${levels.length}`
  for (const level of levels) {
    const problem = levelProblem(level)
    if (problem !== undefined) return problem
  }
  const second = levels[1]
  if (second === undefined || !isEventWord(second)) return undefined
  return `name: the second level can't be "${second}", which reads as an event`
}

/** True for what can't be a name's second level: an event's word in any case, a system signal's name, a number. */
export function isEventWord(word: string): boolean {
  return EVENTS.has(word) || isNumber(word) || EVENTS.has(word.toLowerCase())
}

/** Event words are lower case, system signals upper case with or without SIG; a number above 255 is no event. */
export function parseEvent(word: string): Event | undefined {
  const event = EVENTS.get(word)
  if (event !== undefined || !isNumber(word)) return event
  const exit = Number(word)
  return exit > 255 ? undefined : { kind: exit === 0 ? 'ok' : 'fail', exit }
}

/** One to three segments: a second that reads as an event is the event, else both are a name of two levels. */
export function parseSegments(segments: readonly string[]): Target | Problem {
  const [first = '', second, third] = segments
  if (segments.length > 3) return { problem: `expected at most three segments, got ${segments.length}` }
  if (third !== undefined) return named(`${first}/${second}`, third)
  if (second === undefined) return named(first, undefined)
  return isEventWord(second) ? named(first, second) : named(`${first}/${second}`, undefined)
}

/** `hb/<name>[/<event>]`. */
export function parseTopic(topic: string, root = 'hb'): Target | Problem {
  if (!topic.startsWith(root) || topic.charCodeAt(root.length) !== SLASH) {
    return { problem: `topic: expected ${root}/<name>[/<event>]` }
  }
  return parseSegments(topic.slice(root.length + 1).split('/'))
}

function named(name: string, word: string | undefined): Target | Problem {
  if (!isName(name)) return { problem: nameProblem(name) ?? 'name: not a name' }
  if (word === undefined) return { name, event: OK }
  const event = parseEvent(word)
  if (event !== undefined) return { name, event }
  if (isNumber(word)) return { problem: `exit code: expected 0 to 255, got ${word.slice(0, 20)}` }
  return { problem: `event: expected ${WORDS}, 0 to 255 or a signal's name, got "${printable(word)}"` }
}

const SLASH = 47
const HYPHEN = 45
const UNDERSCORE = 95
const ASCII = 128

/** 0: not in a name, 1: not as its first character, 2: anywhere. */
const CHARACTERS: Uint8Array = new Uint8Array(ASCII)
for (const [from, to] of [
  ['0', '9'],
  ['A', 'Z'],
  ['a', 'z'],
] as const) {
  CHARACTERS.fill(2, from.charCodeAt(0), to.charCodeAt(0) + 1)
}
CHARACTERS[HYPHEN] = 1
CHARACTERS[UNDERSCORE] = 1

function isLevel(text: string, from: number, to: number): boolean {
  if (to <= from || to - from > LEVEL_LENGTH) return false
  if (CHARACTERS[text.charCodeAt(from)] !== 2) return false
  for (let at = from + 1; at < to; at++) {
    const kind = CHARACTERS[text.charCodeAt(at)]
    if (kind === 0 || kind === undefined) return false
  }
  return true
}

function levelProblem(level: string): string | undefined {
  if (level === '') return 'name: a level is empty'
  if (level.length > LEVEL_LENGTH)
    return `name: expected at most ${LEVEL_LENGTH} characters a level, got ${level.length}`
  for (const character of level) {
    const code = character.codePointAt(0) as number
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return 'name: control characters are not allowed'
    if (code >= ASCII || CHARACTERS[code] === 0) {
      return `name: expected letters, digits, - and _, got "${printable(character)}"`
    }
  }
  if (CHARACTERS[level.charCodeAt(0)] === 2) return undefined
  return `name: a level starts with a letter or a digit, got "${level[0]}"`
}

/** Digits only. */
function isNumber(text: string): boolean {
  if (text === '') return false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code < 48 || code > 57) return false
  }
  return true
}

function printable(text: string): string {
  return text.slice(0, 20).replace(/[^\x20-\x7e]/gu, '?')
}

const WORDS = 'start, run, ok, complete, fail, log, bye, will, silence'
const SYSTEM_SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG ' +
  'XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS'

const EVENTS: ReadonlyMap<string, Event> = new Map<string, Event>([
  ['ok', OK],
  ['complete', OK],
  ['start', { kind: 'start' }],
  ['run', { kind: 'start' }],
  ['fail', { kind: 'fail' }],
  ['log', { kind: 'log' }],
  ['bye', { kind: 'bye' }],
  ['will', { kind: 'will' }],
  ['silence', { kind: 'silence' }],
  ['exit', { kind: 'ok', awaitsExit: true }],
  ...SYSTEM_SIGNALS.split(' ').flatMap((killedBy): [string, Event][] => [
    [killedBy, { kind: 'fail', killedBy }],
    [`SIG${killedBy}`, { kind: 'fail', killedBy }],
  ]),
])
