// Pings byte by byte: the odd requests that libraries, proxies and microcontrollers send, and answers to the letter.
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { counted, last, NOW, PING_KEY, stage } from './ping-stage.ts'

const CLOSE = 'HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

describe('a request', () => {
  it.each([
    ['HTTP/1.0 without a host', 'GET /ping/nightly-backup HTTP/1.0\r\n\r\n', 'ok'],
    ['HTTP/1.0 with a body', 'POST /ping/nightly-backup/fail HTTP/1.0\r\nContent-Length: 3\r\n\r\nlog', 'fail'],
    ['with an absolute URL, as through a proxy', `GET http://gateway:8080/ping/nightly-backup/start ${CLOSE}`, 'start'],
    ['with an absolute URL and a query', `GET http://gateway/hb/nightly-backup?state=fail ${CLOSE}`, 'fail'],
    ['with percent-encoded letters', `GET /ping/nightly%2Dbackup/%66ail ${CLOSE}`, 'fail'],
    [
      'that asks for HTTP/2',
      `GET /ping/nightly-backup HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, close\r\n\r\n`,
      'ok',
    ],
    ['with bare line ends after its head', `GET /ping/nightly-backup ${CLOSE}\r\n\r\n`, 'ok'],
    [
      'POST with its parameters in the query',
      `POST /ping/nightly-backup?state=fail HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      'fail',
    ],
  ])('%s is understood', async (_, request, kind) => {
    const world = await stage()
    const reply = await world.raw(request)
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(reply.slice(reply.indexOf('\r\n\r\n'))).toBe('\r\n\r\nOK')
    expect(last(world)).toMatchObject({ name: 'nightly-backup', kind })
    expect(world.arrivals).toHaveLength(1)
  })

  it.each([
    ['HTTP/1.1 without a host', 'GET /ping/nightly-backup HTTP/1.1\r\n\r\n', 400],
    ['with a space in its query', `GET /ping/nightly-backup?msg=all good ${CLOSE}`, 400],
    ['with letters that are not percent-encoded', `GET /ping/nightly-backup?msg=gr\xf6\xdfer ${CLOSE}`, 400],
    ['with a fragment', `GET /ping/nightly-backup#now ${CLOSE}`, 400],
    [
      'with two lengths',
      'POST /ping/nightly-backup HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      400,
    ],
    [
      'with a length and chunks',
      'POST /ping/nightly-backup HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    ['with a head of more than 32 kB', `GET /ping/nightly-backup?msg=${'x'.repeat(33_000)} ${CLOSE}`, 431],
  ])('%s is refused, and heard by nobody', async (_, request, status) => {
    const world = await stage()
    const reply = await world.raw(request)
    expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(world.arrivals).toEqual([])
  })

  it.each(['//ping/nightly-backup', '/PING/nightly-backup', '/%70ing/nightly-backup', '*', 'http://x'])(
    'for %s is left to the framework',
    async (path) => {
      const world = await stage()
      expect(await world.raw(`OPTIONS ${path} ${CLOSE}`)).toMatch(/^HTTP\/1\.1 (404 .*framework|400 )/s)
      expect(world.arrivals).toEqual([])
    },
  )
})

it('a message is kept up to 2000 characters of any script', async () => {
  const world = await stage()
  const message = '心'.repeat(2000)
  const reply = await world.raw(`GET /ping/nightly-backup?msg=${encodeURIComponent(message)} ${CLOSE}`)
  expect(reply).toMatch(/^HTTP\/1\.1 200 OK/)
  expect(last(world)).toMatchObject({ message })
})

describe('an answer', () => {
  it('is these bytes, but for the date', async () => {
    const world = await stage()
    const reply = await world.raw(`GET /ping/nightly-backup ${CLOSE}`)
    expect(reply.replace(/Date: .+\r\n/, '').split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Length: 2',
      'Cache-Control: no-store',
      'Access-Control-Allow-Origin: *',
      'Ping-Body-Limit: 100000',
      'Connection: close',
      '',
      'OK',
    ])
  })

  it('to HEAD has the head of the same answer and no body', async () => {
    const world = await stage()
    for (const [path, head] of [
      ['nightly-backup', '200 OK\r\n.*Content-Length: 2'],
      ['new?create=1', '201 Created\r\n.*Content-Length: 7'],
      ['nobody', '404 Not Found\r\n.*Content-Length: 9'],
    ]) {
      const reply = await world.raw(`HEAD /ping/${path} ${CLOSE}`)
      expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${head}\r\n.*\r\n\r\n$`, 's'))
    }
    expect(world.arrivals.map(({ name }) => name)).toEqual(['nightly-backup', 'new'])
  })

  it('never lets a good answer look like a bad one to those who search its text', async () => {
    const world = await stage()
    for (const path of ['nightly-backup', 'made?create=1', 'nightly-backup/3?msg=not+found', 'nightly-backup/log']) {
      const { status, text } = await world.get(`/ping/${path}`)
      expect([path, [200, 201].includes(status), text]).toEqual([path, true, status === 201 ? 'Created' : 'OK'])
    }
  })

  it('comes in the order of the requests when they are sent without waiting', async () => {
    const world = await stage()
    const ping = (path: string, more = ''): string => `POST ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
    const reply = await world.raw(
      [
        ping('/ping/nightly-backup/start'),
        `${ping('/ping/nobody', 'Content-Length: 3\r\n')}log`,
        ping(`/ping/${PING_KEY}/new?create=1`),
        `${ping('/ping/nightly-backup/7', 'Transfer-Encoding: chunked\r\n')}3\r\nlog\r\n0\r\n\r\n`,
        ping('/ping/nightly-backup?rid=1', 'Connection: close\r\n'),
      ].join(''),
    )
    expect([...reply.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual([
      '200',
      '404',
      '201',
      '200',
      '400',
    ])
    expect(world.arrivals.map(({ name, signal }) => `${name} ${signal.kind}`)).toEqual([
      'nightly-backup start',
      'new ok',
      'nightly-backup fail',
    ])
  })

  it('keeps the connection for the next ping', async () => {
    const world = await stage()
    const socket = await world.dial()
    for (let count = 1; count <= 3; count++) {
      socket.write('GET /ping/nightly-backup HTTP/1.1\r\nHost: x\r\n\r\n')
      expect(String((await once(socket, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 OK/)
    }
    expect(counted(world)).toEqual(['signals_accepted{http} 3'])
  })
})

describe('keys that could be mistaken', () => {
  it('a ping key may look like a UUID', async () => {
    const uuidLike = 'A1B2C3D4-0000-4000-8000-000000000001'
    const world = await stage({ open: () => false, pingKey: uuidLike })
    for (const base of [`/ping/${uuidLike}`, `/${uuidLike}`]) {
      expect(await world.get(`${base}/nightly-backup`)).toMatchObject({ status: 200 })
      expect(await world.get(base)).toMatchObject({ status: 404, text: 'not found' })
    }
  })

  it('a name of 22 characters that could be a key is made only on request, by those who may', async () => {
    const name = 'weekly-report-emailing'
    const bearer = { headers: { authorization: `bearer ${PING_KEY}` } }
    const open = await stage({ create: true })
    expect(await open.get(`/ping/${name}`)).toMatchObject({ status: 404 })
    expect(await open.get(`/ping/${name}?create=1`)).toMatchObject({ status: 201 })
    expect(await open.get(`/ping/${name}`)).toMatchObject({ status: 200 })
    const closed = await stage({ open: () => false })
    expect(await closed.get(`/ping/${name}?create=1`)).toMatchObject({ status: 404 })
    expect(await closed.get(`/ping/${name}?create=1`, bearer)).toMatchObject({ status: 201 })
  })
})

describe('a silence by URL', () => {
  it.each([
    ['/hb/nightly-backup/silence', 60],
    ['/ping/pump-17/battery/silence?for=90m&msg=new+battery', 90],
    ['/ping/{key}/silence?for=120', 2],
    ['/{uuid}/silence?for=31d', 44_640],
    [`/ping/${PING_KEY}/nightly-backup/silence?for=`, 60],
    ['/ping/nightly-backup/silence?for=0s', 0],
    ['/ping/nightly-backup/silence?for=0', 0],
  ])('%s lasts %i minutes', async (path, minutes) => {
    const world = await stage()
    const [key, uuid] = [world.keys.keyOf('nightly-backup'), world.keys.uuidOf('nightly-backup')]
    const reply = await world.raw(`HEAD ${path.replace('{key}', `${key}`).replace('{uuid}', `${uuid}`)} ${CLOSE}`)
    expect(reply).toMatch(/^HTTP\/1\.1 200 OK/)
    const [{ name, from, lasts } = { name: '', from: 0, lasts: 0 }, ...more] = world.silences
    expect([from, lasts / 60_000, more]).toEqual([NOW, minutes, []])
    expect(name).toBe(path.includes('pump-17') ? 'pump-17/battery' : 'nightly-backup')
    // It is no signal.
    expect([world.arrivals, counted(world)]).toEqual([[], []])
  })

  it.each([
    ['/ping/nightly-backup/silence?for=59s', 400, 'for: expected 1m to 31d, or 0s to end it, got "59s"'],
    ['/ping/nightly-backup/silence?for=32d', 400, 'for: expected 1m to 31d, or 0s to end it, got "32d"'],
    ['/ping/nightly-backup/silence?for=soon', 400, 'for: expected 1m to 31d, or 0s to end it, got "soon"'],
    ['/ping/nobody/silence?create=1', 404, 'not found'],
    ['/ping/FRIDGE/silence', 409, 'ambiguous slug'],
    ['/ping/weekly-report-emailing/silence?create=1', 404, 'not found'],
  ])('%s is answered %i', async (path, status, text) => {
    const world = await stage({ create: true })
    expect(await world.get(path)).toMatchObject({ status, text })
    expect([world.silences, world.names.size]).toEqual([[], 3])
  })

  it('needs the rights of a ping, and is acknowledged when it is on disk', async () => {
    const world = await stage({ open: () => false })
    expect(await world.get('/ping/nightly-backup/silence')).toMatchObject({ status: 401 })
    const other = { headers: { authorization: `Bearer ${world.keys.keyOf('Fridge')}` } }
    expect(await world.get('/ping/nightly-backup/silence', other)).toMatchObject({ status: 401 })
    expect(world.silences).toEqual([])
    const bearer = { headers: { authorization: `Bearer ${PING_KEY}` } }
    expect(await world.get('/ping/nightly-backup/silence', bearer)).toMatchObject({ status: 200 })
    world.outcome = 'full'
    const refused = await world.get('/ping/nightly-backup/silence', bearer)
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect(counted(world)).toEqual(['signals_refused{key} 2', 'signals_refused{full} 1'])
  })
})
