// Sparkplug B as its specification has it (Eclipse Sparkplug 3.0, chapters 4 to 6), and bytes that are no payload at all.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSparkplug } from '../src/adapters/sparkplug-payload.ts'
import { adopting, NOON, sparkplug, type TestMetric } from './adopt-stage.ts'

const RULE = '- { as: sparkplug }'
const NODE = 'plant-press'
const DEVICE = 'plant-press/arm'
const birth = (bdSeq: number) =>
  sparkplug(
    [
      { name: 'bdSeq', long: bdSeq, at: NOON },
      { name: 'Node Control/Rebirth', int: 0 },
    ],
    { at: NOON, seq: 0 },
  )
const death = (bdSeq: number) => sparkplug([{ name: 'bdSeq', long: bdSeq }])
const data = (...metrics: TestMetric[]) => sparkplug(metrics, { at: NOON, seq: 1 })

describe('an edge node', () => {
  it('lives by birth and data, and so does whatever is behind it', () => {
    const stage = adopting(RULE, [NODE, DEVICE])
    expect(stage.hear('spBv1.0/plant/NBIRTH/press', birth(0))).toBe(`ok:${NODE}`)
    expect(stage.hear('spBv1.0/plant/NDATA/press', data({ alias: 7, double: 21.5 }))).toBe(`ok:${NODE}`)
    expect(stage.hear('spBv1.0/plant/DBIRTH/press/arm', data({ name: 'T', text: 'x' }))).toBe(`ok:${NODE} ok:${DEVICE}`)
    expect(stage.hear('spBv1.0/plant/DDATA/press/arm', data({ alias: 9, int: 3 }))).toBe(`ok:${NODE} ok:${DEVICE}`)
    expect(stage.hear('spBv1.0/plant/DDEATH/press/arm', data())).toBe(`will:${DEVICE}`)
    expect(stage.hear('spBv1.0/plant/NDEATH/press', death(0), { isWill: true })).toBe(`will:${NODE}`)
  })

  it('the late death of an earlier session kills nobody, also when the numbers come round', () => {
    const stage = adopting(RULE, [NODE])
    for (const session of [254, 255, 0, 1]) {
      expect(stage.hear('spBv1.0/plant/NBIRTH/press', birth(session))).toBe(`ok:${NODE}`)
      const earlier = (session + 255) % 256
      expect(stage.hear('spBv1.0/plant/NDEATH/press', death(earlier), { isWill: true })).toBe('nothing')
    }
    expect(stage.hear('spBv1.0/plant/NDEATH/press', death(1), { isWill: true })).toBe(`will:${NODE}`)
  })

  it('is taken at its word by a gateway that did not hear its birth', () => {
    const stage = adopting(RULE, [NODE])
    expect(stage.hear('spBv1.0/plant/NDEATH/press', death(9))).toBe(`will:${NODE}`)
    expect(stage.hear('spBv1.0/plant/NDEATH/press', Buffer.from([0xff]))).toBe(`will:${NODE}`)
  })

  it('what it tells again keeps its own time; a number that comes round identifies nothing', () => {
    const stage = adopting(RULE, [NODE])
    const hourAgo = NOON - 3_600_000
    const told = (...metrics: TestMetric[]) => {
      stage.hear('spBv1.0/plant/NDATA/press', data(...metrics))
      return stage.last()?.signal
    }
    const old = { alias: 1, historical: true, double: 1 }
    expect(told({ ...old, at: hourAgo - 5 }, { ...old, at: hourAgo })).toMatchObject({ at: hourAgo, receivedAt: NOON })
    expect(told({ ...old, at: hourAgo }, { alias: 2, at: NOON, int: 1 })).toMatchObject({ at: NOON })
    expect(told(old)).toMatchObject({ at: NOON })
    expect(told({ ...old, at: 1 })).toMatchObject({ at: NOON - 7 * 86_400_000 })
    expect(stage.last()?.signal).not.toHaveProperty('seq')
  })

  it('lives even if its payload is none, and nobody lives by an order', () => {
    const stage = adopting(RULE, [NODE, DEVICE])
    expect(stage.hear('spBv1.0/plant/NDATA/press', Buffer.from('no protobuf'))).toBe(`ok:${NODE}`)
    expect(stage.hear('spBv1.0/plant/NCMD/press', data({ name: 'Node Control/Rebirth', int: 1 }))).toBe('nothing')
    expect(stage.hear('spBv1.0/plant/DCMD/press/arm', data())).toBe('nothing')
    for (const topic of [
      'spBv1.0/plant/NBIRTH',
      'spBv1.0/plant/NBIRTH/press/arm',
      'spBv1.0/plant/DDATA/press',
      'spBv1.0/plant/X/y',
    ])
      expect(stage.hear(topic, data()), topic).toBeUndefined()
  })

  it('is the parent of its devices, and two nodes are never one heartbeat', () => {
    const stage = adopting(`${RULE.slice(0, -1)}, create: true, group: plant }`)
    expect(stage.hear('spBv1.0/a-b/DDATA/c/arm', data())).toBe('ok:a-b-c ok:a-b-c/arm')
    expect(stage.last()?.create).toMatchObject({ parent: 'a-b-c', group: 'plant' })
    expect(stage.hear('spBv1.0/a/NDATA/b-c', data())).toBe('invalid')
    expect(stage.hear('spBv1.0/a-b/NDATA/c', data())).toBe('ok:a-b-c')
  })

  it('a host lives by its STATE, and its late death kills it no more', () => {
    const stage = adopting(RULE, ['scada'])
    const state = (online: boolean, timestamp: number) =>
      stage.hear('spBv1.0/STATE/scada', JSON.stringify({ online, timestamp }))
    expect([state(true, 1), state(true, 2), state(false, 1), state(false, 2)]).toEqual([
      ...['ok:scada', 'ok:scada', 'nothing', 'will:scada'],
    ])
    expect(stage.hear('spBv1.0/STATE/scada', 'ONLINE')).toBe('nothing')
  })
})

