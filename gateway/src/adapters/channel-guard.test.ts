import { describe, expect, it } from 'vitest'
import { checkCidr, createGuard } from './channel-guard.ts'

/** The first and last address of every range that webhooks may not reach, and the neighbours that they may. */
const EDGES: readonly { range: string; inside: readonly string[]; outside: readonly string[] }[] = [
  { range: '0.0.0.0/8', inside: ['0.0.0.0', '0.255.255.255'], outside: ['1.0.0.0'] },
  { range: '10.0.0.0/8', inside: ['10.0.0.0', '10.255.255.255'], outside: ['9.255.255.255', '11.0.0.0'] },
  { range: '100.64.0.0/10', inside: ['100.64.0.0', '100.127.255.255'], outside: ['100.63.255.255', '100.128.0.0'] },
  {
    range: '127.0.0.0/8',
    inside: ['127.0.0.0', '127.0.0.1', '127.255.255.255'],
    outside: ['126.255.255.255', '128.0.0.0'],
  },
  { range: '168.63.129.16/32', inside: ['168.63.129.16'], outside: ['168.63.129.15', '168.63.129.17'] },
  {
    range: '169.254.0.0/16',
    inside: ['169.254.0.0', '169.254.169.254', '169.254.255.255'],
    outside: ['169.253.255.255', '169.255.0.0'],
  },
  { range: '172.16.0.0/12', inside: ['172.16.0.0', '172.31.255.255'], outside: ['172.15.255.255', '172.32.0.0'] },
  { range: '192.0.0.0/24', inside: ['192.0.0.0', '192.0.0.255'], outside: ['191.255.255.255', '192.0.1.0'] },
  { range: '192.0.2.0/24', inside: ['192.0.2.0', '192.0.2.255'], outside: ['192.0.1.255', '192.0.3.0'] },
  { range: '192.88.99.0/24', inside: ['192.88.99.0', '192.88.99.255'], outside: ['192.88.98.255', '192.88.100.0'] },
  { range: '192.168.0.0/16', inside: ['192.168.0.0', '192.168.255.255'], outside: ['192.167.255.255', '192.169.0.0'] },
  { range: '198.18.0.0/15', inside: ['198.18.0.0', '198.19.255.255'], outside: ['198.17.255.255', '198.20.0.0'] },
  { range: '198.51.100.0/24', inside: ['198.51.100.0', '198.51.100.255'], outside: ['198.51.99.255', '198.51.101.0'] },
  { range: '203.0.113.0/24', inside: ['203.0.113.0', '203.0.113.255'], outside: ['203.0.112.255', '203.0.114.0'] },
  { range: '224.0.0.0/4', inside: ['224.0.0.0', '239.255.255.255'], outside: ['223.255.255.255'] },
  { range: '240.0.0.0/4', inside: ['240.0.0.0', '255.255.255.255'], outside: ['223.255.255.255'] },
  { range: '::/96', inside: ['::', '::1', '::7f00:1', '::10.0.0.1', '::8.8.8.8'], outside: ['0:0:0:1::'] },
  { range: '::ffff:0:0:0/96', inside: ['::ffff:0:127.0.0.1', '::ffff:0:808:808'], outside: ['::fffe:0:0:1'] },
  {
    range: '64:ff9b::/96',
    inside: ['64:ff9b::', '64:ff9b::127.0.0.1', '64:ff9b::8.8.8.8'],
    outside: ['64:ff9a::', '64:ff9c::'],
  },
  { range: '64:ff9b:1::/48', inside: ['64:ff9b:1::', '64:ff9b:1:ffff::a00:1'], outside: ['64:ff9b:2::'] },
  { range: '100::/64', inside: ['100::', '100::ffff:ffff:ffff:ffff'], outside: ['100:0:0:1::'] },
  { range: '2001::/32', inside: ['2001::', '2001:0:ffff::1'], outside: ['2000:ffff::', '2001:200::1'] },
  { range: '2001:db8::/32', inside: ['2001:db8::', '2001:db8:ffff::1'], outside: ['2001:db7::', '2001:db9::'] },
  { range: '2002::/16', inside: ['2002::', '2002:7f00:1::', '2002:808:808::1'], outside: ['2003::'] },
  { range: '3fff::/20', inside: ['3fff::', '3fff:fff::1'], outside: ['3ffe::', '3fff:1000::'] },
  { range: '5f00::/16', inside: ['5f00::', '5f00:ffff::1'], outside: ['5eff::', '5f01::'] },
  { range: 'fc00::/7', inside: ['fc00::', 'fd00:ec2::254', 'fdff::1'], outside: ['fbff::', 'fe00::'] },
  { range: 'fe80::/10', inside: ['fe80::1', 'fe80::1%eth0', 'febf::1'], outside: ['fe7f::'] },
  { range: 'fec0::/10', inside: ['fec0::1', 'feff::1'], outside: [] },
  { range: 'ff00::/8', inside: ['ff00::', 'ff02::1', 'ffff::1'], outside: [] },
]

const isIpv4 = (address: string): boolean => !address.includes(':')
const INSIDE_IPV4 = EDGES.flatMap(({ inside }) => inside).filter(isIpv4)

