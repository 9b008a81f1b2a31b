// main.py of the Pico W against a real gateway: the same file under CPython, and under MicroPython where that is installed.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXAMPLES, Folder, heard, isInstalled, KEYS, kinds, LOCKED, run } from './firmware-stage.ts'
import { freePort, GatewayProcess } from './process.ts'

const MAIN = join(EXAMPLES, 'micropython/main.py')
const MICROPYTHON = pathOf('@micropython/micropython-webassembly-pyscript/micropython.mjs')

let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await new GatewayProcess(LOCKED).start()
}, 60_000)
afterAll(async () => await gateway?.[Symbol.asyncDispose]())

describe.skipIf(!isInstalled('python3'))('main.py under CPython', () => {
  it('beats, says when it will beat again, and remembers its starts', async () => {
    using folder = new Folder()
    const device = python(folder, config('pump-17', gateway.mqttPort))
    expect(await device()).toEqual({ code: 0, output: '' })
    expect(await device()).toEqual({ code: 0, output: '' })
    await expectTwoWakings('pump-17')
    expect(readFileSync(join(folder.path, 'starts.txt'), 'utf8')).toBe('2')
  })

  it('says why it could not', async () => {
    using folder = new Folder()
    const refused = await python(folder, config('pump-19', gateway.mqttPort, 'AAAAAAAAAAAAAAAAAAAAAA'))()
    expect(refused).toEqual({ code: 1, output: 'no beat: the gateway refuses: 5\n'.repeat(3) })
    const { code, output } = await python(folder, config('pump-19', await freePort()))()
    expect([code, output]).toEqual([1, expect.stringMatching(/^(no beat: .*refused\n){3}$/)])
    expect(await heard(gateway, 'pump-19')).toEqual([])
  })
})

describe.skipIf(MICROPYTHON === undefined)('main.py under MicroPython', () => {
  it('does the same', async () => {
    const said = [await micropython(config('pump-18', gateway.mqttPort), 0)]
    said.push(await micropython(config('pump-18', gateway.mqttPort), 1))
    expect(said).toEqual(['exit 0', 'exit 0'])
    await expectTwoWakings('pump-18')
  })

  it('says why it could not', async () => {
    const said = await micropython(config('pump-19', gateway.mqttPort, 'AAAAAAAAAAAAAAAAAAAAAA'), 0)
    expect(said).toBe(`${'no beat: the gateway refuses: 5\n'.repeat(3)}exit 1`)
  })
})

/** An ok and a bye of each start, and the silence after them expected. */
async function expectTwoWakings(name: string): Promise<void> {
  expect(kinds(await heard(gateway, name))).toEqual(['ok', 'bye', 'ok', 'bye'])
  const { body } = await gateway.get(`/heartbeats/${name}`)
  const { lastSignalAt, dueAt, verdict } = body as Record<string, string>
  expect(verdict).toBe('ok')
  expect(Date.parse(dueAt as string) - Date.parse(lastSignalAt as string)).toBe(1_800_000)
}

function config(device: string, port: number, key = KEYS[device]): string {
  return `HOST = "127.0.0.1"\nPORT = ${port}\nDEVICE = "${device}"\nKEY = "${key}"\nEVERY = 1800\n`
}

function python(folder: Folder, text: string): () => Promise<{ code: number | null; output: string }> {
  cpSync(MAIN, join(folder.path, 'main.py'))
  writeFileSync(join(folder.path, 'config.py'), text)
  return () => run('python3', ['-B', 'main.py'], {}, folder.path)
}

/** What it printed; `starts` is what an earlier start has left. */
async function micropython(text: string, starts: number): Promise<string> {
  const { port1, port2 } = new MessageChannel()
  const bell = new Int32Array(new SharedArrayBuffer(4))
  const files: Record<string, string> = {
    'main.py': readFileSync(MAIN, 'utf8'),
    'config.py': text,
    'socket.py': SOCKET,
    ...(starts > 0 && { 'starts.txt': String(starts) }),
  }
  const worker = new Worker(join(import.meta.dirname, 'firmware-micropython-worker.ts'), {
    workerData: { module: MICROPYTHON, files, port: port2, bell },
    transferList: [port2],
  })
  const wire = new Wire()
  port1.on('message', async ([verb, ...args]: readonly [keyof Wire, ...unknown[]]) => {
    const answer = await (wire[verb] as (...args: readonly unknown[]) => Promise<string>)
      .apply(wire, args)
      .catch((error: Error) => `!${error.message}`)
    port1.postMessage(answer)
    Atomics.store(bell, 0, 1)
    Atomics.notify(bell, 0)
  })
  try {
    return await new Promise<string>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  } finally {
    port1.close()
    await worker.terminate()
    await wire.close()
  }
}

/** The one socket of a device, and what it has not read yet. */
class Wire {
  #socket: Socket | undefined
  #chunks: AsyncIterator<Buffer> | undefined
  #unread: Buffer = Buffer.alloc(0)

  async open(host: string, port: number): Promise<string> {
    await this.close()
    const socket = connect(port, host)
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    this.#socket = socket
    this.#chunks = (socket as AsyncIterable<Buffer>)[Symbol.asyncIterator]()
    return ''
  }

  async send(hex: string): Promise<string> {
    this.#socket?.write(Buffer.from(hex, 'hex'))
    return ''
  }

  async recv(length: number): Promise<string> {
    if (this.#unread.length === 0) this.#unread = (await this.#chunks?.next())?.value ?? this.#unread
    const piece = this.#unread.subarray(0, length)
    this.#unread = this.#unread.subarray(length)
    return piece.toString('hex')
  }

  async close(): Promise<string> {
    this.#socket?.end()
    this.#unread = Buffer.alloc(0)
    return ''
  }
}

/** The module that MicroPython has on a board and not in a worker. */
const SOCKET = `
import binascii
import wire

SOCK_STREAM = 1


def getaddrinfo(host, port, family=0, kind=0):
    return [(2, kind, 0, "", (host, port))]


class socket:
    def __init__(self, family=2, kind=1, protocol=0):
        pass

    def settimeout(self, seconds):
        pass

    def connect(self, address):
        done(wire.open(*address))

    def send(self, data):
        done(wire.send(binascii.hexlify(data).decode()))
        return len(data)

    def recv(self, length):
        return binascii.unhexlify(done(wire.recv(length)))

    def close(self):
        done(wire.close())


def done(answer):
    if answer[:1] == "!":
        raise OSError(answer[1:])
    return answer
`

function pathOf(module: string): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(module)
  } catch {
    return undefined
  }
}
