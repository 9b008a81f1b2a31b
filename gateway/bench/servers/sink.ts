// Receives the gateway's webhooks and notes when each came on the wire; one to /hang is read and never answered.
// Argument: the port. GET / answers the probes' webhooks so far: the heartbeat's name, the incident's deadline, and the
// arrival, as milliseconds since 1970; GET /webhooks answers all of them.
import { createServer } from 'node:http'

export type Arrival = { name: string; deadline: number; arrived: number }

export type Webhook = { type: string; path: string; arrived: number }

const arrivals: Arrival[] = []
const webhooks: Webhook[] = []
const server = createServer((request, response) => {
  // The head is on the wire before the body; its arrival counts.
  const arrived = performance.timeOrigin + performance.now()
  if (request.method === 'GET') {
    response.end(JSON.stringify(request.url === '/webhooks' ? webhooks : arrivals))
    return
  }
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text) => {
    body += text
  })
  request.on('end', () => {
    const path = request.url ?? ''
    webhooks.push({ type: (JSON.parse(body) as { type: string }).type, path, arrived })
    if (path === '/hang') return
    note(body, arrived)
    response.writeHead(204).end()
  })
})
process.on('SIGTERM', () => process.exit(0))
server.listen(Number(process.argv[2]), '127.0.0.1')

/** The first webhook that names a probe is the one of its silence; later ones tell of the same incident. */
function note(body: string, arrived: number): void {
  const name = /\bprobe-\d+\b/.exec(body)?.[0]
  if (name === undefined || arrivals.some((arrival) => arrival.name === name)) return
  const { incident, data } = JSON.parse(body) as Record<string, { deadlineAt?: unknown } & Record<string, unknown>>
  const at = incident?.deadlineAt ?? (data?.['incident'] as { deadlineAt?: unknown } | undefined)?.deadlineAt
  const deadline = typeof at === 'number' ? at : Date.parse(String(at))
  arrivals.push({ name, deadline, arrived })
}
