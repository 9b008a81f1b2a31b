import { describe, expect, it } from 'vitest'
import { fingerprint } from './fingerprint.ts'

describe('a fingerprint', () => {
  it('is what Alertmanager 0.25 gives', () => {
    expect(fingerprint({ heartbeat: 'pump-1', alertname: 'é€😀' })).toBe('f9e9bec863c07d75')
    expect(fingerprint({})).toBe('cbf29ce484222325')
  })

  it('does not depend on the order of the labels, but on where each ends', () => {
    expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }))
    expect(fingerprint({ a: 'bc' })).not.toBe(fingerprint({ ab: 'c' }))
  })
})
