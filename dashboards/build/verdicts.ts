// The verdicts as the series number them, and how each looks: hue says how bad, the mark says which, the word is there too.

/** Each has 3:1 against Grafana's dark and light panels; amber is lighter than red, green leans to teal. */
export const COLOURS = {
  ok: '#2b9485',
  run: '#3d7fd0',
  warn: '#c38400',
  crit: '#c93124',
  mute: '#807c74',
} as const

export type Family = keyof typeof COLOURS
export type Verdict = { readonly code: number; readonly word: string; readonly mark: string; readonly family: Family }

export const VERDICTS: readonly Verdict[] = [
  { code: 0, word: 'ok', mark: '●', family: 'ok' },
  { code: 1, word: 'unseen', mark: '◌', family: 'mute' },
  { code: 2, word: 'running', mark: '▶', family: 'run' },
  { code: 3, word: 'late', mark: '◐', family: 'warn' },
  { code: 4, word: 'unverified', mark: '▨', family: 'mute' },
  { code: 5, word: 'slow', mark: '⧗', family: 'warn' },
  { code: 6, word: 'overrun', mark: '▲', family: 'crit' },
  { code: 7, word: 'missed', mark: '◇', family: 'crit' },
  { code: 8, word: 'failed', mark: '✕', family: 'crit' },
  { code: 9, word: 'paused', mark: '‖', family: 'mute' },
]

export type Mapping =
  | {
      readonly type: 'value'
      readonly options: Readonly<Record<string, { text: string; color?: string; index: number }>>
    }
  | { readonly type: 'special'; readonly options: { match: 'null'; result: { text: string; index: number } } }

export const VERDICT_MAPPINGS: readonly Mapping[] = [
  words(VERDICTS.map(({ code, word, mark, family }) => [String(code), `${mark} ${word}`, COLOURS[family]])),
]

/** An instant of 0 is one that never was. */
export const NEVER: readonly Mapping[] = [words([['0', 'never']])]

/** What became of a page. */
export const OUTCOME_MAPPINGS: readonly Mapping[] = [
  words([
    ['delivered', 'delivered', COLOURS.ok],
    ['refused', 'refused', COLOURS.crit],
    ['expired', 'expired', COLOURS.crit],
    ['dropped', 'dropped', COLOURS.mute],
  ]),
]

/** What happens to an incident or a storm. */
export const EVENT_MAPPINGS: readonly Mapping[] = [
  words([
    ['opened', 'opened', COLOURS.crit],
    ['worsened', 'worsened', COLOURS.crit],
    ['acknowledged', 'acknowledged', COLOURS.run],
    ['expired', 'acknowledgement expired', COLOURS.crit],
    ['muted', 'muted', COLOURS.mute],
    ['unmuted', 'unmuted', COLOURS.warn],
    ['resolved', 'resolved', COLOURS.ok],
  ]),
]

/** The colour of a series or a column that is named after a verdict. */
export function colourOf(word: string): string {
  const verdict = VERDICTS.find((candidate) => candidate.word === word)
  if (verdict === undefined) throw new Error(`no verdict is called ${word}`)
  return COLOURS[verdict.family]
}

function words(list: readonly (readonly [value: string, text: string, colour?: string])[]): Mapping {
  return {
    type: 'value',
    options: Object.fromEntries(
      list.map(([value, text, color], index) => [value, { text, ...(color !== undefined && { color }), index }]),
    ),
  }
}
