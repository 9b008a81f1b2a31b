// Foreign clients: Debian's mosquitto_pub, where it is installed, in each version of the protocol.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { openRoom, type Room } from './mqtt-room.ts'

const run = promisify(execFile)
const installed = isInstalled()
let room: Room
afterEach(async () => room?.ear.close())

for (const version of ['31', '311', '5']) {
  test.skipIf(!installed)(`mosquitto_pub -V ${version} is heard with every QoS, retained or not`, async () => {
    room = await openRoom()
    const common = ['-p', String(room.port), '-V', version, '-t', 'hb/pump-1']
    for (const qos of version === '5' ? ['0', '1', '1'] : ['0', '1', '2']) {
      await run('mosquitto_pub', [...common, '-q', qos, '-n'])
      await run('mosquitto_pub', [...common, '-q', qos, '-m', 'up', '-r'])
    }
    await room.arrived(6)
    expect(room.heard.every(({ name, signal }) => name === 'pump-1' && signal.kind === 'ok')).toBe(true)
    expect(room.counted('signals_retained_ignored')).toBe(3)
  })

  test.skipIf(!installed)(`mosquitto_pub -V ${version} that is killed leaves its will`, async () => {
    room = await openRoom()
    const common = ['-p', String(room.port), '-V', version, '-t', 'hb/pump-1', '-q', '1', '-l']
    const will = ['--will-topic', 'hb/pump-1/will', '--will-payload', '12', '--will-qos', '1']
    const device = spawn('mosquitto_pub', [...common, ...will])
    device.stdin.write('up\n')
    await room.arrived(1)
    device.kill('SIGKILL')
    await room.arrived(2)
    expect(room.told()).toEqual(['ok:pump-1', 'will:pump-1'])
    expect(room.heard[1]?.signal.boot).toBe(12)
  })
}

test.skipIf(!installed)('a client id that once ended the broker’s process does not', async () => {
  room = await openRoom()
  await run('mosquitto_pub', ['-p', String(room.port), '-i', 'constructor', '-t', 'hb/pump-1', '-q', '2', '-n'])
  expect(room.told()).toEqual(['ok:pump-1'])
})

function isInstalled(): boolean {
  try {
    return execFileSync('mosquitto_pub', ['--version'], { encoding: 'utf8' }).length > 0
  } catch (error) {
    // Some versions print their version and exit with 1.
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}
