import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorizationOf, type Flavor, flavorOf, type InfluxTarget, writePath } from './influx-target.ts'

const TARGET: InfluxTarget = { url: 'http://influx', flavor: 'auto', database: 'overdue' }
const FLAVORS: readonly Flavor[] = ['v1', 'v2', 'v3', 'victoriametrics']

describe('the path of a write', () => {
  it('is what each kind of server has', () => {
    expect(writePath(TARGET, 'v1')).toBe('/write?db=overdue&precision=ns')
    expect(writePath({ ...TARGET, retentionPolicy: 'raw' }, 'v1')).toBe('/write?db=overdue&rp=raw&precision=ns')
    expect(writePath({ ...TARGET, org: 'home' }, 'v2')).toBe('/api/v2/write?org=home&bucket=overdue&precision=ns')
    expect(writePath(TARGET, 'v3')).toBe('/api/v2/write?org=&bucket=overdue&precision=ns')
  })

  it('carries any name to the server, and nothing beside it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FLAVORS),
        fc.string({ unit: 'grapheme', minLength: 1 }),
        fc.string({ unit: 'grapheme' }),
        (flavor, database, other) => {
          const path = writePath({ ...TARGET, database, org: other, retentionPolicy: other }, flavor)
          const { searchParams, hash } = new URL(path, 'http://influx')
          const expected =
            flavor === 'v1'
              ? { db: database, rp: other, precision: 'ns' }
              : { org: other, bucket: database, precision: 'ns' }
          expect(Object.fromEntries(searchParams)).toEqual(expected)
          expect(hash).toBe('')
        },
      ),
    )
  })
})

describe('the login', () => {
  const login = { ...TARGET, username: 'ana', password: 'p:w' }
  const token = { ...TARGET, token: 'secret' }
  const pair = { ...TARGET, token: 'ana:p:w' }
  const basic = `Basic ${Buffer.from('ana:p:w').toString('base64')}`

  it.each<[string, Flavor | 'auto', InfluxTarget, string | undefined]>([
    ['a login is Basic', 'v1', login, basic],
    ['a login is Basic', 'v3', login, basic],
    ['a login is Basic', 'victoriametrics', login, basic],
    ['a login is Basic', 'auto', login, basic],
    ['a login is a token of two parts', 'v2', login, 'Token ana:p:w'],
    ['a token of two parts is Basic', 'v1', pair, basic],
    ['a token of two parts is Basic', 'auto', pair, basic],
    ['a token of two parts stays one', 'v2', pair, 'Token ana:p:w'],
    ['a token is a token', 'v1', token, 'Token secret'],
    ['a token is a token', 'v2', { ...login, ...token }, 'Token secret'],
    ['a token is a token', 'v3', token, 'Token secret'],
    ['a token is a token', 'victoriametrics', token, 'Token secret'],
    ['nothing is nothing', 'v1', TARGET, undefined],
  ])('%s for %s', (_, flavor, target, header) => {
    expect(authorizationOf(target, flavor)).toBe(header)
  })
})

describe('the kind of server, by its ping', () => {
  it.each<[Flavor | undefined, number, Record<string, string>]>([
    ['v1', 204, { 'x-influxdb-version': '1.6.7~rc0', 'x-influxdb-build': 'OSS' }],
    ['v1', 401, { 'x-influxdb-version': '1.8.10' }],
    ['v1', 204, { 'x-influxdb-version': '0.9.6' }],
    ['v2', 204, { 'x-influxdb-version': 'v2.7.1', 'x-influxdb-build': 'OSS' }],
    ['v2', 204, { 'x-influxdb-version': '2.7.1' }],
    ['v2', 204, { 'x-influxdb-version': 'dev', 'x-influxdb-build': 'OSS' }],
    ['v3', 200, { 'x-influxdb-version': '3.0.1', 'x-influxdb-build': 'Core' }],
    ['victoriametrics', 204, { 'x-server-hostname': 'vm' }],
    ['victoriametrics', 204, {}],
    [undefined, 200, { 'content-type': 'text/html' }],
    [undefined, 401, { 'x-server-hostname': 'vm' }],
    [undefined, 404, {}],
  ])('%s answers %i with %o', (flavor, status, headers) => {
    expect(flavorOf({ status, headers })).toBe(flavor)
  })
})
