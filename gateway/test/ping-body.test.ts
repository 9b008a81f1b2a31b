// Bodies of pings on raw sockets: kept, cut, dropped, stalled, endless, and none of them a reason to refuse the ping.
import { once } from 'node:events'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { LONGEST_READ, MOST_READ } from '../src/adapters/http-signal-body.ts'
import { counted, last, PING_KEY, type Stage, stage } from './ping-stage.ts'

const POST = 'POST /ping/nightly-backup HTTP/1.1\r\nHost: x\r\n'
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`
const MEGABYTE = 1024 * 1024

afterEach(() => vi.useRealTimers())

describe('a body', () => {
  it('is kept as it came, whatever its bytes and its type', async () => {
    const world = await stage()
    const bytes = Buffer.from([0, 0xff, 0xfe, 0x80, 13, 10, 0xc3, 0x28])
    const reply = await world.get('/ping/nightly-backup', {
      method: 'POST',
      headers: { 'content-type': 'application/x-nobody-knows; boundary=' },
      body: bytes,
    })
    expect(reply).toMatchObject({ status: 200, text: 'OK' })
    expect(last(world)).toEqual({ name: 'nightly-backup', kind: 'ok', bodySize: 8 })
    expect(world.arrivals[0]?.body).toEqual(new Uint8Array(bytes))
  })

  it.each(['GET', 'HEAD', 'POST'])('may come with %s, in chunks or in one piece', async (method) => {
    const world = await stage()
    const head = `${method} /ping/nightly-backup/fail HTTP/1.1\r\nHost: x\r\nConnection: close\r\n`
    await world.raw(`${head}Content-Length: 5\r\n\r\nhello`)
    await world.raw([`${head}Transfer-Encoding: chunked\r\n\r\n`, '2\r\nhe\r\n', '3\r\nllo\r\n', '0\r\n\r\n'])
    for (const arrival of world.arrivals) {
      expect(arrival.signal).toMatchObject({ kind: 'fail', bodySize: 5 })
      expect(Buffer.from(arrival.body as Uint8Array).toString()).toBe('hello')
    }
    expect(world.arrivals).toHaveLength(2)
  })

  it('says nothing of the signal: parameters of a form are only text', async () => {
    const world = await stage()
    const body = new URLSearchParams({ state: 'fail', rid: 'nonsense', create: '1' })
    expect(await world.get('/ping/nightly-backup?state=run', { method: 'POST', body })).toMatchObject({ status: 200 })
    expect(last(world)).toMatchObject({ kind: 'start', bodySize: 32 })
  })

  it('of no bytes is none', async () => {
    const world = await stage()
    const zero = `${POST}Content-Length: 0\r\n\r\n${CHUNKED}0\r\n\r\n${POST}Connection: close\r\n\r\n`
    expect((await world.raw(zero)).match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3)
    for (const arrival of world.arrivals) expect(Object.keys(arrival)).toEqual(['name', 'signal'])
  })

  it('is cut where the gateway keeps no more, and the connection goes on', async () => {
    const world = await stage({ bodiesKeep: 1000 })
    const long = Buffer.concat([Buffer.alloc(1000, 'a'), Buffer.alloc(9 * MEGABYTE, 'b')])
    const socket = await world.dial()
    for (let request = 1; request <= 2; request++) {
      socket.write(`${POST}Content-Length: ${long.length}\r\n\r\n`)
      socket.write(long)
      const [answer] = await once(socket, 'data')
      expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: keep-alive\r\n/)
      expect(world.arrivals).toHaveLength(request)
      expect(last(world)).toMatchObject({ bodySize: 1000 })
      expect(world.arrivals.at(-1)?.body?.every((byte) => byte === 97)).toBe(true)
    }
  })

  it('that curl announces is asked for', async () => {
    const world = await stage()
    const socket = await world.dial()
    socket.write(`${POST}Content-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n`)
    const [go] = await once(socket, 'data')
    expect(String(go)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
    expect(world.arrivals).toEqual([])
    socket.write('log')
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 200 OK/)
    expect(last(world)).toMatchObject({ bodySize: 3 })
  })

  it('of a ping that is refused is read over, and the next ping on the connection is heard', async () => {
    const world = await stage()
    const reply = await world.raw([
      `POST /ping/nobody HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello${POST}Connection: close\r\n\r\n`,
    ])
    expect(statuses(reply)).toEqual([404, 200])
    expect(counted(world)).toEqual(['signals_refused{unknown} 1', 'signals_accepted{http} 1'])
  })
})

describe('a body without end', () => {
  it.each([
    ['one that says its length', `${POST}Content-Length: 99000000000\r\n\r\n`, ''],
    ['chunks', CHUNKED, `${MEGABYTE.toString(16)}\r\n`],
  ])('is answered after 10 MB, and the answer can be read: %s', async (_, head, mark) => {
    const world = await stage()
    const { answer, sent } = await pour(world, head, mark)
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\nOK$/)
    expect(sent).toBeGreaterThanOrEqual(MOST_READ / MEGABYTE)
    expect(last(world)).toMatchObject({ kind: 'ok', bodySize: 100_000 })
    expect(world.holds).toEqual(['hold nightly-backup', 'release nightly-backup'])
  })

  it('is not acknowledged when it is not on disk', async () => {
    const world = await stage()
    world.outcome = 'full'
    const { answer } = await pour(world, CHUNKED, `${MEGABYTE.toString(16)}\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 503 .*\r\n(?:.+\r\n)*Retry-After: 5\r\n/)
    expect(counted(world)).toEqual(['signals_refused{full} 1'])
  })
})