const metric = fc.record(
  {
    name: fc.oneof(fc.constant('bdSeq'), fc.string({ maxLength: 20 })),
    alias: fc.nat(),
    at: fc.nat({ max: 2 ** 45 }),
    historical: fc.boolean(),
    double: fc.double(),
    text: fc.string(),
  },
  { requiredKeys: [] },
)

describe('the reader of payloads', () => {
  it('finds what an encoder wrote, among everything else', () => {
    fc.assert(
      fc.property(
        fc.array(metric, { maxLength: 20 }),
        fc.nat({ max: 255 }),
        fc.nat({ max: 2 ** 45 }),
        (metrics, bdSeq, at) => {
          const others = metrics.filter(({ name }) => name !== 'bdSeq')
          const found = readSparkplug(sparkplug([...others, { name: 'bdSeq', long: bdSeq }], { at, seq: 3, uuid: 'x' }))
          const old = others.filter(({ historical }) => historical === true)
          const times = old.flatMap(({ at: time }) => (time === undefined ? [] : [time]))
          expect(found).toEqual({
            ...{ bdSeq, timestamp: at, metrics: others.length + 1, historical: old.length },
            ...(times.length > 0 && { historicalAt: Math.max(...times) }),
          })
        },
      ),
    )
  })

  it('never throws, hangs or finds more than there are bytes for, whatever comes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const found = readSparkplug(bytes)
        if (found !== undefined) expect(found.metrics).toBeLessThanOrEqual(bytes.length / 2)
      }),
      { numRuns: 5_000 },
    )
  })

  it('takes a payload that is cut off or changed for none, or for another, and never throws', () => {
    const whole = sparkplug([{ name: 'bdSeq', long: 300, at: NOON }, { text: 'x'.repeat(200) }], { at: NOON, seq: 1 })
    for (let end = 0; end < whole.length; end++) readSparkplug(whole.subarray(0, end))
    expect(readSparkplug(whole.subarray(0, 12))).toBeUndefined()
    fc.assert(
      fc.property(fc.nat({ max: whole.length - 1 }), fc.nat({ max: 255 }), (at, byte) => {
        const changed = Buffer.from(whole)
        changed[at] = byte
        readSparkplug(changed)
      }),
      { numRuns: 2_000 },
    )
  })

  it('reads a varint of ten bytes at most, no groups, and nothing above its limit', () => {
    expect(readSparkplug(Buffer.from([0x08, ...Array(10).fill(0xff), 1]))).toBeUndefined()
    expect(readSparkplug(Buffer.from([0x08, ...Array(9).fill(0xff), 1]))?.timestamp).toBeGreaterThan(2 ** 63)
    expect(readSparkplug(Buffer.from([0x0b]))).toBeUndefined()
    expect(readSparkplug(Buffer.from([0x00, 0x01]))).toBeUndefined()
    expect(readSparkplug(Buffer.from([0x12, 0xff, 0xff, 0xff, 0xff, 0x7f]))).toBeUndefined()
    expect(readSparkplug(Buffer.alloc(262_145))).toBeUndefined()
  })
})
