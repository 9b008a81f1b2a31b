import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliver } from './influx-bisect.ts'
import { linesOf } from './influx-sender.stage.ts'
import type { Sent } from './influx-sender.ts'

/** A server in memory: refuses batches with a bad line, with or without keeping the others. */
function server({ keepsTheOthers = false, mostLines = Number.POSITIVE_INFINITY, waitsAt = -1 } = {}) {
  const stored = new Set<string>()
  let requests = 0
  const isBad = (line: string): boolean => line.includes('#bad')
  return {
    stored,
    requests: () => requests,
    async send(lines: readonly string[]): Promise<Sent> {
      if (requests++ === waitsAt) return { kind: 'waits', because: 'busy', why: 'answered 503', retryAfter: 1 }
      if (lines.length > mostLines) return { kind: 'refused', why: 'answered 413', isTooLarge: true }
      const isGood = !lines.some(isBad)
      for (const line of lines) if (isGood || (keepsTheOthers && !isBad(line))) stored.add(line)
      return isGood ? { kind: 'taken' } : { kind: 'refused', why: 'answered 400: no' }
    },
  }
}

function spoil(lines: readonly string[], isBad: (index: number) => boolean): readonly string[] {
  return lines.map((line, index) => (isBad(index) ? line.replace('n=1i', 'n=#bad') : line))
}

describe('what a server refuses', () => {
  it('costs one request where nothing is bad, none where nothing is', async () => {
    const { send, requests } = server()
    expect(await deliver(linesOf(5_000), { send })).toEqual({ kind: 'done', dead: [] })
    expect(requests()).toBe(1)
    expect(await deliver([], { send })).toEqual({ kind: 'done', dead: [] })
    expect(requests()).toBe(1)
  })

  it('costs two requests for each halving where one line of 5,000 is bad', async () => {
    const { send, requests, stored } = server()
    const lines = spoil(linesOf(5_000), (index) => index === 1_234)
    const delivered = await deliver(lines, { send })
    expect(delivered).toEqual({ kind: 'done', dead: [{ line: lines[1_234], why: 'answered 400: no' }] })
    expect(stored.size).toBe(4_999)
    expect(requests()).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(5_000)))
  })

  it('is dead line by line, and everything else is stored once or more', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 300 }),
        fc.uniqueArray(fc.nat(299), { maxLength: 20 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        async (count, bad, keepsTheOthers, mostLines) => {
          const { send, stored } = server({ keepsTheOthers, mostLines })
          const lines = spoil(linesOf(count), (index) => bad.includes(index))
          const { kind, dead } = await deliver(lines, { send })
          expect(kind).toBe('done')
          expect(new Set(dead.map(({ line }) => line))).toEqual(new Set(lines).difference(stored))
          expect(dead.length).toBe(bad.filter((index) => index < count).length)
        },
      ),
    )
  })

  it('neither loses nor kills a line where the server goes away in between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(199), { maxLength: 10 }),
        fc.nat(60),
        fc.boolean(),
        async (bad, waitsAt, keepsTheOthers) => {
          const { send, stored } = server({ waitsAt, keepsTheOthers })
          const lines = spoil([...linesOf(100), ...linesOf(100, 'hb_state')], (index) => bad.includes(index))
          const first = await deliver(lines, { send })
          const rest = first.kind === 'waits' ? await deliver(first.remaining, { send }) : undefined
          const dead = [...first.dead, ...(rest?.dead ?? [])].map(({ line }) => line)
          expect(rest?.kind ?? 'done').toBe('done')
          expect(dead.length).toBe(bad.length)
          expect(new Set([...dead, ...stored])).toEqual(new Set(lines))
          if (first.kind === 'waits') expect(first).toMatchObject({ because: 'busy', retryAfter: 1 })
        },
      ),
    )
  })

  it('does not hold up the rest where all lines of a measurement are bad', async () => {
    const { send, stored, requests } = server()
    const mixed = linesOf(5_000).flatMap((line, index) =>
      index % 2 ? [line] : [line.replace('hb_signal', 'hb_state')],
    )
    const lines = spoil(mixed, (index) => index % 2 === 1)
    const { kind, dead } = await deliver(lines, { send })
    expect(kind).toBe('done')
    expect(requests()).toBeLessThanOrEqual(1 + 2 * 257)
    // The part that both measurements share goes with the bad one.
    expect(dead.length).toBeGreaterThanOrEqual(2_500)
    expect(dead.length).toBeLessThan(2_540)
    expect(dead[0]?.why).toMatch(/^refused with \d+ others: answered 400: no$/)
    expect(new Set([...stored, ...dead.map(({ line }) => line)])).toEqual(new Set(lines))
  })

  it('stays bounded where everything is bad, and exact where 25 lines are', async () => {
    const all = server()
    const { dead } = await deliver(
      spoil(linesOf(5_000), () => true),
      { send: all.send },
    )
    expect(dead.length).toBe(5_000)
    expect(all.requests()).toBeLessThanOrEqual(1 + 2 * 257)
    const some = server()
    const lines = spoil(linesOf(5_000), (index) => index % 200 === 7)
    const few = await deliver(lines, { send: some.send })
    expect(few.dead.map(({ line }) => line).sort()).toEqual(lines.filter((line) => line.includes('#bad')).sort())
  })

  it('kills nothing for being too large together, however small the server’s limit', async () => {
    const { send, stored, requests } = server({ mostLines: 1 })
    expect(await deliver(linesOf(1_000), { send })).toEqual({ kind: 'done', dead: [] })
    expect(stored.size).toBe(1_000)
    expect(requests()).toBe(1_999)
    const lines = spoil(linesOf(1_536), (index) => index % 3 === 2)
    const strict = server({ mostLines: 1 })
    expect((await deliver(lines, { send: strict.send })).dead.length).toBe(512)
    const few = server({ mostLines: 4 })
    const [bad] = spoil(linesOf(1), () => true)
    const found = await deliver([...linesOf(4_000), bad as string], { send: few.send })
    expect(found.dead.map(({ line }) => line)).toEqual([bad])
    const none = server({ mostLines: 0 })
    const [line] = linesOf(1)
    expect(await deliver(linesOf(1), { send: none.send })).toEqual({
      kind: 'done',
      dead: [{ line, why: 'answered 413' }],
    })
  })
})