describe('a body that stalls', () => {
  it('counts with what came, before anybody is judged late for it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = await stage()
    const socket = await world.dial()
    socket.write(`${POST}Content-Length: 100\r\n\r\nonly this`)
    while (world.holds.length === 0) await new Promise(setImmediate)
    const answered = once(socket, 'data')
    // The rest of the head's packet is read by now; the rest of the body never comes.
    await new Promise(setImmediate)
    vi.advanceTimersByTime(LONGEST_READ)
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*Connection: close\r\n/)
    expect(last(world)).toMatchObject({ kind: 'ok', bodySize: 9 })
    expect(world.holds).toEqual(['hold nightly-backup', 'release nightly-backup'])
    const closed = once(socket, 'close')
    vi.advanceTimersByTime(LONGEST_READ)
    await closed
  })

  it('that is then finished ends the connection at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const world = await stage()
    const socket = await world.dial()
    socket.write(`${POST}Content-Length: 100\r\n\r\n`)
    while (world.holds.length === 0) await new Promise(setImmediate)
    vi.advanceTimersByTime(LONGEST_READ)
    await once(socket, 'data')
    const closed = once(socket, 'close')
    socket.write(Buffer.alloc(100))
    await closed
    expect(world.arrivals).toHaveLength(1)
  })
})

describe('while a body comes', () => {
  it('a connection that breaks leaves a signal, with what came', async () => {
    const world = await stage()
    for (const head of [`${POST}Content-Length: 100\r\n\r\nhalf`, `${CHUNKED}64\r\nhalf`]) {
      const socket = await world.dial()
      socket.write(head)
      const held = world.holds.length
      while (world.holds.length === held) await new Promise(setImmediate)
      socket.resetAndDestroy()
      await world.arrived(held / 2 + 1)
      expect(last(world)).toMatchObject({ name: 'nightly-backup', kind: 'ok' })
      expect(world.holds.slice(held)).toEqual(['hold nightly-backup', 'release nightly-backup'])
    }
  })

  it('its heartbeat is held, and let go only after the signal is handed over', async () => {
    const world = await stage()
    const socket = await world.dial()
    socket.write(`${POST}Content-Length: 4\r\n\r\nha`)
    while (world.holds.length === 0) await new Promise(setImmediate)
    expect(world.arrivals).toEqual([])
    socket.write('lf')
    await once(socket, 'data')
    expect(world.arrivals).toHaveLength(1)
    expect(world.holds).toEqual(['hold nightly-backup', 'release nightly-backup'])
  })

  it('a heartbeat that is removed is not pinged any more', async () => {
    const world = await stage()
    const reply = await slowly(world, POST, () => world.names.delete('nightly-backup'))
    expect(statuses(reply)).toEqual([404])
    expect(world.arrivals).toEqual([])
  })

  it('a heartbeat that somebody else makes is not made twice', async () => {
    const world = await stage()
    const head = `POST /ping/${PING_KEY}/new?create=1 HTTP/1.1\r\nHost: x\r\n`
    expect(statuses(await slowly(world, head, () => world.names.add('new')))).toEqual([200])
    expect(world.arrivals[0]?.create).toBeUndefined()
    const clash = head.replace('new', 'newer')
    expect(statuses(await slowly(world, clash, () => world.names.add('Newer')))).toEqual([409])
  })
})

/** Sends the head and a part of the body, lets something happen, and sends the rest. */
async function slowly(world: Stage, head: string, meanwhile: () => void): Promise<string> {
  const socket = await world.dial()
  socket.write(`${head}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`)
  await once(socket, 'data')
  meanwhile()
  socket.write('body')
  const [answer] = await once(socket, 'data')
  return String(answer)
}

/** Sends megabytes until an answer comes, then ends; all that came back, and how many were sent. */
async function pour(world: Stage, head: string, mark: string): Promise<{ answer: string; sent: number }> {
  const socket = await world.dial()
  let answer = ''
  let sent = 0
  socket.on('data', (bytes) => (answer += String(bytes)))
  socket.write(head)
  const megabyte = Buffer.concat([Buffer.from(mark), Buffer.alloc(MEGABYTE, 'x'), Buffer.from(mark && '\r\n')])
  while (!answer.endsWith('OK') && !answer.endsWith('again')) {
    if (!socket.write(megabyte)) await once(socket, 'drain')
    sent++
    await new Promise(setImmediate)
  }
  socket.destroy()
  return { answer, sent }
}

function statuses(reply: string): number[] {
  return [...reply.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))
}
