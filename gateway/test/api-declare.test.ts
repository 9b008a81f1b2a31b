import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { GatewayProcess, TOKEN } from './process.ts'

type Reply = { status: number; body: Record<string, unknown> }
type Problem = { path: string; expected: string; found: string }

const FILE = `channels:
  - { name: ops, webhook: { url: "http://127.0.0.1:9/" } }
policies:
  - { name: quiet, steps: [{ page: [ops] }] }
heartbeats:
  - { name: of-file, every: 1h }
`
const gateway = new GatewayProcess(FILE)

beforeAll(() => gateway.start({ OVERDUE_MQTT: 'off' }))
afterAll(() => gateway[Symbol.asyncDispose]())

describe('a heartbeat that is put', () => {
  it('is new once, and as it was said ever after', async () => {
    const said = { every: '10m', grace: '1m', owner: 'ana', tags: ['db'], group: 'vault', description: 'Dumps it' }
    const first = await put('nightly', said)
    expect(first).toMatchObject({ status: 201, body: { name: 'nightly', verdict: 'unseen', schedule: 'every 10m' } })
    expect(first.body).toMatchObject({ graceMs: 60_000, owner: 'ana', tags: ['db'], group: 'vault', signals: 0 })
    expect(await put('nightly', said)).toEqual({ status: 200, body: first.body })
    expect(await gateway.get('/heartbeats/nightly')).toEqual({ status: 200, body: first.body })
    expect((await fetch(`${gateway.url}/ping/${first.body['key']}`)).status).toBe(200)
    expect((await gateway.get('/heartbeats/nightly')).body).toMatchObject({ verdict: 'ok', signals: 1 })
  })

  it('takes what it does not say from the defaults', async () => {
    await put('changing', { every: '10m', grace: '1m', owner: 'ana' })
    const { status, body } = await put('changing', { cron: '0 3 * * *', zone: 'UTC' })
    expect(status).toBe(200)
    expect(body).toMatchObject({ owner: '', graceMs: 3_527_265 })
    expect(body['schedule']).toContain('0 3 * * *')
  })

  it('may have two levels and a parent', async () => {
    expect((await put('hall-7/pump', { every: '1h', parent: 'of-file' })).status).toBe(201)
    expect((await gateway.get('/heartbeats/hall-7%2Fpump')).status).toBe(200)
  })

  it('may not be the parent of its own parents', async () => {
    await put('ring-a', { every: '1h' })
    await put('ring-b', { every: '1h', parent: 'ring-a' })
    const { status, body } = await put('ring-a', { every: '1h', parent: 'ring-b' })
    expect(status).toBe(400)
    expect(body['problems']).toEqual([
      {
        path: 'body.parent',
        expected: 'parents that are nobody’s child in turn',
        found: 'ring-a → ring-b → ring-a',
      },
    ])
  })

  it('outlives the process and a reload of the file', async () => {
    await put('lasting', { schedule: 'none', owner: 'ben' })
    await gateway.end('SIGTERM')
    writeFileSync(join(gateway.folder, 'overdue.yaml'), `${FILE}  - { name: later, every: 1h }\n`)
    await gateway.start({ OVERDUE_MQTT: 'off' })
    expect((await gateway.get('/heartbeats/lasting')).body).toMatchObject({ owner: 'ben' })
    expect((await gateway.get('/heartbeats/later')).status).toBe(200)
    expect((await ask('DELETE', 'lasting')).status).toBe(204)
    expect((await gateway.get('/heartbeats/lasting')).status).toBe(404)
  })

  it('is refused with everything that is wrong with it', async () => {
    const said = { every: 'soon', cron: '0 3 * * *', colour: 'red', owner: null, tolerate: 0, policy: 'quite' }
    const { status, body } = await put('wrong', said)
    expect([status, body['code']]).toEqual([400, 'bad-request'])
    const paths = (body['problems'] as Problem[]).map(({ path }) => path)
    expect(paths.sort()).toEqual(['body', 'body.colour', 'body.every', 'body.owner', 'body.policy', 'body.tolerate'])
    expect(JSON.stringify(body)).toContain('nearest: \\"quiet\\"')
    expect((await gateway.get('/heartbeats/wrong')).status).toBe(404)
  })

  it.each<[string, unknown, string]>([
    ['nothing of a schedule', {}, 'body'],
    ['no map', [], 'body'],
    ['nothing at all', null, 'body'],
    ['a parent that nobody knows', { every: '1h', parent: 'ghost' }, 'body.parent'],
    ['itself for a parent', { every: '1h', parent: 'wrong' }, 'body.parent'],
    ['a cron line that never fires', { cron: '0 0 31 2 *' }, 'body.cron'],
  ])('is refused with %s', async (_, said, where) => {
    const { status, body } = await put('wrong', said)
    expect([status, (body['problems'] as Problem[]).map(({ path }) => path)]).toEqual([400, [where]])
  })

  it.each(['', 'a/b/c', 'pump/ok', '-x', 'a b', 'x'.repeat(64)])('can not be called %j', async (name) => {
    expect((await put(name, { every: '1h' })).status).toBe(name === '' ? 404 : 400)
  })

  it('can not differ from another by case alone', async () => {
    const { status, body } = await put('OF-FILE', { every: '1h' })
    expect([status, body['code']]).toEqual([409, 'name-clash'])
    expect(JSON.stringify(body)).toContain('of-file')
    expect((await ask('PATCH', 'OF-FILE', { every: '1h' })).status).toBe(404)
    expect((await ask('DELETE', 'OF-FILE')).status).toBe(404)
  })
})

