import { describe, expect, test } from 'vitest'
import { counted, last, NOW, PING_KEY, stage } from '../../test/ping-stage.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'

const RID = '5BF66975-d4c7-4bf5-bcc8-b8d8a82ea278'
const UNKNOWN_UUID = '00000000-d4c7-4bf5-bcc8-b8d8a82ea278'

describe('paths', () => {
  test.each([
    ['/hb/nightly-backup', { name: 'nightly-backup', kind: 'ok' }],
    ['/ping/nightly-backup', { name: 'nightly-backup', kind: 'ok' }],
    ['/ping/pump-17/battery', { name: 'pump-17/battery', kind: 'ok' }],
    ['/hb/pump-17%2Fbattery', { name: 'pump-17/battery', kind: 'ok' }],
    ['/ping/pump-17/battery/fail', { name: 'pump-17/battery', kind: 'fail' }],
    ['/ping/nightly-backup/start', { name: 'nightly-backup', kind: 'start' }],
    ['/ping/nightly-backup/run', { name: 'nightly-backup', kind: 'start' }],
    ['/ping/nightly-backup/complete', { name: 'nightly-backup', kind: 'ok' }],
    ['/ping/nightly-backup/ok', { name: 'nightly-backup', kind: 'ok' }],
    ['/ping/nightly-backup/log', { name: 'nightly-backup', kind: 'log' }],
    ['/ping/nightly-backup/bye?next=6h', { name: 'nightly-backup', kind: 'bye', next: 21_600_000 }],
    ['/ping/nightly-backup/will', { name: 'nightly-backup', kind: 'will' }],
    ['/ping/nightly-backup/0', { name: 'nightly-backup', kind: 'ok', exit: 0 }],
    ['/ping/nightly-backup/255', { name: 'nightly-backup', kind: 'fail', exit: 255 }],
    ['/ping/nightly-backup/TERM', { name: 'nightly-backup', kind: 'fail', killedBy: 'TERM' }],
    ['/ping/nightly-backup/SIGKILL', { name: 'nightly-backup', kind: 'fail', killedBy: 'KILL' }],
  ])('%s is understood', async (path, signal) => {
    const world = await stage()
    expect(await world.get(path)).toMatchObject({ status: 200, text: 'OK' })
    expect(last(world)).toEqual(signal)
    expect(counted(world)).toEqual(['signals_accepted{http} 1'])
  })

  test.each([
    ['/ping/nightly-backup/256', 'invalid url format'],
    ['/ping/nightly-backup/99999999999999999999', 'invalid url format'],
    ['/ping/nightly-backup/exit', 'exit: expected a number from 0 to 255 as the last segment'],
    ['/ping/nightly-backup/FAIL', /^event: expected/],
    ['/ping/a/b/c', /^event: expected/],
    ['/ping/a/b/c/d', /at most three segments/],
    ['/ping/nightly-backup/', 'name: a level is empty'],
    ['/ping/', 'name: a level is empty'],
    ['/hb/%zz', 'invalid url format'],
    ['/hb/%00', 'name: control characters are not allowed'],
    ['/hb/a%2Bb', 'name: expected letters, digits, - and _, got "+"'],
    ['/hb/%24SYS', /got "\$"/],
    ['/hb/%2e%2e%2fnightly-backup', /^name: /],
    [`/hb/${'a'.repeat(64)}`, 'name: expected at most 63 characters a level, got 64'],
  ])('%s is refused before anything is looked up', async (path, text) => {
    const world = await stage({ create: true })
    const reply = await world.raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    expect(reply).toMatch(/^HTTP\/1.1 400 /)
    const body = reply.slice(reply.indexOf('\r\n\r\n') + 4)
    if (typeof text === 'string') expect(body).toBe(text)
    else expect(body).toMatch(text)
    expect(world.arrivals).toEqual([])
    expect(counted(world)).toEqual(['signals_refused{url} 1'])
  })

  test.each(['/', '/ping', '/hb', '/pingx/a', '/api/v1/heartbeats', '/nightly-backup'])(
    '%s is left to the framework',
    async (path) => {
      const world = await stage({ create: true })
      expect((await world.get(path)).text).toBe('framework')
    },
  )
})

describe('methods', () => {
  test.each(['GET', 'HEAD', 'POST'])('%s is a real ping', async (method) => {
    const world = await stage()
    expect(await world.get('/ping/nightly-backup', { method })).toMatchObject({ status: 200 })
    expect(last(world)).toEqual({ name: 'nightly-backup', kind: 'ok' })
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'OPTIONS'])('%s is refused and told which are allowed', async (method) => {
    const world = await stage()
    const reply = await world.get('/ping/nightly-backup', { method })
    expect(reply.status).toBe(405)
    expect(reply.headers.get('allow')).toBe('GET, HEAD, POST')
    expect(world.arrivals).toEqual([])
  })
})

