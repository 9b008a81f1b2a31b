// posix.c, and so overdue.h, against a real gateway: keys, kinds, wills, and connections that end at the worst moment.
import { readFileSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  EXAMPLES,
  Folder,
  heard,
  heardSoMany,
  isInstalled,
  KEY,
  KEYS,
  kinds,
  LOCKED,
  Running,
  run,
} from './firmware-stage.ts'
import { freePort, GatewayProcess } from './process.ts'

const folder = new Folder()
const PROGRAM = join(folder.path, 'overdue-beat')
const WITH_KEY = { OVERDUE_TOKEN: KEY }
const TYPES: Readonly<Record<string, number>> = { PUBLISH: 3, PUBACK: 4 }

/** Several processes start one after another. */
const PATIENCE = 60_000

beforeAll(async () => {
  if (!isInstalled('gcc')) return
  const flags = ['-std=c99', '-Wall', '-Wextra', '-Werror', '-pedantic', '-g', '-fsanitize=address,undefined']
  const built = await run('gcc', [...flags, '-o', PROGRAM, join(EXAMPLES, 'c/posix.c')])
  expect(built).toEqual({ code: 0, output: '' })
})
afterAll(() => folder[Symbol.dispose]())

describe.skipIf(!isInstalled('gcc'))('overdue-beat', () => {
  let gateway: GatewayProcess
  beforeAll(async () => {
    gateway = await new GatewayProcess(LOCKED).start()
  }, PATIENCE)
  afterAll(async () => await gateway?.[Symbol.asyncDispose]())

  it('is heard with its events, its numbers and its parts', async () => {
    const beat = (...args: readonly string[]) => run(PROGRAM, ['-p', String(gateway.mqttPort), ...args], WITH_KEY)
    const long = `"msg":"${'x'.repeat(300)}"`
    const delivered = { code: 0, output: '' }
    expect(await beat('pump-17', 'start')).toEqual(delivered)
    expect(await beat('-j', '"m":{"volts":3.71},"msg":"door open"', 'pump-17')).toEqual(delivered)
    expect(await beat('-j', long, 'pump-17', 'log')).toEqual(delivered)
    expect(await beat('pump-17', '3')).toEqual(delivered)
    expect(await beat('-n', '600', 'pump-17', 'bye')).toEqual(delivered)
    expect(await beat('pump-17/battery', 'fail')).toEqual(delivered)
    const signals = await heard(gateway)
    expect(kinds(signals)).toEqual(['start', 'ok', 'log', 'fail', 'bye'])
    expect(signals[1]).toMatchObject({ metrics: { volts: 3.71 }, message: 'door open' })
    expect(signals[2]?.message).toBe('x'.repeat(300))
    expect(signals[3]?.exit).toBe(3)
    expect(kinds(await heard(gateway, 'pump-17/battery'))).toEqual(['fail'])
    // Nobody waits for it.
    expect(await beat('-q', '0', 'pump-17/battery')).toEqual(delivered)
    expect(kinds(await heardSoMany(gateway, 2, 'pump-17/battery'))).toEqual(['fail', 'ok'])
  })

  it('is told that its key is none, and that nobody is there', async () => {
    const args = (name: string, port = gateway.mqttPort): string[] => ['-p', String(port), name]
    const refused = { code: 1, output: `127.0.0.1:${gateway.mqttPort}: the key is not one of this device\n` }
    expect(await run(PROGRAM, args('pump-19'), { OVERDUE_TOKEN: 'AAAAAAAAAAAAAAAAAAAAAA' })).toEqual(refused)
    expect(await run(PROGRAM, args('pump-19'), WITH_KEY)).toEqual(refused)
    expect(await run(PROGRAM, args('pump-19'))).toEqual(refused)
    expect(await heard(gateway, 'pump-19')).toEqual([])
    const port = await freePort()
    const lost = { code: 1, output: `127.0.0.1:${port}: no connection\n`.repeat(3) }
    expect(await run(PROGRAM, args('pump-19', port), WITH_KEY)).toEqual(lost)
  })

  it.each([[[]], [['-x', 'pump-17']], [['pump-17', 'ok', 'more']]])('says how it is used: %j', async (args) => {
    const { code, output } = await run(PROGRAM, args)
    expect([code, output]).toEqual([2, expect.stringContaining('usage: overdue-beat ')])
  })

  it('leaves a will when it is killed, and none when it is asked to end', async () => {
    const args = ['-p', String(gateway.mqttPort), '-b', join(folder.path, 'will'), '-i', '3600', 'pump-18']
    const env = { OVERDUE_TOKEN: KEYS['pump-18'] as string }
    await using polite = new Running(PROGRAM, args, env)
    await heardSoMany(gateway, 1, 'pump-18')
    expect(await polite.end('SIGTERM')).toBe(0)
    await using killed = new Running(PROGRAM, args, env)
    await heardSoMany(gateway, 2, 'pump-18')
    await killed.end('SIGKILL')
    expect(kinds(await heardSoMany(gateway, 3, 'pump-18'))).toEqual(['ok', 'ok', 'will'])
    expect((await gateway.get('/heartbeats/pump-18')).body).toMatchObject({ verdict: 'missed' })
    expect(readFileSync(join(folder.path, 'will'), 'utf8')).toBe('2\n')
  })
})

