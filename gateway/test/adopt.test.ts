// Who may speak for an adopted name, what becomes of names that nobody declared, and what is no sign of life.
import { isName } from '@overdue/device-sdk/wire'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Memory } from '../src/adapters/adopt-memory.ts'
import { nameFrom } from '../src/adapters/adopt-name.ts'
import { covers, wildcardsIn } from '../src/adapters/mqtt-filter.ts'
import { mayHear } from '../src/adapters/mqtt-rights.ts'
import { adopting, NOON, rulesOf } from './adopt-stage.ts'

describe('who may speak', () => {
  it('a device speaks for itself, and the users that the rule names for anybody', () => {
    const stage = adopting('- { as: tasmota, from: [hub] }', ['plug', 'plug-2'])
    const as = (user: string | undefined, topic = 'tele/plug/STATE') => stage.hear(topic, '{}', { user })
    expect([as(undefined), as('plug'), as('hub')]).toEqual(['ok:plug', 'ok:plug', 'ok:plug'])
    expect([as('plug-2'), as('plu'), as('plug/x'), as('')]).toEqual(['denied', 'denied', 'denied', 'denied'])
    expect(as('plug-2', 'tele/plug-2/LWT')).toBe('nothing')
  })

  it('the will of somebody else is as foreign as its beats', () => {
    const stage = adopting('- { as: tasmota }', ['plug'])
    expect(stage.hear('tele/plug/LWT', 'Offline', { user: 'other', isWill: true })).toBe('denied')
  })

  it('a bridge that is called as its root speaks for everything behind it', () => {
    const stage = adopting('- { as: zigbee2mqtt }', ['zigbee2mqtt', 'zigbee2mqtt/lamp'])
    expect(stage.hear('zigbee2mqtt/lamp', '{}', { user: 'zigbee2mqtt' })).toBe('ok:zigbee2mqtt/lamp')
    expect(stage.hear('zigbee2mqtt/lamp', '{}', { user: 'lamp' })).toBe('denied')
  })

  it('orders to devices are for those who may speak for all of them', () => {
    const stage = adopting('- { as: zigbee2mqtt, from: [home] }', ['zigbee2mqtt/lamp'])
    const set = (user: string | undefined) => stage.hear('zigbee2mqtt/lamp/set', '{"state":"ON"}', { user })
    expect([set(undefined), set('home'), set('lamp'), set('zigbee2mqtt')]).toEqual([
      'nothing',
      'nothing',
      'denied',
      'denied',
    ])
  })

  it('what is denied leaves nothing behind', () => {
    const stage = adopting('- { as: homie }', ['car'])
    expect(stage.hear('homie/car/$state', 'alert', { user: 'other' })).toBe('denied')
    expect(stage.hear('homie/car/engine/speed', '0')).toBe('ok:car')
    expect(stage.hear('homie/bus/$state', 'ready', { user: 'other' })).toBe('denied')
    expect(stage.newcomers).toEqual([])
  })
})

