// Stands between a client and its broker: passes every byte on, notes which messages the client acknowledges, and cuts the line
// when it is told to.
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { packetSize } from '../src/adapters/mqtt-packets.ts'

const PUBACK = 0x40

export class BrokerTap implements AsyncDisposable {
  readonly #server: Server
  readonly #lines = new Set<Socket>()
  /** Ids of messages, for each connection in turn. */
  readonly acknowledged: number[][] = []
  /** Nothing passes, and nobody is told: what a lost network looks like. */
  isFrozen = false

  constructor(brokerPort: number) {
    this.#server = createServer((client) => this.#join(client, connect({ port: brokerPort, host: '127.0.0.1' })))
  }

  async open(): Promise<this> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return this
  }

  get url(): string {
    return `mqtt://127.0.0.1:${(this.#server.address() as { port: number }).port}`
  }

  get count(): number {
    return this.acknowledged.flat().length
  }

  cut(): void {
    for (const line of this.#lines) line.destroy()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
  }

  #join(client: Socket, broker: Socket): void {
    const ids: number[] = []
    this.acknowledged.push(ids)
    let rest = Buffer.alloc(0)
    client.on('data', (bytes: Buffer) => {
      rest = Buffer.concat([rest, bytes])
      for (let size = packetSize(rest, 0); size > 0 && size <= rest.length; size = packetSize(rest, 0)) {
        if (rest[0] === PUBACK) ids.push(rest.readUInt16BE(2))
        rest = rest.subarray(size)
      }
      if (!this.isFrozen) broker.write(bytes)
    })
    broker.on('data', (bytes: Buffer) => {
      if (!this.isFrozen) client.write(bytes)
    })
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      this.#lines.add(one)
      one.on('error', () => undefined)
      one.on('close', () => {
        this.#lines.delete(one)
        other.destroy()
      })
    }
  }
}