describe.skipIf(!isInstalled('gcc'))('overdue-beat, when the gateway ends', () => {
  it(
    'keeps its beats while the gateway is away, and delivers them with their age',
    async () => {
      await using gateway = await new GatewayProcess(LOCKED).start()
      const args = ['-p', String(gateway.mqttPort), '-b', join(folder.path, 'away'), '-i', '1', 'pump-17']
      await using device = new Running(PROGRAM, args, WITH_KEY)
      const before = (await heardSoMany(gateway, 1)).length
      await gateway.end('SIGTERM')
      // By the fourth try more than three seconds have passed, and so a beat was due.
      while (device.output.split('no connection').length < 5) await sleep(50)
      await gateway.start()
      const signals = await heardSoMany(gateway, before + 3)
      expect(await device.end('SIGTERM')).toBe(0)
      const ages = signals.map(({ at, receivedAt }) => Date.parse(receivedAt) - Date.parse(at))
      expect(Math.max(...ages)).toBeGreaterThanOrEqual(1_000)
      expect(kinds(signals).every((kind) => kind === 'ok')).toBe(true)
    },
    PATIENCE,
  )

  it.each(['PUBLISH', 'PUBACK'] as const)(
    'is counted once when its %s is lost with the gateway',
    { timeout: PATIENCE },
    async (packet) => {
      await using gateway = await new GatewayProcess(LOCKED).start()
      const between = await killAt(packet, gateway)
      const args = ['-p', String(between.port), '-b', join(folder.path, packet), '-i', '3600', 'pump-17']
      await using device = new Running(PROGRAM, args, WITH_KEY)
      while (between.passed() < 2) await sleep(20)
      expect(await device.end('SIGTERM')).toBe(0)
      between.server.close()
      expect(device.output.split('\n')[0]).toBe(`127.0.0.1:${between.port}: no connection`)
      expect(kinds(await heard(gateway))).toEqual(['ok'])
    },
  )
})

/** Stands between a device and its gateway. The first packet of this type it keeps, and starts the gateway anew after kill -9. */
async function killAt(
  packet: 'PUBLISH' | 'PUBACK',
  gateway: GatewayProcess,
): Promise<{ server: Server; port: number; passed(): number }> {
  let passed = 0
  let up: Promise<unknown> = Promise.resolve()
  const connectionTo = async (device: Socket): Promise<void> => {
    await up
    const server = connect(gateway.mqttPort, '127.0.0.1')
    const end = (): void => void [device, server].map((socket) => socket.destroy())
    const pass = (from: Socket, to: Socket, type: string): void => {
      from.on('error', end).on('close', end)
      from.on('data', (bytes: Buffer) => {
        const isIt = type === packet && (bytes[0] as number) >> 4 === TYPES[type]
        if (!isIt || ++passed > 1) return void to.write(bytes)
        up = gateway
          .end('SIGKILL')
          .then(end)
          .then(() => gateway.start())
      })
    }
    pass(device, server, 'PUBLISH')
    pass(server, device, 'PUBACK')
  }
  const server = createServer((device) => {
    device.on('error', () => {})
    connectionTo(device).catch(() => device.destroy())
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return { server, port, passed: () => passed }
}
