import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readProxyHeader } from './proxy-header.ts'

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')

describe('a header of the PROXY protocol', () => {
  it.each<[string, string | undefined]>([
    ['PROXY TCP4 192.0.2.7 192.0.2.1 5 6\r\n', '192.0.2.7'],
    ['PROXY TCP6 2001:db8::7 2001:db8::1 5 6\r\n', '2001:db8::7'],
    ['PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n', undefined],
  ])('%j', (line, address) => {
    expect(readProxyHeader(Buffer.from(`${line}rest`))).toEqual({ size: line.length, ...(address && { address }) })
  })

  it('has IPv6 in its binary form', () => {
    const addresses = Buffer.alloc(36)
    addresses.set([0x20, 0x01, 0x0d, 0xb8], 0)
    addresses[15] = 7
    const header = Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x21, 0, 36]), addresses])
    expect(readProxyHeader(header)).toEqual({ size: 52, address: '2001:db8:0:0:0:0:0:7' })
  })

  it.each([
    'PROXY TCP4 2001:db8::7 x 5 6\r\n',
    'PROXY TCP5 1.2.3.4 x\r\n',
    'PROXYTCP4 \r\n',
    `PROXY ${'x'.repeat(200)}`,
    'GET / HTTP/1.1\r\n',
  ])('is none of %j', (line) => expect(readProxyHeader(Buffer.from(line))).toBe('none'))

  it('is asked for more until it is whole, whatever it is, and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.boolean(), (rest, isBinary) => {
        const bytes = Buffer.concat([isBinary ? SIGNATURE : Buffer.from('PROXY '), Buffer.from(rest)])
        const whole = readProxyHeader(bytes)
        if (typeof whole === 'string') return
        for (let cut = 0; cut < whole.size; cut++) expect(readProxyHeader(bytes.subarray(0, cut))).toBe('more')
      }),
      { numRuns: 2_000 },
    )
  })
})
