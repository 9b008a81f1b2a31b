// The header with which a proxy says whose connection it passes on: PROXY protocol, version 1 and 2
// (https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt). Pure but for `askProxy`, which reads one off a connection.
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Duration, SECOND } from '../domain/time.ts'
import { type Found, peek } from './wire-peek.ts'

/** `address` is absent where the proxy speaks for itself or does not know. */
export type ProxyHeader = { readonly size: number; readonly address?: string }

/** 'more': it may become one; 'none': it is none. */
export function readProxyHeader(bytes: Buffer): ProxyHeader | 'more' | 'none' {
  const known = Math.min(bytes.length, SIGNATURE.length)
  if (bytes.subarray(0, known).equals(SIGNATURE.subarray(0, known))) {
    return bytes.length < 16 ? 'more' : readBinary(bytes)
  }
  const text = bytes.toString('latin1', 0, LONGEST_LINE)
  if (!text.startsWith('PROXY '.slice(0, text.length))) return 'none'
  const end = text.indexOf('\r\n')
  if (end < 0) return text.length < LONGEST_LINE ? 'more' : 'none'
  const [, family, address = ''] = text.slice(0, end).split(' ')
  if (family === 'UNKNOWN') return { size: end + 2 }
  const expected = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : -1
  return isIP(address) === expected ? { size: end + 2, address } : 'none'
}

/** Exactly one of the two is called, unless the connection ends before; what follows the header is put back. */
export function askProxy(wire: Duplex, told: (address: string | undefined) => void, strange: () => void): void {
  const look = (seen: Buffer): Found | undefined => {
    const header = readProxyHeader(seen)
    if (header === 'more') return undefined
    if (header === 'none') return { rest: seen, goOn: strange }
    return { rest: seen.subarray(header.size), goOn: () => told(header.address) }
  }
  peek(wire, PATIENCE, look, strange)
}

const PATIENCE: Duration = 5 * SECOND
const SIGNATURE: Buffer = Buffer.from('0d0a0d0a000d0a515549540a', 'hex')
/** With CR LF; the specification's own bound. */
const LONGEST_LINE = 107
/** Addresses and as many extras as proxies send. */
const LONGEST_REST = 4_096

function readBinary(bytes: Buffer): ProxyHeader | 'more' | 'none' {
  const [command, family] = [bytes[12] as number, (bytes[13] as number) >> 4]
  const rest = bytes.readUInt16BE(14)
  const size = 16 + rest
  if (command >> 4 !== 2 || (command & 15) > 1 || rest > LONGEST_REST) return 'none'
  if (bytes.length < size) return 'more'
  // LOCAL: the proxy looks whether we are there.
  if ((command & 15) === 0) return { size }
  if (family === 1 && rest >= 12) return { size, address: bytes.subarray(16, 20).join('.') }
  if (family === 2 && rest >= 36) return { size, address: ipv6(bytes.subarray(16, 32)) }
  return { size }
}

function ipv6(bytes: Buffer): string {
  return Array.from({ length: 8 }, (_, word) => bytes.readUInt16BE(word * 2).toString(16)).join(':')
}
