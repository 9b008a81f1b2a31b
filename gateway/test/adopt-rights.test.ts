// Whatever is published, whoever publishes it: nobody speaks for somebody else, and nothing is thrown.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createAdopter } from '../src/adapters/adopt.ts'
import { ownsTopic } from '../src/adapters/mqtt-rights.ts'
import { NOON, publishOf, rulesOf, sparkplug } from './adopt-stage.ts'

const RULES = rulesOf(`- { as: tasmota, create: true }
- { as: zigbee2mqtt, from: [home], create: true }
- { as: esphome, topic: "esp/+/#", name: "esp/$1" }
- { as: homeassistant, topic: "ha/+/+/availability", name: "$2", from: [home] }
- { as: homie, create: true }
- { as: shelly }
- { as: json, topic: "json/+/+", name: "$1/$2", seq: /seq, from: [hub], create: true }
- { as: sparkplug, create: true }`)

const level = fc.constantFrom(
  ...[
    'a',
    'a-b',
    'b',
    'home',
    'x y',
    'é',
    '',
    '$state',
    '$stats',
    '$broadcast',
    'set',
    'availability',
    'bridge',
    'state',
  ],
  ...['STATE', 'LWT', 'online', 'status', 'events', 'rpc', 'announce', 'NBIRTH', 'NDEATH', 'DDATA', 'NCMD', '5', '..'],
)
const first = fc.constantFrom(
  'tele',
  'zigbee2mqtt',
  'esp',
  'ha',
  'homie',
  'shellies',
  'shelly1',
  'json',
  'spBv1.0',
  'a',
)
const topic = fc.tuple(first, fc.array(level, { maxLength: 5 })).map(([head, rest]) => [head, ...rest].join('/'))
const payload = fc.oneof(
  fc.constantFrom('Online', 'offline', '{"state":"online"}', '{"id":"b"}', 'lost', 'alert', '{"seq":1}', 'true', ''),
  fc.constant(sparkplug([{ name: 'bdSeq', long: 1 }])),
  fc.uint8Array({ maxLength: 40 }),
)
const TRUSTED = new Map([
  ['home', /^(?:zigbee2mqtt|ha)\//],
  ['hub', /^json\//],
])
const user = fc.constantFrom(undefined, 'a', 'a-b', 'b', 'home', 'hub', 'zigbee2mqtt', 'esp', 'x-y')

it('a user tells of its own names, or of those of a rule that trusts it', () => {
  const told: string[] = []
  const adopt = createAdopter({
    ...{
      intake: { has: () => false, clash: () => undefined },
      live: { adopt: RULES },
      via: 'mqtt' as const,
      bootOf: () => 0,
    },
    newcomer: (name) => void told.push(name),
  })
  fc.assert(
    fc.property(topic, payload, user, fc.boolean(), (where, what, who, isWill) => {
      told.length = 0
      const heard = adopt(publishOf(where, what), { user: who, receivedAt: NOON, isWill })
      const arrivals = heard === undefined || 'refused' in heard ? [] : 'several' in heard ? heard.several : [heard]
      const names = [...arrivals.map(({ name }) => name), ...told]
      const trusted = who !== undefined && TRUSTED.get(who)?.test(where)
      if (who !== undefined && trusted !== true) expect(names.filter((name) => !ownsTopic(who, name))).toEqual([])
    }),
    { numRuns: 20_000 },
  )
})

it('any topic at all is a name, a refusal or nothing', () => {
  const adopt = createAdopter({
    ...{
      intake: { has: () => true, clash: () => undefined },
      live: { adopt: RULES },
      via: 'mqtt' as const,
      bootOf: () => 0,
    },
    newcomer: () => undefined,
  })
  const wild = fc.tuple(first, fc.string({ unit: 'binary', maxLength: 300 })).map(([head, rest]) => `${head}/${rest}`)
  fc.assert(
    fc.property(fc.oneof(wild, topic), payload, (where, what) => {
      const heard = adopt(publishOf(where, what), { user: undefined, receivedAt: NOON, isWill: false })
      expect(heard === undefined || typeof heard === 'object').toBe(true)
    }),
    { numRuns: 5_000 },
  )
})
