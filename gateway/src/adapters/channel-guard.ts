// Which addresses a webhook may reach: the public Internet, and what the operator's CIDRs open.
// It judges addresses only; names and connections are the business of channel-post.ts.
import { BlockList, isIP } from 'node:net'

export type Guard = {
  /** False for anything that is not a plain IPv4 or IPv6 address. */
  permits(address: string): boolean
}

/** `allow` are CIDRs that `checkCidr` has nothing against; anything else throws. */
export function createGuard(allow: readonly string[]): Guard {
  const denied = createRanges(DENIED)
  const allowed = createRanges(allow)
  return {
    permits(address) {
      const forms = formsOf(address)
      return forms.length > 0 && forms.every((form) => allowed.has(form) || !denied.has(form))
    },
  }
}

/** What was expected, as a `Problem` says it, when `text` is not a CIDR; undefined when it is one. */
export function checkCidr(text: string): string | undefined {
  const [address = '', prefix, ...rest] = text.split('/')
  const family = address.includes('%') ? 0 : isIP(address)
  if (family === 0 || rest.length > 0) return 'a CIDR such as 10.0.0.0/8 or fd00::/8'
  const width = family === 4 ? 32 : 128
  if (prefix === undefined) return `a prefix length after the address, such as ${address}/${width}`
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > width) return `a prefix length from 0 to ${width}`
  const words = family === 4 ? wordsOfIpv4(address) : wordsOfIpv6(address)
  if (family === 6 && isMapped(words)) return 'an IPv4 range written as IPv4'
  if (hasHostBits(words, Number(prefix))) return `an address whose bits beyond the first ${prefix} are zero`
  return undefined
}

/**
 * Special-purpose ranges. IPv6 that carries IPv4 (NAT64, 6to4) is denied as a whole, and where an operator opens it,
 * the IPv4 inside is judged too.
 */
const DENIED: readonly string[] = [
  '0.0.0.0/8', // this host: Linux connects it to loopback
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT, with one cloud's metadata service
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's host agent: a public address that only the machine itself can reach
  '169.254.0.0/16', // link-local, with most clouds' metadata services
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4', // up to and with 255.255.255.255
  '::/96', // unspecified, loopback, and the old IPv4-compatible form
  '::ffff:0:0:0/96', // IPv4-translated
  '64:ff9b::/96', // NAT64
  '64:ff9b:1::/48', // NAT64 of one's own network
  '100::/64',
  '2001::/32', // Teredo
  '2001:db8::/32',
  '2002::/16', // 6to4
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

/** Throws where `checkCidr` has something against one. Two lists, because one BlockList lets an IPv6 rule such as `::/0` speak about IPv4 and the other way round. */
export function createRanges(cidrs: readonly string[]): { has(address: string): boolean } {
  const lists = { 4: new BlockList(), 6: new BlockList() }
  for (const cidr of cidrs) {
    const expected = checkCidr(cidr)
    if (expected !== undefined) throw new Error(`expected ${expected}, got "${cidr}"`)
    const [address = '', prefix] = cidr.split('/')
    if (isIP(address) === 4) lists[4].addSubnet(address, Number(prefix), 'ipv4')
    else lists[6].addSubnet(address, Number(prefix), 'ipv6')
  }
  return {
    has: (address) => (isIP(address) === 4 ? lists[4].check(address, 'ipv4') : lists[6].check(address, 'ipv6')),
  }
}

/** Every address that this one stands for; all of them have to be permitted. None when it is not an address. */
function formsOf(address: string): readonly string[] {
  const plain = address.replace(/%.*$/, '')
  const family = isIP(plain)
  if (family === 0) return []
  if (family === 4) return [plain]
  const words = wordsOfIpv6(plain)
  if (isMapped(words)) return [ipv4Of(words, 6)]
  if (startsWith(words, [0x64, 0xff9b, 0, 0, 0, 0])) return [plain, ipv4Of(words, 6)]
  if (startsWith(words, [0x2002])) return [plain, ipv4Of(words, 1)]
  return [plain]
}

function isMapped(words: readonly number[]): boolean {
  return startsWith(words, [0, 0, 0, 0, 0, 0xffff])
}

function startsWith(words: readonly number[], prefix: readonly number[]): boolean {
  return prefix.every((word, index) => words[index] === word)
}

/** The IPv4 address in the two 16-bit words from `index` on. */
function ipv4Of(words: readonly number[], index: number): string {
  return [words[index], words[index + 1]].flatMap((word = 0) => [word >> 8, word & 0xff]).join('.')
}

function wordsOfIpv4(address: string): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

/** The eight 16-bit words of a valid IPv6 address, with `::` filled and a dotted tail read. */
function wordsOfIpv6(address: string): readonly number[] {
  const [head = '', tail] = address.split('::')
  const before = readWords(head)
  const after = readWords(tail ?? '')
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

function readWords(text: string): readonly number[] {
  if (text === '') return []
  return text.split(':').flatMap((word) => (word.includes('.') ? wordsOfIpv4(word) : [Number.parseInt(word, 16)]))
}

function hasHostBits(words: readonly number[], prefix: number): boolean {
  return words.some((word, index) => (word & (0xffff >> Math.min(Math.max(prefix - index * 16, 0), 16))) !== 0)
}
