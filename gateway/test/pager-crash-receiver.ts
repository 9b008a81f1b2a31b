// Receives the webhooks of a gateway that is killed, notes all of them, and closes every third connection without an
// answer.
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

export type Request = {
  readonly id: string
  readonly channel: string
  readonly type: string
  readonly about: string
  /** False where the connection was closed instead. */
  readonly isAnswered: boolean
}

export class Receiver {
  readonly requests: Request[] = []
  readonly #server: Server

  constructor() {
    this.#server = createServer((req, res) => {
      let body = ''
      req.setEncoding('utf8')
      req.on('data', (text) => {
        body += text
      })
      req.on('end', () => {
        const { type, about } = JSON.parse(body) as { readonly type: string; readonly about: string }
        const isAnswered = (this.requests.length + 1) % 3 !== 0
        const channel = String(req.url).slice(1)
        this.requests.push({ id: String(req.headers['webhook-id']), channel, type, about, isAnswered })
        if (isAnswered) res.end()
        else req.socket.destroy()
      })
    })
  }

  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return (this.#server.address() as { port: number }).port
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

/** To how many channels a page of this type came and was answered. */
export function channelsOf(requests: readonly Request[], type: string): number {
  return new Set(
    requests.filter((request) => request.type === type && request.isAnswered).map(({ channel }) => channel),
  ).size
}