/** How IPv6 can carry an IPv4 address: mapped (dotted, hex, long), NAT64, 6to4. */
function carriers(ipv4: string): readonly string[] {
  const [a = 0, b = 0, c = 0, d = 0] = ipv4.split('.').map(Number)
  const hex = `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  return [`::ffff:${ipv4}`, `::FFFF:${hex}`, `0:0:0:0:0:ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`]
}

describe('a guard that opens nothing', () => {
  const guard = createGuard([])

  it.each(EDGES)('refuses $range from its first to its last address', ({ inside }) => {
    expect(inside.filter((address) => guard.permits(address))).toEqual([])
  })

  it.each(EDGES.filter(({ outside }) => outside.length > 0))('permits the neighbours of $range', ({ outside }) => {
    expect(outside.filter((address) => !guard.permits(address))).toEqual([])
  })

  it.each(INSIDE_IPV4)('refuses %s inside every IPv6 form too', (ipv4) => {
    expect(carriers(ipv4).filter((address) => guard.permits(address))).toEqual([])
  })

  it('permits a public address, also when it is mapped', () => {
    const open = ['8.8.8.8', '::ffff:8.8.8.8', '::ffff:808:808', '2606:4700::1111', '2a00:1450:4001:81b::200e']
    expect(open.filter((address) => !guard.permits(address))).toEqual([])
  })

  it.each([
    '',
    'localhost',
    '127.1',
    '2130706433',
    '0177.0.0.1',
    '0x7f.0.0.1',
    '8.8.8.8:80',
    '[::1]',
    ' 8.8.8.8',
    '8.8.8',
  ])('refuses %j, which is no address', (text) => {
    expect(guard.permits(text)).toBe(false)
  })
})

describe('a guard with an allow list', () => {
  it('opens the named range and nothing beside it', () => {
    const guard = createGuard(['192.168.7.0/24', 'fd00:1::/32'])
    expect(['192.168.7.1', '::ffff:192.168.7.1', 'fd00:1::5'].every((address) => guard.permits(address))).toBe(true)
    expect(['192.168.8.1', '127.0.0.1', 'fd00:2::5', '::1'].some((address) => guard.permits(address))).toBe(false)
  })

  it('does not open the tunnel forms of the range', () => {
    const guard = createGuard(['127.0.0.0/8'])
    expect(carriers('127.0.0.1').map((address) => guard.permits(address))).toEqual([true, true, true, false, false])
  })

  it('judges the IPv4 inside a tunnel range that it opens', () => {
    const guard = createGuard(['64:ff9b::/96', '2002::/16'])
    expect(['64:ff9b::8.8.8.8', '2002:808:808::1'].every((address) => guard.permits(address))).toBe(true)
    expect(['64:ff9b::10.0.0.1', '2002:a9fe:a9fe::1'].some((address) => guard.permits(address))).toBe(false)
  })

  it('keeps the families apart: all of IPv6 opens no IPv4, all of IPv4 opens no IPv6', () => {
    const ipv6 = createGuard(['::/0'])
    expect(['10.0.0.1', '::ffff:10.0.0.1', '64:ff9b::10.0.0.1'].some((address) => ipv6.permits(address))).toBe(false)
    expect(ipv6.permits('fd00::1')).toBe(true)
    const ipv4 = createGuard(['0.0.0.0/0'])
    expect(ipv4.permits('10.0.0.1')).toBe(true)
    expect(ipv4.permits('::1') || ipv4.permits('fd00::1')).toBe(false)
  })

  it('throws on a range that the config should have refused', () => {
    expect(() => createGuard(['10.0.0.0'])).toThrow('expected a prefix length after the address')
  })
})

describe('a CIDR in the config', () => {
  it.each([
    '10.0.0.0/8',
    '0.0.0.0/0',
    '192.168.7.5/32',
    '172.16.0.0/12',
    'fd00::/8',
    '::/0',
    '::1/128',
    'fd00:1:2:3::/64',
  ])('may be %s', (text) => {
    expect(checkCidr(text)).toBeUndefined()
  })

  it.each([
    ['', 'a CIDR such as'],
    ['home', 'a CIDR such as'],
    ['10.0.0/8', 'a CIDR such as'],
    ['10.0.0.0/8/8', 'a CIDR such as'],
    ['fe80::%eth0/10', 'a CIDR such as'],
    ['10.0.0.5', 'such as 10.0.0.5/32'],
    ['fd00::5', 'such as fd00::5/128'],
    ['10.0.0.0/33', 'a prefix length from 0 to 32'],
    ['10.0.0.0/', 'a prefix length from 0 to 32'],
    ['10.0.0.0/-1', 'a prefix length from 0 to 32'],
    ['fd00::/129', 'a prefix length from 0 to 128'],
    ['192.168.7.5/24', 'bits beyond the first 24 are zero'],
    ['172.24.0.0/12', 'bits beyond the first 12 are zero'],
    ['fd00::1/64', 'bits beyond the first 64 are zero'],
    ['::ffff:10.0.0.0/104', 'an IPv4 range written as IPv4'],
  ])('%j is answered with what was expected', (text, expected) => {
    expect(checkCidr(text)).toContain(expected)
  })
})
