import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import type { AdoptSettings } from './settings.ts'

function read(rules: string, more = '') {
  const around = { env: {}, environment: {}, file: '/etc/overdue.yaml', hostZone: 'Europe/Riga' }
  return readDocument(`adopt:\n${rules}\n${more}`, { ...around, readFile: () => '' })
}

function rule(text: string, more?: string): AdoptSettings {
  const checked = read(`  - ${text}`, more)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value.adopt[0] as AdoptSettings
}

function problems(rules: string, more?: string): readonly string[] {
  const checked = read(rules, more)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('a rule of adopt', () => {
  it('has the topics of its family, lists what is new, and lets devices speak for themselves alone', () => {
    expect(rule('{ as: tasmota, every: 5m, tags: [tasmota] }')).toEqual({
      ...{ as: 'tasmota', topics: ['tele/+/STATE', 'tele/+/LWT'], isUsual: true, root: '', name: '$1' },
      ...{ from: [], create: false, words: { online: [], offline: [], failed: [] }, pointers: {} },
      terms: expect.objectContaining({
        schedule: { kind: 'every', every: 300_000 },
        tags: ['tasmota'],
        declaredBy: 'signal',
      }),
    })
  })

  it.each([
    ['zigbee2mqtt', ['zigbee2mqtt/#'], 'zigbee2mqtt/$1'],
    ['homie', ['homie/#'], '$1'],
    ['sparkplug', ['spBv1.0/#'], '$1-$2'],
    ['shelly', ['shellies/+/#', '+/online', '+/events/rpc', '+/status/#'], '$1'],
  ])('as %s needs no topic', (as, topics, name) => {
    expect(rule(`{ as: ${as}, every: 1h }`)).toMatchObject({ topics, name, isUsual: true })
  })

  it('takes a root, topics, words, pointers, users and terms of its own', () => {
    expect(rule('{ as: zigbee2mqtt, root: home/z2m/, every: 25h, from: [z2m], create: true }')).toMatchObject({
      ...{ root: 'home/z2m', topics: ['home/z2m/#'], name: 'home/z2m/$1', from: ['z2m'], create: true },
    })
    const esphome =
      '{ as: esphome, topic: ["+/status", "+/sensor/+/state"], name: "esp-$1", offline: [Gone], every: 1h }'
    expect(rule(esphome)).toMatchObject({
      ...{ topics: ['+/status', '+/sensor/+/state'], isUsual: false, name: 'esp-$1' },
      words: { online: ['online'], offline: ['gone'], failed: [] },
    })
    const json = '{ as: json, topic: "xled/+", state: /status, metrics: { volts: /power/~1v }, boot: "", every: 1h }'
    expect(rule(json).pointers).toEqual({ state: '/status', metrics: { volts: '/power/~1v' }, boot: '' })
    expect(rule('{ as: homie, sleep: 12h, every: 1h }').sleep).toBe(43_200_000)
    const child = rule('{ as: tasmota, parent: router, schedule: none }', 'heartbeats: [{ name: router, every: 1m }]\n')
    expect(child.terms).toMatchObject({ parent: 'router', schedule: { kind: 'none' } })
  })

  it('has the schedule of the defaults where it says none', () => {
    expect(rule('{ as: tasmota }', 'defaults: { every: 10m }\n').terms.schedule).toEqual({
      kind: 'every',
      every: 600_000,
    })
    expect(problems('  - { as: tasmota }')).toEqual([
      'adopt[0]: expected one of every, cron, calendar, window, schedule, got none of them',
    ])
  })
})

describe('what is wrong with adopt', () => {
  const filter = 'an MQTT filter such as "plant/+/status"'
  it.each([
    [
      '{ every: 1h }',
      'adopt[0].as: expected one of tasmota, zigbee2mqtt, esphome, homeassistant, homie, shelly, sparkplug, json, got nothing',
    ],
    [
      '{ as: tasmoto, every: 1h }',
      'adopt[0].as: expected tasmota, zigbee2mqtt, esphome, homeassistant, homie, shelly, sparkplug, json, got "tasmoto"',
    ],
    ['{ as: json, every: 1h, name: x }', `adopt[0].topic: expected ${filter}, got nothing`],
    ['{ as: esphome, every: 1h, topic: [], name: x }', `adopt[0].topic: expected ${filter}, got none`],
    [
      '{ as: json, every: 1h, topic: "a/b+/c", name: x }',
      `adopt[0].topic: expected ${filter}, + and # alone in their level, got "a/b+/c"`,
    ],
    [
      '{ as: json, every: 1h, topic: ["+/x", "a/#/b"], name: x }',
      `adopt[0].topic[1]: expected ${filter}, # at its end, got "a/#/b"`,
    ],
    ['{ as: json, every: 1h, topic: "#", name: x }', `adopt[0].topic: expected ${filter}, not everything, got "#"`],
    [
      '{ as: json, every: 1h, topic: "hb/+" }',
      `adopt[0].topic: expected ${filter}: what begins with hb/ is a signal anyway, got "hb/+"`,
    ],
    [
      '{ as: json, every: 1h, topic: "$SYS/+" }',
      `adopt[0].topic: expected ${filter}, which begins with no $, got "$SYS/+"`,
    ],
    ['{ as: homie, every: 1h, topic: "x/+" }', 'adopt[0].topic: expected root instead of it, for as: homie, got "x/+"'],
    ['{ as: tasmota, every: 1h, root: x }', 'adopt[0].root: expected topic instead of it, for as: tasmota, got "x"'],
    ['{ as: homie, every: 1h, root: "+" }', 'adopt[0].root: expected a topic without + and #, got "+"'],
    [
      '{ as: json, every: 1h, topic: a/b }',
      'adopt[0].name: expected a name without $, since the topic has no +, got "$1"',
    ],
    ['{ as: json, every: 1h, topic: "a/+", name: $2 }', 'adopt[0].name: expected $1 at most, one for each +, got "$2"'],
    [
      '{ as: json, every: 1h, topic: "+/+", name: $x }',
      'adopt[0].name: expected $1 to $2 at most, one for each +, got "$x"',
    ],
    [
      '{ as: tasmota, every: 1h, name: "a b $1" }',
      'adopt[0].name: expected what makes a name of one or two levels, got "a b $1" (expected letters, digits, - and _, got " ")',
    ],
    [
      '{ as: sparkplug, every: 1h, name: $1/$2 }',
      'adopt[0].name: expected what makes a name of one or two levels, got "$1/$2" (expected one level, since devices are below it)',
    ],
    ['{ as: tasmota, every: 1h, from: [" "] }', 'adopt[0].from: expected words that are not empty, got an empty one'],
    [
      '{ as: tasmota, every: 1h, offline: [Offline] }',
      'adopt[0].offline: expected no such key: as: tasmota has words of its own, got a list of 1',
    ],
    [
      '{ as: tasmota, every: 1h, sleep: 1h }',
      'adopt[0].sleep: expected as: homie beside it, whose devices say that they sleep, got as: tasmota',
    ],
    ['{ as: tasmota, every: 1h, state: /x }', 'adopt[0].state: expected as: json beside it, got as: tasmota'],
    ['{ as: json, every: 1h, topic: "a/+", state: /x, ok: /y }', 'adopt[0].ok: expected either it or state, got both'],
    [
      '{ as: json, every: 1h, topic: "a/+", at: time }',
      'adopt[0].at: expected a JSON pointer such as /status/battery, got "time"',
    ],
    [
      '{ as: json, every: 1h, topic: "a/+", at: /a~2 }',
      'adopt[0].at: expected a JSON pointer such as /status/battery, got "/a~2"',
    ],
    [
      '{ as: json, every: 1h, topic: "a/+", metrics: { "a b": /x } }',
      'adopt[0].metrics["a b"]: expected a name of letters, digits, "-" or "_", got "a b"',
    ],
    [
      '{ as: tasmota, every: 1h, parent: router }',
      'adopt[0].parent: expected the name of a heartbeat of this file, got "router"',
    ],
    ['{ as: tasmota, every: 1h, policy: night }', 'adopt[0].policy: expected the name of a policy, got "night"'],
    [
      '{ as: tasmota, every: 1h, creat: true }',
      'adopt[0].creat: expected a key that exists, nearest: "create", got an unknown one',
    ],
    ['{ as: tasmota, every: soon }', 'adopt[0].every: expected a duration such as 90s, 15m or 1h30m, got "soon"'],
  ])('%s', (text, problem) => {
    expect(problems(`  - ${text}`)).toEqual([problem])
  })

  it('two rules can’t have the same topics, since the second would never be asked', () => {
    expect(problems('  - { as: tasmota, every: 1h }\n  - { as: json, topic: "tele/+/LWT", every: 1h }')).toEqual([
      'adopt[1].topic: expected topics that no rule above has, got "tele/+/LWT"',
    ])
  })

  it('everything is told at once', () => {
    expect(problems('  - { as: json, topic: "a+", at: x, from: [""], every: 1h }')).toHaveLength(4)
  })
})