describe('keys', () => {
  test('a key works in the path, with a trailing slash, with every event, and as a UUID at the root', async () => {
    const world = await stage({ open: () => false })
    for (const name of ['nightly-backup', 'pump-17/battery']) {
      const uuid = world.keys.uuidOf(name) as string
      for (const key of [`/ping/${world.keys.keyOf(name)}`, `/ping/${uuid}`, `/${uuid}`, `/${uuid.toUpperCase()}`]) {
        for (const [tail, kind] of [
          ['', 'ok'],
          ['/', 'ok'],
          ['/start', 'start'],
          ['/fail', 'fail'],
          ['/log', 'log'],
          ['/0', 'ok'],
          ['/3', 'fail'],
        ]) {
          expect(await world.get(key + tail)).toMatchObject({ status: 200, text: 'OK' })
          expect(last(world)).toMatchObject({ name, kind })
        }
        expect(await world.get(`${key}/256`)).toMatchObject({ status: 400, text: 'invalid url format' })
        expect(await world.get(`${key}/Start`)).toMatchObject({ status: 400, text: 'invalid url format' })
        expect(await world.get(`${key}/other`)).toMatchObject({ status: 404, text: 'not found' })
        expect(await world.get(`${key}/other/start`)).toMatchObject({ status: 400, text: 'invalid url format' })
      }
    }
  })

  test('every unknown key gets the same answer, and never becomes a heartbeat', async () => {
    for (const open of [true, false]) {
      const world = await stage({ open: () => open, create: true })
      const uuid = world.keys.uuidOf('nightly-backup') as string
      for (const path of [
        `/ping/${UNKNOWN_UUID}`,
        `/${UNKNOWN_UUID}/start`,
        `/ping/${'x'.repeat(21)}A`,
        `/ping/${uuid.slice(0, -1)}${uuid.endsWith('0') ? '1' : '0'}`,
        `/ping/${PING_KEY}`,
        `/ping/${PING_KEY}/start`,
      ]) {
        expect(await world.get(path)).toMatchObject({ status: 404, text: 'not found' })
      }
      expect(world.arrivals).toEqual([])
    }
  })

  test('an undashed UUID is no key', async () => {
    const world = await stage()
    const undashed = UNKNOWN_UUID.replaceAll('-', '')
    expect(await world.get(`/ping/${undashed}`)).toMatchObject({ status: 404, text: 'not found' })
  })

  test('the ping key opens every one-level name, and creates on request', async () => {
    const world = await stage({ open: () => false })
    for (const base of ['/ping', '']) {
      expect(await world.get(`${base}/${PING_KEY}/nightly-backup`)).toMatchObject({ status: 200, text: 'OK' })
      expect(await world.get(`${base}/${PING_KEY}/nightly-backup/start`)).toMatchObject({ status: 200 })
      expect(last(world)).toEqual({ name: 'nightly-backup', kind: 'start' })
      expect(await world.get(`${base}/${PING_KEY}/nightly-backup/7`)).toMatchObject({ status: 200 })
      expect(last(world)).toEqual({ name: 'nightly-backup', kind: 'fail', exit: 7 })
      expect(await world.get(`${base}/${PING_KEY}/nightly-backup/256`)).toMatchObject({ status: 400 })
      expect(await world.get(`${base}/${PING_KEY}/pump-17/battery`)).toMatchObject({ status: 400 })
      expect(await world.get(`${base}/${PING_KEY}/new${base.length}`)).toMatchObject({ status: 404, text: 'not found' })
      const created = await world.get(`${base}/${PING_KEY}/new${base.length}/start?create=1`)
      expect(created).toMatchObject({ status: 201, text: 'Created' })
      expect(last(world)).toEqual({ name: `new${base.length}`, kind: 'start' })
    }
  })

  test('without keys, bare names are accepted only while signals are open', async () => {
    const world = await stage({ open: () => false, create: true })
    for (const path of ['/ping/nightly-backup', '/hb/nightly-backup', '/ping/unheard-of?create=1', '/hb/Fridge/fail']) {
      const reply = await world.get(path)
      expect(reply).toMatchObject({ status: 401 })
      expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    }
    expect(world.arrivals).toEqual([])
    expect(counted(world)).toEqual(['signals_refused{key} 4'])
  })

  test('a bearer key works wherever a key in the path does', async () => {
    const world = await stage({ open: () => false })
    const bearer = (key: string) => ({ headers: { authorization: `Bearer ${key}` } })
    const key = world.keys.keyOf('nightly-backup') as string
    const uuid = world.keys.uuidOf('nightly-backup') as string
    for (const good of [key, uuid, PING_KEY]) {
      expect(await world.get('/ping/nightly-backup/fail', bearer(good))).toMatchObject({ status: 200 })
      expect(await world.get('/hb/nightly-backup', bearer(good))).toMatchObject({ status: 200 })
    }
    for (const bad of [UNKNOWN_UUID, world.keys.keyOf('Fridge') as string, 'x']) {
      expect(await world.get('/ping/nightly-backup', bearer(bad))).toMatchObject({ status: 401 })
    }
    expect(await world.get('/ping/new?create=1', bearer(PING_KEY))).toMatchObject({ status: 201 })
    expect(await world.get('/ping/newer', bearer(PING_KEY))).toMatchObject({ status: 404 })
  })
})

