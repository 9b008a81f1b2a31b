import { describe, expect, it } from 'vitest'
import { Bridge } from '../src/adapters/bridge.ts'
import { Counters } from '../src/app/counters.ts'
import type { Arrival, Settled } from '../src/app/ports.ts'
import type { BridgeSource } from '../src/domain/signal.ts'
import { eventually, HAS_MOSQUITTO, mosquitto } from './broker-room.ts'
import { BrokerTap } from './broker-tap.ts'

const TICK = 20

/** A bridge whose ledger settles when the test says so. */
class Room {
  readonly heard: Arrival[] = []
  readonly waiting: Settled[] = []
  readonly told: string[] = []
  readonly bridge: Bridge
  readonly #timer: NodeJS.Timeout

  constructor(url: string, version: 4 | 5) {
    const tell = (what: string) => (_: BridgeSource) => void this.told.push(what)
    const intake = {
      has: (name: string) => !name.startsWith('unknown'),
      clash: () => undefined,
      silence: () => undefined,
      receive: (arrival: Arrival, settled: Settled) => {
        if (arrival.signal.via === 'gateway') return settled('durable')
        this.heard.push(arrival)
        this.waiting.push(settled)
      },
    }
    this.bridge = new Bridge(
      { name: 'plant', url, root: 'hb', group: 'overdue', shared: false, version, topics: [] },
      {
        ...{ intake, counters: new Counters(), gateway: 'abc', now: Date.now, random: () => Math.random() / 10 },
        log: () => undefined,
        newArrival: () => undefined,
        adopter: () => () => undefined,
        rules: { intake, create: () => undefined },
        hearing: {
          ...{ prove: () => undefined, isAsked: () => false, forget: () => undefined },
          ...{ deafen: tell('deaf'), hearAgain: tell('hears') },
        },
      },
    )
    this.#timer = setInterval(() => this.bridge.tick(Date.now()), TICK)
  }

  get state(): string {
    return this.bridge.status.state
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const settled of this.waiting.splice(0)) settled('durable')
    await this.bridge.stop(false)
    clearInterval(this.#timer)
  }

  async hears(): Promise<this> {
    await eventually(
      () => this.state,
      (state) => state === 'hearing',
    )
    return this
  }

  async has(count: number): Promise<void> {
    await eventually(
      () => this.heard.length,
      (length) => length >= count,
    )
  }
}

describe.runIf(HAS_MOSQUITTO)('an acknowledgement over a bridge', () => {
  it.each([4, 5] as const)('waits for the ledger, and holds up no other message, in version %d', async (version) => {
    const most = version === 5 ? 200 : 20
    await using broker = await mosquitto().up()
    await using tap = await new BrokerTap(broker.port).open()
    await using room = await new Room(tap.url, version).hears()
    const client = await broker.client()
    // The probe is a message, too.
    await eventually(
      () => tap.count,
      (count) => count === 1,
    )
    for (let n = 0; n < most; n++) void client.publish(`hb/pump-${n}`, 'ok', { qos: 1 })
    await room.has(most)
    expect(room.bridge.status.waiting).toBe(most)
    expect(tap.count).toBe(1)
    for (const settled of room.waiting.splice(0)) settled('durable')
    await eventually(
      () => tap.count,
      (count) => count === 1 + most,
    )
    expect(new Set(tap.acknowledged[0]).size).toBe(1 + most)
    expect(room.heard.map(({ name }) => name)).toEqual(Array.from({ length: most }, (_, n) => `pump-${n}`))
    expect(room.bridge.status).toMatchObject({ state: 'hearing', waiting: 0 })
    client.end(true)
  })

  it('is not sent on another connection than the message came by, and what is owed comes again', async () => {
    await using broker = await mosquitto().up()
    await using tap = await new BrokerTap(broker.port).open()
    await using room = await new Room(tap.url, 5).hears()
    const client = await broker.client()
    for (let n = 0; n < 50; n++) void client.publish(`hb/pump-${n}`, 'ok', { qos: 1 })
    await room.has(50)
    const first = room.waiting.splice(0)
    tap.cut()
    await room.has(100)
    for (const settled of first) settled('durable')
    expect(room.heard.slice(50).map(({ signal }) => signal.redelivered)).toEqual(Array(50).fill(true))
    await room.hears()
    // The probe alone: what the first connection owed is not for the second to acknowledge.
    await eventually(
      () => tap.acknowledged[1]?.length,
      (count) => count === 1,
    )
    for (const settled of room.waiting.splice(0)) settled('durable')
    await eventually(
      () => tap.acknowledged[1]?.length,
      (count) => count === 51,
    )
    tap.cut()
    await client.publishAsync('hb/pump-last', 'ok', { qos: 1 })
    await room.has(101)
    expect(room.heard[100]).toMatchObject({ name: 'pump-last' })
    client.end(true)
  })

  it('is not sent while the ledger is full: the connection ends, and the message comes until it is on disk', async () => {
    await using broker = await mosquitto().up()
    await using room = await new Room(broker.url, 5).hears()
    const client = await broker.client()
    await client.publishAsync('hb/pump-1', 'ok', { qos: 1 })
    for (let tries = 1; tries <= 3; tries++) {
      await room.has(tries)
      room.waiting.pop()?.('full')
      await eventually(
        () => room.state,
        (state) => state === 'deaf',
      )
    }
    expect(room.bridge.status.why).toBe('the ledger is full')
    await room.has(4)
    room.waiting.pop()?.('durable')
    await room.hears()
    // None of them counts as said before: nothing was kept of it.
    expect(room.heard.map(({ signal }) => signal.redelivered)).toEqual([undefined, undefined, undefined, undefined])
    client.end(true)
  })
})
