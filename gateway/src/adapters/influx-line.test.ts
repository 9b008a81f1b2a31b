import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnyPoint } from '../app/series-point.ts'
import { lineOf } from './influx-line.ts'

const AT = 1_795_357_729_141

function state(heartbeat: string, owner = ''): AnyPoint {
  return { measurement: 'hb_state', tags: { heartbeat, group: 'g', owner }, fields: { code: 1 }, at: AT, seq: 7 }
}

describe('a line', () => {
  it('has the types of its measurement, and the number of the fact below the millisecond', () => {
    const line = lineOf(
      {
        measurement: 'hb_signal',
        tags: { heartbeat: 'pump-17/battery', group: '', kind: 'ok', via: 'mqtt' },
        fields: { n: 1, lag_ms: -3, gap_ms: 86_400_123, skew_ms: 0.5, exit: undefined, run: 'a "b"\\' },
        at: AT,
        seq: 12_000_042,
      },
      true,
    )
    expect(line).toBe(
      'hb_signal,heartbeat=pump-17/battery,group=-,kind=ok,via=mqtt n=1i,lag_ms=-3,gap_ms=86400123,skew_ms=0.5,run="a \\"b\\"\\\\" 1795357729141000042',
    )
  })

  it('leaves out text where a server has none, what is no number, and a point of which nothing is left', () => {
    const point: AnyPoint = {
      measurement: 'hb_page',
      tags: { channel: 'ops', responder: undefined },
      fields: { n: 1, latency_ms: Number.POSITIVE_INFINITY, why: 'no' },
      at: AT,
      seq: 0,
    }
    expect(lineOf(point, false)).toBe('hb_page,channel=ops n=1i 1795357729141000000')
    expect(lineOf({ ...point, fields: { why: 'no' } } as AnyPoint, false)).toBeUndefined()
  })

  it('writes two facts about one heartbeat in one millisecond at two times', () => {
    const [a, b] = [state('a'), { ...state('a'), seq: 8 }].map((point) => lineOf(point, true)?.split(' ').at(-1))
    expect(a).not.toBe(b)
  })

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom(',', ' ', '=', '\\', '"', '\n', '\r', '\t', '\0', '#', 'é', '\ud800', 'x', '\u2028'),
    }),
    fc.constantFrom('', ' ', '\\', 'a\\', 'x,evil=1 n=1i 1\nhb_state,heartbeat=other code=0i', '",n=2i'),
  )

  it('is one line that reads back as exactly the tags and fields that were meant', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (heartbeat, group, text) => {
        const line = lineOf(
          { measurement: 'hb_page', tags: { heartbeat, group }, fields: { n: 1, why: text }, at: AT, seq: 1 },
          true,
        ) as string
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(line.isWellFormed()).toBe(true)
        const read = parse(line)
        expect(Object.keys(read.tags)).toEqual(['heartbeat', 'group'])
        expect(Object.keys(read.fields)).toEqual(['n', 'why'])
        expect(read).toMatchObject({ measurement: 'hb_page', fields: { n: '1i' }, time: `${AT}000001` })
        if (/^[\w-]+$/.test(heartbeat)) expect(read.tags['heartbeat']).toBe(heartbeat)
        expect(read.fields['why']).toBe(
          text
            .slice(0, 1000)
            .toWellFormed()
            .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' '),
        )
      }),
      { numRuns: 2_000 },
    )
  })
})

/** As InfluxDB 1.x reads a line: a backslash takes the meaning from the character after it, one look back only. */
function parse(line: string) {
  const escaped = (at: number): boolean => line[at - 1] === '\\'
  let at = 0
  const until = (stops: string): string => {
    const start = at
    while (at < line.length && (!stops.includes(line[at] as string) || escaped(at))) at++
    return line.slice(start, at)
  }
  const measurement = until(', ')
  const tags: Record<string, string> = {}
  while (line[at] === ',') {
    at++
    const key = until('=')
    at++
    tags[key] = until(', ').replaceAll(/\\([ ,=])/g, '$1')
  }
  at++
  const fields: Record<string, string> = {}
  for (;;) {
    const key = until('=')
    at++
    if (line[at] === '"') {
      const start = ++at
      while (line[at] !== '"') at += line[at] === '\\' ? 2 : 1
      fields[key] = line.slice(start, at++).replaceAll(/\\(["\\])/g, '$1')
    } else fields[key] = until(', ')
    if (line[at] !== ',') break
    at++
  }
  return { measurement, tags, fields, time: line.slice(at + 1) }
}
