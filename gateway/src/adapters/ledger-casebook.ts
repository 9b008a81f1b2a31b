// The casebook as one slice of a snapshot, written piece by piece: after a storm it is many megabytes, and whoever reports
// meanwhile does not wait for them. Incidents, pages and devices never change, so what was listed is what is written.
import type { CasebookContent } from '../app/casebook.ts'
import type { Slice } from './ledger-messages.ts'

const ENCODER = new TextEncoder()
/** Written at once. */
const PIECE = 50

export class CasebookWriter {
  readonly #upTo: number
  readonly #pieces: Uint8Array[] = []
  readonly #texts: Iterator<string>
  #bytes = 0

  /** `upTo`: the number of the fact up to which the content is true. */
  constructor(content: CasebookContent, upTo: number) {
    this.#upTo = upTo
    const { incidents, unsettled, devices = [], ...rest } = content
    this.#texts = textsOf(JSON.stringify(rest), { incidents, unsettled, devices })
  }

  /** Writes about so many bytes more; gives the slice when it is whole. */
  write(bytes: number): Slice | undefined {
    for (let written = 0; written < bytes; ) {
      const { value, done } = this.#texts.next()
      if (done) return { kind: 'casebook', id: 0, upTo: this.#upTo, bytes: this.#joined() }
      const piece = ENCODER.encode(value)
      this.#pieces.push(piece)
      written += piece.length
      this.#bytes += piece.length
    }
    return undefined
  }

  #joined(): Uint8Array<ArrayBuffer> {
    const whole = new Uint8Array(this.#bytes)
    let at = 0
    for (const piece of this.#pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }
}

/** An object of JSON in pieces: the text of one, and lists besides. */
function* textsOf(rest: string, lists: Readonly<Record<string, readonly object[]>>): Generator<string> {
  yield rest.slice(0, -1)
  for (const [key, list] of Object.entries(lists)) {
    yield `,${JSON.stringify(key)}:[`
    for (let from = 0; from < list.length; from += PIECE) {
      const piece = JSON.stringify(list.slice(from, from + PIECE)).slice(1, -1)
      yield from === 0 ? piece : `,${piece}`
    }
    yield ']'
  }
  yield '}'
}
