import { describe, expect, it } from 'vitest'
import { Casebook, type CasebookContent } from '../app/casebook.ts'
import { Registry } from '../app/registry.ts'
import { NO_POLICY } from '../domain/escalation.ts'
import type { HeartbeatFact } from '../domain/fact.ts'
import { CasebookWriter } from './ledger-casebook.ts'
import { Snapshots } from './ledger-snapshot.ts'
import type { Slice } from './ledger-store.ts'

const OPENED = { verdict: 'failed', severity: 'critical', explanation: 'x'.repeat(2_000), policy: NO_POLICY } as const

function opened(n: number): HeartbeatFact {
  return { type: 'incident.opened', heartbeat: `job-${n}`, at: 0, seenAt: 0, incident: `inc-${n}`, ...OPENED }
}

function queued(n: number): HeartbeatFact {
  const page = { kind: 'incident.triggered', channel: 'ops', path: 'ops', step: 0, page: `page-${n}` } as const
  return { type: 'page.queued', heartbeat: `job-${n}`, at: 0, seenAt: 0, incident: `inc-${n}`, ...page }
}

function read({ bytes }: Slice): CasebookContent {
  return JSON.parse(new TextDecoder().decode(bytes)) as CasebookContent
}

/** Takes until the casebook is in a snapshot; gives it, and how many takes that were. */
function takeCasebook(snapshots: Snapshots, upTo: number, between: () => void): { slice: Slice; turns: number } {
  for (let turns = 1; ; turns++) {
    const { parts } = snapshots.take(1, upTo + turns - 1)
    const slice = parts.flat().find(({ kind }) => kind === 'casebook')
    if (slice !== undefined) return { slice, turns }
    between()
  }
}

describe('the casebook in a snapshot', () => {
  it.each([0, 1, 49, 50, 51, 120])('is written piece by piece, and whole: %d incidents', (count) => {
    const casebook = new Casebook()
    for (let n = 0; n < count; n++) for (const fact of [opened(n), queued(n)]) casebook.fold(fact)
    const whole = JSON.parse(JSON.stringify(casebook.content()))
    const writer = new CasebookWriter(casebook.content(), 7)
    let slice: Slice | undefined
    while (slice === undefined) {
      slice = writer.write(1)
      casebook.fold(opened(count))
    }
    expect(read(slice)).toEqual(whole)
    expect(slice.upTo).toBe(7)
  })

  it('is as of the fact at which it was begun, and facts after it are kept for a replay', () => {
    const registry = new Registry()
    const snapshots = new Snapshots(registry)
    for (let n = 0; n < 200; n++) registry.casebook.fold(opened(n))
    let later = 200
    const { slice, turns } = takeCasebook(snapshots, 200, () => registry.casebook.fold(opened(later++)))
    expect(turns).toBeGreaterThan(3)
    expect(slice.upTo).toBe(200)
    expect(read(slice).incidents).toHaveLength(200)
    expect(snapshots.take(1, 200 + turns).completeUpTo).toBe(200)
  })

  it('that did not change while it was written is complete', () => {
    const registry = new Registry()
    const snapshots = new Snapshots(registry)
    for (let n = 0; n < 200; n++) registry.casebook.fold(opened(n))
    const { turns } = takeCasebook(snapshots, 200, () => undefined)
    expect(snapshots.take(1, 200 + turns).completeUpTo).toBe(200 + turns)
  })
})
