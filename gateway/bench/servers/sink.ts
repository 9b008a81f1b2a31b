// Receives the gateway's webhooks and notes when each came on the wire. Argument: the port. GET /arrivals answers
// what came so far: the heartbeat's name, the incident's deadline, and the arrival, as milliseconds since 1970.
import { createServer } from 'node:http'

export type Arrival = { name: string; deadline: number; arrived: number }

const arrivals: Arrival[] = []
const server = createServer((request, response) => {
  // The head is on the wire before the body; its arrival counts.
  const arrived = performance.timeOrigin + performance.now()
  if (request.method === 'GET') {
    response.end(JSON.stringify(arrivals))
    return
  }
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text) => {
    body += text
  })
  request.on('end', () => {
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
