// The small grammars of the file: addresses, sizes, URLs, keys, secrets, CIDRs. Undefined means "not one".
import { isIP } from 'node:net'
import type { Address, SmtpServer } from './settings.ts'

export const ADDRESS = 'an address and a port such as 127.0.0.1:8080 or [::1]:8080'
export const SIZE = 'a size from 0B to 10MB such as 100kB'
export const WEB_URL = 'an http or https URL without a user name in it'
export const KEY = '22 characters of base64url or a UUID'
export const PING_KEY = '16 to 128 letters, digits, "-" or "_"'
export const SECRET = 'whsec_ and the base64 of 24 to 64 bytes'
export const SMTP_URL = 'a URL such as smtp://host:587, smtp://user:password@host or smtps://host'
export const CIDR = 'a CIDR such as 10.0.0.0/8 or fd00::/8, with zeros beyond its prefix'

/** `host:port`, `[::1]:8080`; port 0 lets the system choose. */
export function parseAddress(text: string): Address | undefined {
  const [, six, name, digits] =
    /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9]+(?:[.-]+[A-Za-z0-9]+)*)):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits === undefined || port > 65_535) return undefined
  if (six !== undefined) return isIP(six) === 6 ? { host: six, port } : undefined
  const host = name as string
  return /^[\d.]+$/.test(host) && isIP(host) !== 4 ? undefined : { host, port }
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Bytes; `kB` and `MB` are decimal, `KiB` and `MiB` binary. More than a signal may carry is no size here. */
export function parseSize(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,9}(?:\.\d{1,3})?) ?(B|kB|KB|MB|KiB|MiB)$/.exec(text) ?? []
  const bytes = Math.round(Number(count) * (UNITS[unit ?? ''] ?? Number.NaN))
  return bytes <= MOST_BYTES ? bytes : undefined
}

export function isWebUrl(text: string): boolean {
  if (/\s/.test(text)) return false
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}

/** `smtp` begins without TLS, on port 587 unless it says another; `smtps` with it, on 465. */
export function parseSmtpUrl(
  text: string,
): (SmtpServer & { readonly user: string; readonly password: string }) | undefined {
  const url = /^smtps?:\/\/\S+$/i.test(text) ? URL.parse(text) : null
  // Only URLs of the web bring a host into its plain form, `127.1` into `127.0.0.1`.
  const { hostname = '' } = URL.parse(`http://${url?.hostname}`) ?? {}
  if (url === null || hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '')
    return undefined
  const isSecure = url.protocol === 'smtps:'
  const port = Number(url.port || (isSecure ? 465 : 587))
  const [user, password] = [url.username, url.password].map(decoded)
  return user === undefined || password === undefined ? undefined : { host: hostname, port, isSecure, user, password }
}

/** The address in `ana@example.org` or `Ana <ana@example.org>`. */
export function parseMailAddress(text: string): string | undefined {
  const [, , bracketed, bare] = /^(?:([^<>"\r\n,;:@\\]*)<([^<>]+)>|([^<>]+))$/.exec(text) ?? []
  const address = bracketed ?? bare ?? ''
  return /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(address)
    ? address
    : undefined
}

/** As it is compared: a UUID in lower case. */
export function parseKey(text: string): string | undefined {
  if (/^[A-Za-z0-9_-]{22}$/.test(text)) return text
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? text.toLowerCase() : undefined
}

export function isPingKey(text: string): boolean {
  return /^[A-Za-z0-9_-]{16,128}$/.test(text)
}

/** Standard Webhooks: https://www.standardwebhooks.com */
export function isSecret(text: string): boolean {
  const base64 = /^whsec_([A-Za-z0-9+/]+)(={0,2})$/.exec(text)
  if (base64 === null) return false
  const [, written = '', padding = ''] = base64
  const bytes = Buffer.from(written, 'base64')
  const isPadded = padding === '' || (written.length + padding.length) % 4 === 0
  return isPadded && bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64').replace(/=+$/, '') === written
}

export function isCidr(text: string): boolean {
  const [, address = '', digits] = /^([^/%]+)\/(\d{1,3})$/.exec(text) ?? []
  const family = isIP(address)
  const width = family === 4 ? 32 : 128
  if (family === 0 || Number(digits) > width) return false
  const bits = family === 4 ? bitsOfIpv4(address) : bitsOfIpv6(address)
  // IPv4 in IPv6's clothes is judged as IPv4, so it is to be written as that.
  if (family === 6 && bits >> 32n === 0xffffn) return false
  return (bits & ((1n << BigInt(width - Number(digits))) - 1n)) === 0n
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, KB: 1e3, MB: 1e6, KiB: 1024, MiB: 1024 ** 2 }
const MOST_BYTES = 10_000_000

function bitsOfIpv4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function bitsOfIpv6(address: string): bigint {
  const words = address.replace(/[\d.]+\.\d+$/, (tail) => {
    const bits = bitsOfIpv4(tail)
    return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`
  })
  const [head = '', tail] = words.split('::').map((side) => (side === '' ? [] : side.split(':')))
  const before = head === '' ? [] : head
  const after = tail ?? []
  const zeros = Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].reduce((bits, word) => (bits << 16n) | BigInt(`0x${word}`), 0n)
}
