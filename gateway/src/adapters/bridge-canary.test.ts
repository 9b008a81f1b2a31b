import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Canary, PROBE_PATIENCE, PROBED_EVERY, readProbe, writeProbe } from './bridge-canary.ts'

const NOW = 1_000_000

describe('a canary', () => {
  it('is sent at once, and again a while after it came back', () => {
    const canary = new Canary()
    expect(canary.turn(NOW, false)).toBe('send')
    canary.sent('a', NOW)
    expect(canary.back('a', NOW + 40)).toBe(NOW)
    expect(canary.turn(NOW + 41, false)).toBeUndefined()
    expect(canary.turn(NOW + 40 + PROBED_EVERY, false)).toBe('send')
  })

  it('is sent early when somebody waits, and not more often than four times a second', () => {
    const canary = new Canary()
    canary.sent('a', NOW)
    canary.back('a', NOW + 10)
    expect(canary.turn(NOW + 11, true)).toBeUndefined()
    expect(canary.turn(NOW + 250, true)).toBe('send')
  })

  it('is lost when nothing came for a while, and not while the way is busy', () => {
    const canary = new Canary()
    canary.sent('a', NOW)
    expect(canary.turn(NOW + PROBE_PATIENCE - 1, true)).toBeUndefined()
    canary.heard(NOW + PROBE_PATIENCE - 1)
    expect(canary.turn(NOW + PROBE_PATIENCE, true)).toBeUndefined()
    expect(canary.turn(NOW + 2 * PROBE_PATIENCE - 1, true)).toBe('lost')
    expect(canary.back('a', NOW + 3 * PROBE_PATIENCE)).toBeUndefined()
    expect(canary.turn(NOW + 3 * PROBE_PATIENCE, false)).toBe('send')
  })

  it('is not back when an older one is, or when it is back twice', () => {
    const canary = new Canary()
    canary.sent('a', NOW)
    canary.hurry()
    canary.sent('b', NOW + 1_000)
    expect(canary.back('a', NOW + 1_001)).toBeUndefined()
    expect(canary.back('b', NOW + 1_002)).toBe(NOW + 1_000)
    expect(canary.back('b', NOW + 1_003)).toBeUndefined()
  })
})

describe('a probe', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/)

  it('says whether its gateway hears all or a part', () => {
    fc.assert(
      fc.property(fc.option(word, { nil: undefined }), word, (group, nonce) => {
        expect(readProbe(Buffer.from(writeProbe({ group, nonce })))).toEqual({ group, nonce })
      }),
    )
  })

  it('is none, whatever else somebody publishes there', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const probe = readProbe(bytes)
        expect(probe === undefined || /^(plain|shared) \S* \S*$/s.test(new TextDecoder().decode(bytes))).toBe(true)
      }),
    )
  })
})
