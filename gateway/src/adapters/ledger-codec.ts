// Facts as bytes. A plain beat is a short binary record; every other fact is JSON behind the same header:
//   u8 form, u32 heartbeat number (0xffffffff: none), f64 number of the previous fact about it, then the body.
import type { Fact } from '../domain/fact.ts'
import type { Signal } from '../domain/signal.ts'
import { type Instant, NEVER } from '../domain/time.ts'

/** A fact with its place: `prev` is the number of the previous fact about the same heartbeat, 0 for none. */
export type Entry = { readonly seq: number; readonly number: number; readonly prev: number; readonly fact: Fact }

const JSON_FORM = 0
const BEAT_HTTP = 1
const BEAT_MQTT = 2
export const NOBODY = 0xffffffff
const HEADER = 13
const BEAT = HEADER + 24
const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

/** Gathers the records of one group. */
export class GroupWriter {
  #bytes = new Uint8Array(64 * 1024)
  #view = new DataView(this.#bytes.buffer)
  #used = 0

  get size(): number {
    return this.#used
  }

  add(fact: Fact, number: number, prev: number): void {
    const form = beatForm(fact)
    if (form === JSON_FORM) return this.#addText(JSON.stringify(fact), number, prev)
    const { at, effect } = fact as Beat
    this.#reserve(BEAT)
    const start = this.#header(form, number, prev)
    this.#view.setFloat64(start, at, true)
    this.#view.setFloat64(start + 8, effect.dueAt, true)
    this.#view.setFloat64(start + 16, effect.deadlineAt, true)
    this.#used += BEAT
  }

  /** The group so far, in its own memory; the writer is empty after it. */
  take(): Uint8Array<ArrayBuffer> {
    const group = this.#bytes.slice(0, this.#used)
    this.#used = 0
    return group
  }

  #addText(text: string, number: number, prev: number): void {
    this.#reserve(HEADER + 4 + text.length * 3)
    const start = this.#header(JSON_FORM, number, prev)
    const { written } = ENCODER.encodeInto(text, this.#bytes.subarray(start + 4))
    this.#view.setUint32(start, written, true)
    this.#used += HEADER + 4 + written
  }

  #header(form: number, number: number, prev: number): number {
    this.#view.setUint8(this.#used, form)
    this.#view.setUint32(this.#used + 1, number, true)
    this.#view.setFloat64(this.#used + 5, prev, true)
    return this.#used + HEADER
  }

  #reserve(more: number): void {
    if (this.#used + more <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used + more))
    larger.set(this.#bytes.subarray(0, this.#used))
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** The facts of a group, in order. `nameOf` gives the names of plain beats. */
export function* readGroup(
  bytes: Uint8Array,
  first: number,
  nameOf: (number: number) => string | undefined,
): Iterable<Entry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0, seq = first; at < bytes.length; seq++) {
    const form = view.getUint8(at)
    const number = view.getUint32(at + 1, true)
    const prev = view.getFloat64(at + 5, true)
    const start = at + HEADER
    if (form === JSON_FORM) {
      const length = view.getUint32(start, true)
      yield { seq, number, prev, fact: parse(DECODER.decode(bytes.subarray(start + 4, start + 4 + length))) }
      at = start + 4 + length
    } else {
      yield { seq, number, prev, fact: beat(view, start, form, nameOf(number) ?? '') }
      at += BEAT
    }
  }
}

/** Where a fact stands in its group, and the number of the previous one about the same heartbeat; nothing is decoded. */
export function findRecord(
  bytes: Uint8Array,
  first: number,
  seq: number,
): { readonly from: number; readonly to: number; readonly prev: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let from = 0, each = first; from < bytes.length; each++) {
    const isText = view.getUint8(from) === JSON_FORM
    const to = from + (isText ? HEADER + 4 + view.getUint32(from + HEADER, true) : BEAT)
    if (each === seq) return { from, to, prev: view.getFloat64(from + 5, true) }
    from = to
  }
  return undefined
}

type Beat = Extract<Fact, { type: 'signal.received' }> & {
  readonly effect: { readonly dueAt: Instant; readonly deadlineAt: Instant }
}

/** An ok that says nothing but that it is there, on time: by far the most common fact. */
function beatForm(fact: Fact): number {
  if (
    fact.type !== 'signal.received' ||
    fact.effect?.dueAt === undefined ||
    fact.effect.duration !== undefined ||
    fact.effect.suspectAt !== undefined
  )
    return JSON_FORM
  const { signal } = fact
  if (signal.kind !== 'ok' || signal.at !== fact.seenAt || signal.receivedAt !== fact.seenAt || fact.at !== fact.seenAt)
    return JSON_FORM
  if (saysMore(signal)) return JSON_FORM
  if (signal.via === 'http') return BEAT_HTTP
  return signal.via === 'mqtt' ? BEAT_MQTT : JSON_FORM
}

/** Kind, two times and the ear are what every signal has. */
function saysMore(signal: Signal): boolean {
  let fields = 0
  for (const _ in signal) fields++
  return fields > 4
}

function beat(view: DataView, start: number, form: number, heartbeat: string): Fact {
  const at = view.getFloat64(start, true)
  return {
    type: 'signal.received',
    heartbeat,
    at,
    seenAt: at,
    signal: { kind: 'ok', at, receivedAt: at, via: form === BEAT_HTTP ? 'http' : 'mqtt' },
    effect: { dueAt: view.getFloat64(start + 8, true), deadlineAt: view.getFloat64(start + 16, true) },
  }
}

/** JSON writes NEVER as null; only these two can be it. */
function parse(text: string): Fact {
  return JSON.parse(text, (key, value) =>
    value === null && (key === 'dueAt' || key === 'deadlineAt') ? NEVER : value,
  ) as Fact
}
