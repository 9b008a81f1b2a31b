// The end of a process is not delayed by a gateway that is away, and what can be told before it is told.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { openRoom } from '../../gateway/test/mqtt-room.ts'
import { freePort } from '../../gateway/test/process.ts'
import type { Options } from '../src/options.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ends: (() => unknown)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

function start(what: string, options: Options): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts'), what, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  ends.push(() => child.kill('SIGKILL'))
  return child
}

async function run(what: string, options: Options): Promise<{ code: number | null; errors: string }> {
  const child = start(what, options)
  let errors = ''
  child.stderr?.on('data', (text) => (errors += String(text)))
  const [code] = await once(child, 'close')
  return { code: code as number | null, errors }
}

/** Takes connections, reads, and answers what it is told to. */
async function listener(answer?: string): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = []
  const sockets = new Set<Socket>()
  const server: Server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      heard.push(String(data).split(' ')[1] ?? '')
      if (answer !== undefined) socket.write(answer)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  ends.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as { port: number }).port, heard }
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'

describe('a job that ends', () => {
  it('has told everything before, without waiting for it anywhere', async () => {
    const { port, heard } = await listener(OK)
    expect(await run('run', { url: `http://127.0.0.1:${port}` })).toEqual({ code: 0, errors: '' })
    expect(heard.map((path) => path.replace(/\?.*/, ''))).toEqual(['/hb/job/start', '/hb/job/log', '/hb/job/ok'])
  })

  it('ends while the gateway refuses connections, and with its own exit code', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect(await run('run', { url })).toEqual({ code: 0, errors: '' })
    expect(await run('fail', { url })).toMatchObject({ code: 1, errors: expect.stringContaining('no space left') })
  })

  it.each(['http', 'mqtt'])('ends while the gateway takes a connection by %s and never answers', async (via) => {
    const { port } = await listener()
    const way = via === 'http' ? { url: `http://127.0.0.1:${port}` } : { mqtt: `mqtt://127.0.0.1:${port}` }
    expect(await run('run', { ...way, timeout: '1d', exitWithin: '50ms' })).toEqual({ code: 0, errors: '' })
    expect(await run('run', { ...way, timeout: '1d', exitWithin: 0 })).toEqual({ code: 0, errors: '' })
  })

  it('is not kept alive by an open connection, by beats, or by waiting for the next try', async () => {
    const room = await openRoom()
    ends.push(() => room.ear.close())
    expect(await run('idle', { mqtt: `mqtt://127.0.0.1:${room.port}`, user: 'job' })).toEqual({ code: 0, errors: '' })
    const { port } = await listener('HTTP/1.1 503 Service Unavailable\r\nRetry-After: 900\r\nContent-Length: 0\r\n\r\n')
    expect(await run('idle', { url: `http://127.0.0.1:${port}` })).toEqual({ code: 0, errors: '' })
  })
})

describe('the will', () => {
  it('is not told of a process that ends or exits, and is told of one that crashes or is killed', async () => {
    const room = await openRoom()
    ends.push(() => room.ear.close())
    const options = { mqtt: `mqtt://127.0.0.1:${room.port}`, will: true, boot: 7 }
    expect((await run('idle', options)).code).toBe(0)
    expect((await run('leave', options)).code).toBe(3)
    await room.arrived(2)
    expect((await run('crash', options)).code).toBe(1)
    await room.arrived(4)
    const child = start('work', options)
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
    child.kill('SIGKILL')
    await room.arrived(6)
    expect(room.told()).toEqual(['ok:job', 'ok:job', 'ok:job', 'will:job', 'ok:job', 'will:job'])
    expect(room.heard.map(({ signal }) => [signal.boot, signal.seq])).toEqual([
      [7, 1],
      [7, 1],
      [7, 1],
      [7, undefined],
      [7, 1],
      [7, undefined],
    ])
  })

  it('is taken back by a beat as soon as the gateway is heard again', async () => {
    const room = await openRoom()
    const child = start('work', { mqtt: `mqtt://127.0.0.1:${room.port}`, will: true })
    await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
    await room.ear.close()
    const back = await openRoom({ address: { host: '127.0.0.1', port: room.port } })
    ends.push(() => back.ear.close())
    await back.arrived(1)
    expect(back.heard[0]?.signal).toMatchObject({ kind: 'ok', seq: 2 })
  })
})