describe('creation', () => {
  test('create=1 describes the heartbeat that it makes', async () => {
    const world = await stage()
    const path =
      '/ping/backup?create=1&cron=0+3+*+*+*&zone=Europe/Berlin&owner=ana&desc=Nightly%20backup&tags=db,prod+eu&grace=20m'
    expect(await world.get(path)).toMatchObject({ status: 201, text: 'Created' })
    expect(world.arrivals[0]?.create).toEqual({
      ...DEFAULT_TERMS,
      schedule: { kind: 'cron', cron: '0 3 * * *', zone: 'Europe/Berlin' },
      owner: 'ana',
      description: 'Nightly backup',
      tags: ['db', 'prod', 'eu'],
      grace: 1_200_000,
    })
    expect(last(world)).toEqual({ name: 'backup', kind: 'ok' })
    expect(await world.get(path)).toMatchObject({ status: 200, text: 'OK' })
    expect(world.arrivals[1]).toEqual({ name: 'backup', signal: world.arrivals[0]?.signal })
  })

  test('every may be seconds or a duration, a cron line without a zone has the gateway’s', async () => {
    const world = await stage()
    await world.get('/ping/a?create=1&every=300')
    expect(world.arrivals.at(-1)?.create?.schedule).toEqual({ kind: 'every', every: 300_000 })
    await world.get('/ping/b?create=1&every=1h30m')
    expect(world.arrivals.at(-1)?.create?.schedule).toEqual({ kind: 'every', every: 5_400_000 })
    await world.get('/ping/c?create=1&cron=@daily')
    expect(world.arrivals.at(-1)?.create?.schedule).toEqual({ kind: 'cron', cron: '@daily', zone: 'Europe/Riga' })
    await world.get('/ping/d?create=1')
    expect(world.arrivals.at(-1)?.create).toEqual(DEFAULT_TERMS)
  })

  test.each([
    ['every=soon', 'every: expected seconds or a duration like 1m30s, got "soon"'],
    ['every=1ms', /^every: expected/],
    ['cron=0+2+*+*', /^cron: expected/],
    ['cron=0+3+*+*+*&zone=Mars/Base', /^zone: expected/],
    ['every=1h&cron=0+3+*+*+*', /^cron: expected either every or cron, got both/],
    ['grace=long', /^grace: expected/],
  ])('a bad creation with %s says what was expected and found', async (query, text) => {
    const world = await stage()
    const reply = await world.get(`/ping/new?create=1&${query}`)
    expect(reply.status).toBe(400)
    expect(reply.text).toMatch(text)
    expect(world.arrivals).toEqual([])
    expect(await world.get(`/ping/nightly-backup?create=1&${query}`)).toMatchObject({ status: 200 })
  })

  test.each([
    ['auto', '/ping/new', 404],
    ['auto', '/ping/new?create=1', 201],
    ['auto', '/ping/new?create=yes', 404],
    [false, '/ping/new?create=1', 404],
    [true, '/ping/new', 201],
    [{ ...DEFAULT_TERMS, owner: 'ops' }, '/hb/new/fail', 201],
  ] as const)('with create %o, %s answers %i', async (create, path, status) => {
    const world = await stage({ create })
    expect(await world.get(path)).toMatchObject({ status })
    expect(world.arrivals.map((arrival) => arrival.create?.owner)).toEqual(
      status === 404 ? [] : [typeof create === 'object' ? 'ops' : ''],
    )
  })

  test('a name that differs from a known one by case alone is ambiguous', async () => {
    const world = await stage({ create: true })
    expect(await world.get('/ping/fridge?create=1')).toMatchObject({ status: 409, text: 'ambiguous slug' })
    expect(await world.get('/ping/PUMP-17/battery')).toMatchObject({ status: 409, text: 'ambiguous slug' })
    expect(world.arrivals).toEqual([])
  })
})

describe('answers', () => {
  test('carry the body limit and may be read by any page, but kept by no cache', async () => {
    const world = await stage({ bodiesKeep: 12_345 })
    for (const path of ['/ping/nightly-backup', '/ping/nobody', '/ping/new?create=1', '/ping/a/b/c']) {
      const { headers } = await world.get(path)
      expect(headers.get('ping-body-limit')).toBe('12345')
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    }
  })

  test.each(['full', 'closed'] as const)('what is %s is never a 200', async (outcome) => {
    const world = await stage()
    world.outcome = outcome
    for (const init of [{}, { method: 'POST', body: 'log' }]) {
      const reply = await world.get('/ping/nightly-backup', init)
      expect(reply.status).toBe(503)
      expect(reply.headers.get('retry-after')).toBe('5')
    }
    expect(counted(world)).toEqual([`signals_refused{${outcome}} 2`])
  })

  test('the arrival is stamped once, with the clock of the gateway', async () => {
    const world = await stage()
    await world.get(`/ping/nightly-backup?rid=${RID}`)
    expect(world.arrivals[0]?.signal).toMatchObject({ at: NOW, receivedAt: NOW, via: 'http' })
  })
})
