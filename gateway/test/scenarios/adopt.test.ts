// Homes and plants that publish what they always did, heard by rules, on a virtual clock.
import { describe, expect, it } from 'vitest'
import { createAdopter } from '../../src/adapters/adopt.ts'
import { type Adopt, hear, hearWill, type Rules } from '../../src/adapters/mqtt-signal.ts'
import { Newcomers } from '../../src/app/newcomers.ts'
import { publishOf, rulesOf, sparkplug } from '../adopt-stage.ts'
import { believeStored } from '../mutants/believe-stored.ts'
import { forgetSessions } from '../mutants/forget-session.ts'
import { Story } from '../timeline.ts'

const DAY = '2026-03-02T'

/** A gateway that adopts; `fault`: what is wrong with it. */
class Adopting extends Story {
  readonly newcomers = new Newcomers()
  readonly #rules: Rules

  constructor(rules: string, fault: (adopt: Adopt) => Adopt = (adopt) => adopt) {
    super({ from: `${DAY}10:00` })
    const { intake } = this.world.watch
    const newcomer = (...[name, terms]: Parameters<Parameters<typeof createAdopter>[0]['newcomer']>) =>
      this.newcomers.note(name, this.world.clock.now(), terms)
    const adopt = createAdopter({ intake, live: { adopt: rulesOf(rules) }, via: 'mqtt', bootOf: () => 0, newcomer })
    const common = { intake, root: 'hb', via: 'mqtt', create: () => undefined } as const
    this.#rules = { ...common, adopt: fault(adopt), isStored: ({ retain }) => retain }
  }

