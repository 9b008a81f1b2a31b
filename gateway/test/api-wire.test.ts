import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

const gateway = new GatewayProcess(`heartbeats:
  - { name: of-file, every: 1h }
`)

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterAll(() => gateway[Symbol.asyncDispose]())

describe('the API on the wire', () => {
  it.each([
    ['an escape that is none', '/heartbeats/%zz'],
    ['a segment without end', `/heartbeats/${'x'.repeat(500)}`],
  ])('answers %s as it answers every mistake', async (_, path) => {
    const answer = await say(request('GET', `/api/v1${path}`))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('application/problem+json')
    expect(answer).toContain('x-content-type-options: nosniff')
    expect(answer).toContain('"path":"url"')
    expect(answer.length).toBeLessThan(700)
  })

  it.each([
    ['GET', '/api/v1', 404],
    ['OPTIONS', '/api/v1/heartbeats', 404],
    ['OPTIONS', '*', 404],
    ['PUT', '/api/v1/heartbeats', 404],
    ['PROPFIND', '/api/v1/heartbeats', 404],
    ['HEAD', '/api/v1/heartbeats', 200],
    ['GET', '/api/v1/heartbeats/', 200],
    ['GET', '/api/v1/heartbeats/__proto__', 404],
    ['GET', '/api/v1/incidents/__proto__', 404],
    ['GET', '/api/v1/heartbeats/of-file%00', 404],
    ['GET', 'http://elsewhere/api/v1/heartbeats', 200],
  ])('answers %s %s with %d', async (method, path, status) => {
    expect(await say(request(method, path))).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
  })

  it('keeps a connection for the next request, also after a refused one', async () => {
    const requests = ['/healthz', '/api/v1/nothing', '/api/v1/heartbeats?limit=x', '/api/v1/incidents']
    const answers = await say(
      requests
        .map((path, place) => request('GET', path, place < requests.length - 1 ? 'keep-alive' : 'close'))
        .join(''),
    )
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['200', '404', '400', '200'].map((status) => `HTTP/1.1 ${status}`))
  })

  it('reads a body that comes in pieces', async () => {
    const head = `POST /api/v1/heartbeats/of-file/pause HTTP/1.1\r\n${HEADERS}Content-Type: application/json\r\n`
    const answer = await say(
      `${head}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n7\r\n{"by":"\r\n5\r\nana"}\r\n0\r\n\r\n`,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 204 /)
  })

  it('names what it expected and what it found', async () => {
    const problemsOf = async (path: string) => ((await gateway.get(path)).body as { problems: unknown }).problems
    expect(await problemsOf('/incidents?state=closed')).toEqual([
      { path: 'query.state', expected: 'one of open, all', found: '"closed"' },
    ])
    expect(await problemsOf('/heartbeats?limit=1001&colour=red')).toEqual([
      { path: 'query.colour', expected: 'no such key', found: 'one' },
      { path: 'query.limit', expected: '<= 1000', found: '1001' },
    ])
  })
})

const HEADERS = `Host: gateway\r\nAuthorization: Bearer ${TOKEN}\r\n`

function request(method: string, path: string, connection = 'close'): string {
  return `${method} ${path} HTTP/1.1\r\n${HEADERS}Connection: ${connection}\r\n\r\n`
}

/** Everything that is answered until the gateway closes the connection. */
async function say(text: string): Promise<string> {
  const socket = connect(gateway.httpPort, '127.0.0.1')
  let answer = ''
  socket.on('data', (piece) => (answer += String(piece)))
  socket.write(text)
  await once(socket, 'close')
  return answer
}
