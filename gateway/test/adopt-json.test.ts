// Devices of no family: pointers into JSON as RFC 6901 has them, words, and payloads that were made to hurt.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueAt } from '../src/adapters/json-pointer.ts'
import { adopting, NOON } from './adopt-stage.ts'

describe('a pointer', () => {
  // The document and the table of RFC 6901, section 5.
  const RFC = JSON.parse(
    '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}',
  ) as unknown
  it.each([
    ['', RFC],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/00', undefined],
    ['/foo/-', undefined],
    ['/foo/length', undefined],
    ['/foo/2', undefined],
    ['/foo/0/x', undefined],
    ['/constructor', undefined],
    ['/__proto__/x', undefined],
  ])('%s', (pointer, value) => {
    expect(valueAt(RFC, pointer)).toEqual(value)
  })

  it('leads to every value of a document, and to nothing that is not in it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (document, pointer) => {
        for (const [path, value] of paths(document)) expect(valueAt(document, path)).toBe(value)
        const found = valueAt(document, `/${pointer}`)
        expect(found === undefined || paths(document).some(([, value]) => Object.is(value, found))).toBe(true)
      }),
    )
  })
})

describe('a device of no family', () => {
  it('says words of its own', () => {
    const stage = adopting(
      '- { as: json, topic: "xled/+/status", state: /status, offline: [offline], failed: [error] }',
      ['tree'],
    )
    const heard = (payload: string) => stage.hear('xled/tree/status', payload)
    expect(heard('{"status":"online"}')).toBe('ok:tree')
    expect(heard('{"status":"offline","ts":0}')).toBe('will:tree')
    expect(heard('{"status":"ERROR "}')).toBe('fail:tree')
    expect(heard('{"temp":21}')).toBe('fail:tree')
    expect(heard('{"status":"running"}')).toBe('ok:tree')
    expect(heard('{"temp":21}')).toBe('ok:tree')
    expect(heard('not JSON')).toBe('ok:tree')
  })

  it('takes a complaint back with the words that are for that, where there are any', () => {
    const rule = '- { as: json, topic: "m/+", state: /s, online: [fine], failed: [error] }'
    const stage = adopting(rule, ['m1'])
    const heard = (state: unknown) => stage.hear('m/m1', JSON.stringify({ s: state }))
    expect(['error', 'working', 7, { fine: 1 }, 'Fine', 'working'].map(heard)).toEqual([
      ...['fail:m1', 'fail:m1', 'fail:m1', 'fail:m1', 'ok:m1', 'ok:m1'],
    ])
  })

  it('says yes or no', () => {
    const stage = adopting('- { as: json, topic: "m/+", ok: /healthy }', ['m1'])
    const heard = (healthy: unknown) => stage.hear('m/m1', JSON.stringify({ healthy }))
    expect([true, 1, 'true', false, 0, 'false', null, 'maybe', true, 'maybe'].map(heard)).toEqual([
      ...['ok:m1', 'ok:m1', 'ok:m1', 'fail:m1', 'fail:m1', 'fail:m1', 'fail:m1', 'fail:m1', 'ok:m1', 'ok:m1'],
    ])
  })

  it('says it in plain text, or just something', () => {
    const stage = adopting('- { as: json, topic: "m/+", offline: [dead] }', ['m1'])
    expect(stage.hear('m/m1', 'DEAD')).toBe('will:m1')
    expect(stage.hear('m/m1', '21.5')).toBe('ok:m1')
    expect(stage.hear('m/m1', '')).toBe('ok:m1')
  })

  it('has a time, numbers, words and metrics where its rule says', () => {
    const rule =
      '- { as: json, topic: "m/+", at: /t, seq: /n/0, boot: /n/1, message: /text, metrics: { volts: /power/volts, no: /text } }'
    const stage = adopting(rule, ['m1'])
    stage.hear('m/m1', JSON.stringify({ t: NOON / 1000 - 60, n: [7, 3], text: 'all\nwell', power: { volts: 12.1 } }))
    expect(stage.last()?.signal).toEqual({
      ...{ kind: 'ok', at: NOON - 60_000, receivedAt: NOON, via: 'mqtt', seq: 7, boot: 3 },
      ...{ message: 'all well', metrics: { volts: 12.1 } },
    })
    stage.hear('m/m1', JSON.stringify({ t: 12, n: [-1, 1.5], text: { a: 1 }, power: { volts: '12' } }))
    expect(stage.last()?.signal).toEqual({ kind: 'ok', at: NOON, receivedAt: NOON, via: 'mqtt' })
    const all = adopting('- { as: json, topic: "m/+", at: /t, metrics: /m }', ['m1'])
    all.hear('m/m1', '{"t":"2026-11-26T11:59:00Z","m":{"a":1,"b":"x","constructor":2,"c":[],"__proto__":3}}')
    expect(all.last()?.signal).toMatchObject({ at: NOON - 60_000, metrics: { a: 1 } })
  })

  it('never hurts: bytes, depth and size', () => {
    const rule = '- { as: json, topic: "m/+", state: /a/b, at: /t, seq: /s, boot: /b, message: "", metrics: "" }'
    const stage = adopting(rule, ['m1'])
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (payload) => {
          expect(stage.hear('m/m1', payload)).toBe('ok:m1')
        },
      ),
      { numRuns: 1_000 },
    )
    for (const payload of ['['.repeat(200_000), '{"a":'.repeat(50_000), `{"a":"${'x'.repeat(300_000)}"}`])
      expect(stage.hear('m/m1', payload)).toBe('ok:m1')
  })

  it('no family is hurt by bytes either', () => {
    const topics = [
      ...['tele/x/STATE', 'tele/x/LWT', 'zigbee2mqtt/x', 'zigbee2mqtt/x/availability', 'zigbee2mqtt/bridge/state'],
      ...['homie/x/$state', 'homie/x/$stats/uptime', 'shellies/x/online', 'shellies/announce', 'shellies/x/info'],
      ...['spBv1.0/g/NBIRTH/x', 'spBv1.0/g/DDATA/x/y', 'spBv1.0/STATE/x', 'zigbee2mqtt/bridge/health'],
    ]
    const stage = adopting(
      '- { as: tasmota }\n- { as: zigbee2mqtt }\n- { as: homie }\n- { as: shelly }\n- { as: sparkplug }',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...topics),
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (topic, payload) => {
          expect(['nothing', 'invalid']).toContain(stage.hear(topic, payload))
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

function paths(value: unknown, at = ''): readonly (readonly [string, unknown])[] {
  if (typeof value !== 'object' || value === null) return [[at, value]]
  const inner = Object.entries(value).flatMap(([key, one]) =>
    paths(one, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
  return [[at, value], ...inner]
}