describe('a heartbeat that is patched', () => {
  it('keeps what is not named', async () => {
    await put('patched', { every: '10m', owner: 'ana', grace: '1m' })
    const { status, body } = await ask('PATCH', 'patched', { grace: '2m', tags: ['new'] })
    expect(status).toBe(200)
    expect(body).toMatchObject({ schedule: 'every 10m', owner: 'ana', graceMs: 120_000, tags: ['new'] })
    expect((await ask('PATCH', 'patched', { every: '20m' })).body).toMatchObject({
      schedule: 'every 20m',
      owner: 'ana',
    })
    expect((await ask('PATCH', 'patched', { grace: null })).status).toBe(400)
    expect((await ask('PATCH', 'patched', {})).body).toMatchObject({ graceMs: 120_000 })
    expect((await ask('PATCH', 'nobody', { every: '1h' })).status).toBe(404)
  })

  it('may have been made by a signal', async () => {
    await fetch(`${gateway.url}/ping/by-signal?create=1&every=1h`)
    expect((await ask('PATCH', 'by-signal', { owner: 'ben' })).body).toMatchObject({
      owner: 'ben',
      schedule: 'every 1h',
    })
  })
})

describe('a heartbeat of the file', () => {
  it.each(['PUT', 'PATCH', 'DELETE'])('is refused to %s, with the name of the file', async (method) => {
    const { status, body } = await ask(method, 'of-file', method === 'DELETE' ? undefined : { every: '2h' })
    expect([status, body['code']]).toEqual([409, 'declared-by-file'])
    expect((body['problems'] as Problem[])[0]?.found).toContain('overdue.yaml')
    expect((await gateway.get('/heartbeats/of-file')).body).toMatchObject({ schedule: 'every 1h' })
  })
})

function put(name: string, said: unknown): Promise<Reply> {
  return ask('PUT', name, said)
}

async function ask(method: string, name: string, said?: unknown): Promise<Reply> {
  const answer = await fetch(`${gateway.url}/api/v1/heartbeats/${encodeURIComponent(name)}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, ...(said !== undefined && { 'content-type': 'application/json' }) },
    ...(said !== undefined && { body: JSON.stringify(said) }),
  })
  return { status: answer.status, body: answer.status === 204 ? {} : ((await answer.json()) as Reply['body']) }
}
