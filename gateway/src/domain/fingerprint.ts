// What Prometheus and Alertmanager call an alert by: FNV-1a, 64 bits, over its labels in order (prometheus/common, LabelSet).
import type { Labels } from './alert.ts'

/** 16 hex digits, the same for equal labels. */
export function fingerprint(labels: Labels): string {
  const sum = new Sum()
  for (const name of Object.keys(labels).sort()) {
    sum.text(name)
    sum.byte(SEPARATOR)
    sum.text(labels[name] as string)
    sum.byte(SEPARATOR)
  }
  return sum.digits
}

const SEPARATOR = 0xff
/** The prime is 2 ** 40 + this. */
const PRIME = 0x1b3
const HALF = 2 ** 32

class Sum {
  #high = 0xcbf29ce4
  #low = 0x84222325

  get digits(): string {
    return [this.#high, this.#low].map((half) => half.toString(16).padStart(8, '0')).join('')
  }

  byte(byte: number): void {
    const low = (this.#low ^ byte) >>> 0
    const product = low * PRIME
    this.#high = (this.#high * PRIME + Math.floor(product / HALF) + low * 256) >>> 0
    this.#low = product >>> 0
  }

  /** In UTF-8. */
  text(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.codePointAt(at) as number
      if (code < 0x80) this.byte(code)
      else if (code < 0x800) this.#bytes(0xc0 | (code >> 6), code)
      else if (code < 0x10000) this.#bytes(0xe0 | (code >> 12), code >> 6, code)
      else {
        this.#bytes(0xf0 | (code >> 18), code >> 12, code >> 6, code)
        at++
      }
    }
  }

  #bytes(first: number, ...rest: readonly number[]): void {
    this.byte(first)
    for (const bits of rest) this.byte(0x80 | (bits & 0x3f))
  }
}
