import { describe, expect, it } from 'vitest'
import { PAGE_BYTES, Page } from '../app/columns.ts'
import { evolve } from '../domain/evolve.ts'
import { DEFAULT_TERMS, type State } from '../domain/heartbeat.ts'
import { json, pageBytes, pageOf, text } from './ledger-slices.ts'

const DECLARED = { type: 'heartbeat.declared', heartbeat: 'x', at: 1, seenAt: 1, terms: DEFAULT_TERMS } as const
const STATE: State = evolve(DEFAULT_TERMS, undefined, { ...DECLARED, dueAt: 2, deadlineAt: 3 })

function written(...vias: readonly State['via'][]): Uint8Array<ArrayBuffer> {
  const page = new Page()
  vias.forEach((via, row) => {
    page.put(row, { ...STATE, via })
  })
  return pageBytes(page)
}

/** The same states, with another end of the slice. */
function ending(bytes: Uint8Array, end: unknown): Uint8Array<ArrayBuffer> {
  const tail = json(end)
  const whole = new Uint8Array(PAGE_BYTES + tail.length)
  whole.set(bytes.subarray(0, PAGE_BYTES))
  whole.set(tail, PAGE_BYTES)
  return whole
}

describe('a page of states in a snapshot', () => {
  it('knows by which bridge each heartbeat was heard, also where another process met them in another order', () => {
    const bytes = written('mqtt', 'bridge:one', 'gateway', 'bridge:two')
    const page = pageOf(bytes.slice())
    expect([0, 1, 2, 3].map((row) => page.get(row).via)).toEqual(['mqtt', 'bridge:one', 'gateway', 'bridge:two'])
    const { sources, particulars } = JSON.parse(text(bytes.subarray(PAGE_BYTES))) as {
      sources: State['via'][]
      particulars: unknown
    }
    const swapped = sources.map((via) =>
      via === 'bridge:one' ? 'bridge:two' : via === 'bridge:two' ? 'bridge:new' : via,
    )
    const theirs = pageOf(ending(bytes, { sources: swapped, particulars }))
    expect([0, 1, 2, 3].map((row) => theirs.get(row).via)).toEqual(['mqtt', 'bridge:two', 'gateway', 'bridge:new'])
  })

  it('is read as it was written before there were bridges', () => {
    const page = pageOf(ending(written('http', 'mqtt'), []))
    expect([0, 1].map((row) => page.get(row).via)).toEqual(['http', 'mqtt'])
  })
})
