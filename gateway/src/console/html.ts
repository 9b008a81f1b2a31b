// HTML as values: what is put into a template is text, and escaped, unless it is HTML itself. Nothing else makes HTML.

export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** Lists are joined; undefined, null and false are nothing. */
export type Part = Html | string | number | undefined | null | false | readonly Part[]

/** For text and for attributes, which always stand in double quotes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0] as string
  parts.forEach((part, place) => {
    text += written(part) + strings[place + 1]
  })
  return new Html(text)
}

/** An attribute that is there or not. */
export function when(condition: unknown, attribute: 'checked' | 'selected' | 'disabled' | 'open' | 'required'): Html {
  return new Html(condition ? ` ${attribute}` : '')
}

/** A path of the console: each part is one percent-encoded segment. */
export function pathTo(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join('/')}`
}

function written(part: Part): string {
  if (part === undefined || part === null || part === false) return ''
  if (part instanceof Html) return part.text
  return typeof part === 'object' ? part.map(written).join('') : escaped(String(part))
}

/** Control characters would vanish, and right-to-left marks turn round what follows: both are shown. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll(/(?![\t\n\r])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')
}
