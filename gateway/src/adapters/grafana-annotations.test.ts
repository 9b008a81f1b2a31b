import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGuard } from './channel-guard.ts'
import { createAnnotationWriter } from './grafana-annotations.ts'

const MARK = { at: 1_000, tags: ['overdue', 'critical'], text: 'pump <b>17</b> is missed' }
const stop = new AbortController().signal
const seen: Record<string, unknown>[] = []
let server: Server
let status = 200
let text = '{"message":"Annotation added","id":41}'

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const { method, url, headers } = request
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString())
    seen.push({ method, url, authorization: headers.authorization, type: headers['content-type'], body })
    response.writeHead(status, { 'retry-after': '7' }).end(text)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => void server.close().closeAllConnections())

function writer(cidr = '127.0.0.0/8') {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/grafana`
  return createAnnotationWriter({ url, token: 'glsa_x', guard: createGuard([cidr]), now: Date.now, stop })
}

describe('a mark on Grafana’s graphs', () => {
  it('is posted with the token of a service account, and patched when it ends; its text is no markup', async () => {
    expect(await writer()(MARK, undefined)).toEqual({ kind: 'done', id: 41 })
    expect(await writer()({ ...MARK, until: 2_000 }, 41)).toEqual({ kind: 'done', id: 41 })
    const common = { authorization: 'Bearer glsa_x', type: 'application/json' }
    const escaped = { tags: MARK.tags, text: 'pump &#60;b&#62;17&#60;/b&#62; is missed' }
    expect(seen.splice(0)).toEqual([
      { ...common, method: 'POST', url: '/grafana/api/annotations', body: { time: 1_000, ...escaped } },
      {
        ...common,
        method: 'PATCH',
        url: '/grafana/api/annotations/41',
        body: { time: 1_000, timeEnd: 2_000, ...escaped },
      },
    ])
  })

  it.each([
    [500, { kind: 'retry', why: 'answered 500', afterMs: 7_000 }],
    [429, { kind: 'retry', why: 'answered 429', afterMs: 7_000 }],
    [401, { kind: 'refused', why: 'answered 401' }],
    [302, { kind: 'refused', why: 'answered 302' }],
  ])('that is answered %d is %j', async (answer, expected) => {
    status = answer
    expect(await writer()(MARK, undefined)).toEqual(expected)
    status = 200
  })

  it('needs an id in the answer, and a place that may be reached', async () => {
    text = '{}'
    expect(await writer()(MARK, undefined)).toEqual({ kind: 'refused', why: 'answered 200 without an id' })
    expect(await writer('10.0.0.0/8')(MARK, undefined)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('webhooks.allow'),
    })
  })
})
