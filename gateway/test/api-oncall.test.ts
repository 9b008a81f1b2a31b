import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Compile } from 'typebox/compile'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess } from './process.ts'

type Operation = { responses: { '2XX': { content: { 'application/json': { schema: object } } } } }

const layer = (rotate: string): string => `layers: [{ rotate: [${rotate}], every: week, handoff: "mon 09:00" }]`
const config = (rotate: string): string => `zone: Europe/Riga
channels: [{ name: ops, webhook: { url: "http://127.0.0.1:9/" } }]
responders: [{ name: ana, page: [ops] }, { name: ben, page: [ops] }, { name: eva, page: [ops] }]
oncall:
  - name: primary
    ${layer(rotate)}
    overrides: [{ who: eva, from: "2026-12-24 09:00", to: "2026-12-27 09:00" }]
  - { name: alone, zone: America/New_York, layers: [{ rotate: [eva], every: day }] }
`
const gateway = new GatewayProcess(config('ana, ben'))

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterAll(() => gateway[Symbol.asyncDispose]())

describe('on-call schedules', () => {
  it('are listed with who is on call now', async () => {
    const { status, body } = await gateway.get('/oncall')
    expect(status).toBe(200)
    expect(body).toEqual({
      items: [
        { name: 'primary', zone: 'Europe/Riga', onCall: expect.any(String), until: expect.stringMatching(/Z$/) },
        { name: 'alone', zone: 'America/New_York', onCall: 'eva', until: null },
      ],
      next: null,
    })
  })

  it.each(['2026-12-24T08:00:00Z', '2026-12-24T10:00%2B02:00', '2026-12-24T10:00+02:00'])(
    'are shown as of %s',
    async (at) => {
      const { status, body } = await gateway.get(`/oncall/primary?at=${at}`)
      expect(status).toBe(200)
      expect(body).toEqual({
        name: 'primary',
        zone: 'Europe/Riga',
        at: '2026-12-24T08:00:00.000Z',
        onCall: 'eva',
        by: 'override',
        from: '2026-12-24T07:00:00.000Z',
        until: '2026-12-27T07:00:00.000Z',
        next: { who: 'ben', from: '2026-12-27T07:00:00.000Z' },
        shifts: [
          { who: 'ana', by: 'layer', from: '2026-12-20T22:00:00.000Z', to: '2026-12-21T07:00:00.000Z' },
          { who: 'ben', by: 'layer', from: '2026-12-21T07:00:00.000Z', to: '2026-12-24T07:00:00.000Z' },
          { who: 'eva', by: 'override', from: '2026-12-24T07:00:00.000Z', to: '2026-12-27T07:00:00.000Z' },
          { who: 'ben', by: 'layer', from: '2026-12-27T07:00:00.000Z', to: '2026-12-28T07:00:00.000Z' },
          { who: 'ana', by: 'layer', from: '2026-12-28T07:00:00.000Z', to: '2027-01-03T22:00:00.000Z' },
        ],
      })
    },
  )

  it('are not found by a name that is none', async () => {
    expect((await gateway.get('/oncall/nobody')).status).toBe(404)
    expect((await gateway.get('/oncall/ops')).status).toBe(404)
  })

  it.each(['tomorrow', '2026-12-24', '2026-12-24T10:00', '', '1969-12-31T23:59Z', '9999-01-01T00:00Z'])(
    'are not asked about "%s"',
    async (at) => {
      const { status, body } = await gateway.get(`/oncall/primary?at=${at}`)
      expect(status).toBe(400)
      expect(body).toMatchObject({
        code: 'bad-request',
        problems: [{ path: 'query.at', expected: expect.stringContaining('an instant'), found: JSON.stringify(at) }],
      })
    },
  )

  it('are as far away as may be asked', async () => {
    for (const at of ['1970-01-01T00:00Z', '9998-12-31T23:59Z'])
      expect((await gateway.get(`/oncall/primary?at=${at}`)).status).toBe(200)
  })

  it('answer as openapi.json describes', async () => {
    const { paths } = (await gateway.get('/openapi.json')).body as { paths: Record<string, { get: Operation }> }
    for (const [path, template] of [
      ['/oncall', '/oncall'],
      ['/oncall/primary', '/oncall/{name}'],
      ['/oncall/alone', '/oncall/{name}'],
    ] as const) {
      const schema = paths[`/api/v1${template}`]?.get.responses['2XX'].content['application/json'].schema as object
      expect(Compile(schema).Errors((await gateway.get(path)).body)).toEqual([])
    }
  })

  it('are those of the file after a reload', async () => {
    writeFileSync(join(gateway.folder, 'overdue.yaml'), config('ben, ana'))
    process.kill(gateway.pid, 'SIGHUP')
    await expect
      .poll(async () => (await gateway.get('/oncall/primary?at=2026-12-22T00:00Z')).body, { timeout: 10_000 })
      .toMatchObject({ onCall: 'ana' })
  })
})