describe('a name that nobody declared', () => {
  it('is listed with what the rule would declare', () => {
    const stage = adopting('- { as: tasmota, every: 5m, group: hall, tags: [tasmota], owner: ana }')
    expect(stage.hear('tele/plug/STATE', '{}')).toBe('nothing')
    expect(stage.newcomers).toMatchObject([
      {
        name: 'plug',
        terms: { schedule: { kind: 'every', every: 300_000 }, group: 'hall', tags: ['tasmota'], owner: 'ana' },
      },
    ])
  })

  it('is declared by its first sign of life where the rule says so, and by nothing less', () => {
    const stage = adopting('- { as: tasmota, create: true }', ['Socket'])
    expect(stage.hear('tele/plug/LWT', 'Offline')).toBe('nothing')
    expect(stage.hear('tele/plug/LWT', 'Online', { isStored: true })).toBe('nothing')
    expect(stage.hear('tele/plug/LWT', 'Online', { isWill: true })).toBe('nothing')
    expect(stage.hear('tele/socket/LWT', 'Online')).toBe('nothing')
    expect(stage.newcomers.map(({ name }) => name)).toEqual(['plug', 'plug', 'plug', 'socket'])
    expect(stage.hear('tele/plug/LWT', 'Online')).toBe('ok:plug')
    expect(stage.last()?.create).toMatchObject({ declaredBy: 'signal', schedule: { kind: 'every', every: 3_600_000 } })
    expect(stage.hear('tele/plug/LWT', 'Online')).toBe('ok:plug')
    expect(stage.last()?.create).toBeUndefined()
  })

  it('says nothing while it says nothing of a device', () => {
    const stage = adopting('- { as: zigbee2mqtt, create: true }')
    for (const topic of ['bridge/devices', 'lamp/brightness', 'lamp/set']) stage.hear(`zigbee2mqtt/${topic}`, '1')
    expect(stage.newcomers).toEqual([])
    expect(stage.known).toEqual(new Set())
  })

  it('has the parent that the rule names, whatever its bridge', () => {
    const rules = rulesOf('- { as: zigbee2mqtt }')
    const stage = adopting('- { as: zigbee2mqtt }')
    stage.live.adopt = rules.map((rule) => ({ ...rule, terms: { ...rule.terms, parent: 'router' } }))
    stage.hear('zigbee2mqtt/lamp', '{}')
    expect(stage.newcomers[0]?.terms.parent).toBe('router')
  })
})

describe('no sign of life', () => {
  it('is what a broker had stored: neither life nor death of anybody', () => {
    const stage = adopting('- { as: tasmota }', ['plug'])
    const stored = { isStored: true }
    expect(stage.hear('tele/plug/LWT', 'Online', stored)).toBe('nothing')
    expect(stage.hear('tele/plug/LWT', 'Offline', stored)).toBe('nothing')
    expect(stage.hear('tele/new/LWT', 'Online', stored)).toBe('nothing')
    expect(stage.newcomers.map(({ name }) => name)).toEqual(['new'])
  })

  it('is a will, whatever its words', () => {
    const stage = adopting('- { as: tasmota }\n- { as: json, topic: "any/+" }', ['plug', 'box'])
    expect(stage.hear('tele/plug/LWT', 'Online', { isWill: true })).toBe('will:plug')
    expect(stage.hear('any/box', 'up', { isWill: true })).toBe('will:box')
  })
})

describe('rules', () => {
  it('the first whose topics match is asked; one that knows better than its topics passes on', () => {
    const stage = adopting('- { as: shelly }\n- { as: json, topic: "+/online" }', ['shelly1', 'box'])
    expect(stage.hear('shelly1/online', 'false')).toBe('will:shelly1')
    expect(stage.hear('box/online', 'false')).toBe('ok:box')
    expect(stage.hear('box/else', 'x')).toBeUndefined()
  })

  it('are those of the file as it is now', () => {
    const stage = adopting('- { as: tasmota }', ['plug'])
    stage.live.adopt = []
    expect(stage.hear('tele/plug/STATE', '{}')).toBeUndefined()
  })
})