  publish(topic: string, payload: string | Buffer, more: { stored?: boolean; will?: boolean } = {}): void {
    const publish = { ...publishOf(topic, payload), retain: more.stored === true }
    const heard = (more.will === true ? hearWill : hear)(publish, undefined, this.world.clock.now(), this.#rules)
    if ('refused' in heard || 'silence' in heard) throw new Error(`${topic} is ${JSON.stringify(heard)}`)
    for (const arrival of 'several' in heard ? heard.several : [heard])
      this.world.watch.intake.receive(arrival, () => undefined)
  }

  /** The pages of the whole story. */
  get paged(): readonly string[] {
    return this.world.sent.map(({ body }) => `${body.type} ${body.incident?.heartbeat}`)
  }
}

describe('a house of Zigbee lamps', () => {
  it('whose bridge breaks off pages once, for the bridge', async () => {
    const told = new Adopting('- { as: zigbee2mqtt, every: 30m, grace: 5m, create: true }')
    for (const lamp of ['hall/lamp', 'attic', 'porch']) told.publish(`zigbee2mqtt/${lamp}`, '{"state":"ON"}')
    told.publish('zigbee2mqtt/bridge/state', '{"state":"online"}')
    await told.at(`${DAY}10:10`)
    told.publish('zigbee2mqtt/bridge/state', '{"state":"offline"}', { will: true })
    await told.at(`${DAY}12:00`)
    expect(told.paged).toEqual(['incident.triggered zigbee2mqtt'])
    const { registry } = told.world.watch
    expect([...registry.open()].filter(({ mute }) => mute?.by === 'parent')).toHaveLength(3)
  })

  it('that tells of its last states anew after a restart does not wake the dead', async () => {
    const told = new Adopting('- { as: zigbee2mqtt, every: 30m, grace: 5m, create: true }')
    const lamp = (lastSeen: string) => told.publish('zigbee2mqtt/lamp', `{"state":"ON","last_seen":"${lastSeen}"}`)
    lamp(`${DAY}10:00:00Z`)
    const moment = await told.at(`${DAY}10:40`)
    moment.shows('zigbee2mqtt/lamp', 'missed')
    lamp(`${DAY}10:00:00Z`)
    ;(await told.at(`${DAY}10:41`)).shows('zigbee2mqtt/lamp', 'missed')
    lamp(`${DAY}10:40:30Z`)
    ;(await told.at(`${DAY}10:42`)).shows('zigbee2mqtt/lamp', 'ok')
  })
})

describe('a plug that nobody declared', () => {
  it('is listed, adopted with the terms of its rule, and missed when it falls silent', async () => {
    const told = new Adopting('- { as: tasmota, every: 5m, grace: 1m, group: hall }')
    told.publish('tele/plug/STATE', '{"UptimeSec":60}')
    await told.at(`${DAY}11:00`)
    expect(told.paged).toEqual([])
    const [newcomer] = told.newcomers.list(() => false)
    expect(newcomer).toMatchObject({ name: 'plug', signals: 1, terms: { group: 'hall' } })
    told.heartbeat('plug', newcomer?.terms ?? {})
    told.publish('tele/plug/STATE', '{"UptimeSec":3660}')
    ;(await told.at(`${DAY}11:05:59`)).shows('plug', 'late')
    ;(await told.at(`${DAY}11:06:01`)).shows('plug', 'missed').pages('ops: incident.triggered plug missed')
  })

  it('whose connection breaks is missed soon, unless it comes back', async () => {
    const told = new Adopting('- { as: tasmota, every: 1h, create: true }')
    told.publish('tele/plug/LWT', 'Online')
    await told.at(`${DAY}10:10`)
    told.publish('tele/plug/LWT', 'Offline', { will: true })
    await told.at(`${DAY}10:10:20`)
    told.publish('tele/plug/LWT', 'Online')
    await told.at(`${DAY}10:20`)
    expect(told.paged).toEqual([])
    told.publish('tele/plug/LWT', 'Offline', { will: true })
    await told.at(`${DAY}10:21`)
    expect(told.paged).toEqual(['incident.triggered plug'])
  })
})

describe('a device that wants somebody', () => {
  it('pages once, however much it tells meanwhile, and is well when it says so', async () => {
    const told = new Adopting('- { as: homie, every: 10m, create: true }')
    const tell = (attribute: string, payload: string) => told.publish(`homie/boiler/${attribute}`, payload)
    tell('$state', 'ready')
    tell('$state', 'alert')
    for (let minute = 1; minute < 60; minute++) {
      await told.at(`${DAY}10:${String(minute).padStart(2, '0')}`)
      tell('water/temperature', '99')
    }
    expect(told.paged).toEqual(['incident.triggered boiler'])
    tell('$state', 'ready')
    ;(await told.at(`${DAY}11:00`)).shows('boiler', 'ok')
    expect(told.paged.slice(1)).toEqual(['incident.resolved boiler'])
  })
})

describe('a device that is dead', () => {
  /** A broker has its birth stored and tells it at every subscription. */
  async function afterStories(fault?: (adopt: Adopt) => Adopt): Promise<readonly string[]> {
    const told = new Adopting('- { as: homeassistant, topic: "+/status", every: 10m, grace: 1m, create: true }', fault)
    told.publish('heater/status', 'online')
    for (let minute = 5; minute < 60; minute += 5) {
      await told.at(`${DAY}10:${String(minute).padStart(2, '0')}`)
      told.publish('heater/status', 'online', { stored: true })
    }
    return told.paged
  }

  it('is missed although its broker has stored that it lives', async () => {
    expect(await afterStories()).toEqual(['incident.triggered heater'])
  })

  it('is missed by nobody where that counts: the story can fail', async () => {
    expect(await afterStories(believeStored)).toEqual([])
  })
})

describe('a press in a plant', () => {
  const bdSeq = (long: number) => sparkplug([{ name: 'bdSeq', long }])

  /** It reconnects, and the death of its first session comes after the birth of the second; then it is quiet for a while. */
  async function afterReconnect(): Promise<readonly string[]> {
    const told = new Adopting('- { as: sparkplug, every: 1h, create: true }')
    told.publish('spBv1.0/plant/NBIRTH/press', bdSeq(7))
    await told.at(`${DAY}10:10`)
    told.publish('spBv1.0/plant/NBIRTH/press', bdSeq(8))
    told.publish('spBv1.0/plant/NDEATH/press', bdSeq(7), { will: true })
    await told.at(`${DAY}10:30`)
    return told.paged
  }

  it('wakes nobody by the late death of a session that is over', async () => {
    expect(await afterReconnect()).toEqual([])
  })

  it('would, were sessions forgotten: the story can fail', async () => {
    using _fault = forgetSessions()
    expect(await afterReconnect()).toEqual(['incident.triggered plant-press'])
  })

  it('is missed by the death of its session, and its arm is explained by it', async () => {
    const told = new Adopting('- { as: sparkplug, every: 1h, grace: 1m, create: true }')
    told.publish('spBv1.0/plant/NBIRTH/press', bdSeq(7))
    told.publish('spBv1.0/plant/DDATA/press/arm', sparkplug([{ alias: 1, double: 3 }]))
    told.publish('spBv1.0/plant/NDEATH/press', bdSeq(7), { will: true })
    await told.at(`${DAY}12:00`)
    expect(told.paged).toEqual(['incident.triggered plant-press'])
  })

  it('that tells of its backlog is not taken for alive', async () => {
    const told = new Adopting('- { as: sparkplug, every: 10m, grace: 1m, create: true }')
    told.publish('spBv1.0/plant/NBIRTH/press', bdSeq(7))
    ;(await told.at(`${DAY}10:30`)).shows('plant-press', 'missed')
    const old = { alias: 1, historical: true, double: 1, at: told.instant(`${DAY}10:12`) }
    told.publish('spBv1.0/plant/NDATA/press', sparkplug([old]))
    ;(await told.at(`${DAY}10:31`)).shows('plant-press', 'missed')
    told.publish('spBv1.0/plant/NDATA/press', sparkplug([{ ...old, at: told.instant(`${DAY}10:30`) }]))
    ;(await told.at(`${DAY}10:32`)).shows('plant-press', 'ok')
  })
})