describe('names', () => {
  it.each([
    ['pump-17', 'pump-17'],
    ['hall/lamp', 'hall/lamp'],
    ['Floor light (left)', 'Floor-light--left-'],
    ['Küche/Fenster', 'Kuche/Fenster'],
    ['a/b/c', 'a/b-c'],
    ['lamp/start', 'lamp-start'],
    ['hall/7', 'hall-7'],
    ['_x', 'x'],
    ['x'.repeat(63), 'x'.repeat(63)],
    ['x'.repeat(64), undefined],
    ['', undefined],
    ['a//b', undefined],
    ['../etc', undefined],
    ['--', undefined],
  ])('%s is %s', (text, name) => {
    expect(nameFrom(text)).toBe(name)
  })

  it('are always valid ones', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', '/', '-', '7', 'é', '$') })),
        (text) => {
          const name = nameFrom(text)
          expect(name === undefined || isName(name)).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('two devices that would be called the same are not one: the second is refused, unless it is called so to the letter', () => {
    const stage = adopting('- { as: tasmota }', ['lamp-1'])
    expect(stage.hear('tele/lamp 1/STATE', '{}')).toBe('ok:lamp-1')
    expect(stage.hear('tele/lamp.1/STATE', '{}')).toBe('invalid')
    expect(stage.hear('tele/lamp-1/STATE', '{}')).toBe('ok:lamp-1')
    expect(stage.hear('tele/lamp 1/STATE', '{}')).toBe('invalid')
  })

  it('are remembered as far as there is room, the longest silent forgotten first', () => {
    const memory = new Memory(() => 0, 2)
    for (const name of ['a', 'b', 'a', 'c']) expect(memory.claims(name, `${name} x`)).toBe(true)
    expect(memory.claims('a', 'a y')).toBe(false)
    expect(memory.claims('b', 'b y')).toBe(true)
  })
})

describe('filters', () => {
  const level = fc.constantFrom('a', 'b', '', '$s', 'x y')
  const pattern = fc.constantFrom('a', 'b', '', '$s', '+')
  it('match as a regular expression of the same does', () => {
    fc.assert(
      fc.property(
        fc.array(pattern, { minLength: 1, maxLength: 5 }),
        fc.boolean(),
        fc.array(level, { minLength: 1, maxLength: 6 }),
        (levels, open, topic) => {
          const body = levels.map((one) => (one === '+' ? '([^/]*)' : one.replace('$', '\\$'))).join('/')
          const expected = new RegExp(`^${body}${open ? '(?:/.*)?' : ''}$`).exec(topic.join('/'))
          const reserved = levels[0] === '+' && topic[0]?.startsWith('$')
          const found = wildcardsIn([...levels, ...(open ? ['#'] : [])].join('/'), topic.join('/').split('/'))
          expect(found?.parts).toEqual(reserved ? undefined : expected?.slice(1))
        },
      ),
      { numRuns: 3_000 },
    )
  })

  it('cover another one only if they match everything that it matches', () => {
    const filter = fc
      .tuple(fc.array(pattern, { minLength: 1, maxLength: 4 }), fc.boolean())
      .map(([levels, open]) => [...levels, ...(open ? ['#'] : [])].join('/'))
    const topics = fc.sample(fc.array(level, { minLength: 1, maxLength: 5 }), 300)
    fc.assert(
      fc.property(filter, filter, (outer, inner) => {
        const hit = topics.filter((topic) => wildcardsIn(inner, topic) !== undefined)
        if (covers(outer, inner)) expect(hit.filter((topic) => wildcardsIn(outer, topic) === undefined)).toEqual([])
        // `a/#` covers `a/#`, and each filter itself.
        expect(covers(inner, inner)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
    expect([covers('a/#', 'a/+/b'), covers('a/#', 'a'), covers('+/x', 'a/x'), covers('#', 'a/b')]).toEqual(
      Array(4).fill(true),
    )
    expect([covers('a/+', 'a/#'), covers('a/x', 'a/+'), covers('+', '$SYS'), covers('a', 'a/b')]).toEqual(
      Array(4).fill(false),
    )
  })

  it('let whom a rule trusts hear its devices and their orders', () => {
    const rules = rulesOf('- { as: zigbee2mqtt, from: [home] }\n- { as: tasmota }')
    expect(mayHear('home', 'zigbee2mqtt/+/set', rules)).toBe(true)
    expect(mayHear('home', 'zigbee2mqtt/#', rules)).toBe(true)
    for (const [user, filter] of [
      ['home', '#'],
      ['home', 'tele/+/LWT'],
      ['other', 'zigbee2mqtt/#'],
    ] as const)
      expect(mayHear(user, filter, rules), filter).toBe(false)
  })

  it('tell what # stood for', () => {
    expect(wildcardsIn('a/+/#', ['a', 'b', 'c', 'd'])).toEqual({ parts: ['b'], rest: ['c', 'd'] })
    expect(wildcardsIn('a/#', ['a'])).toEqual({ parts: [], rest: [] })
    expect(wildcardsIn('#', ['$SYS', 'x'])).toBeUndefined()
  })
})

it('time that a device claims is bounded', () => {
  const stage = adopting('- { as: zigbee2mqtt }', ['zigbee2mqtt/lamp'])
  stage.hear('zigbee2mqtt/lamp', `{"last_seen":${NOON * 2}}`)
  expect(stage.last()?.signal.at).toBe(NOON + 5 * 60_000)
})
