// MQTT 5 by clients that nobody here wrote: mosquitto, Paho for Python and for C, and MQTT.js.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { connectAsync } from 'mqtt'
import { afterEach, describe, expect, test } from 'vitest'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { openRoom, type Room } from './mqtt-room.ts'

const run = promisify(execFile)
let room: Room
afterEach(async () => room?.ear.close())

const PASSWORDS: Readonly<Record<string, string>> = { 'pump-1': 'first', 'pump-2': 'second' }
const authenticate = (user: string, password: Uint8Array) =>
  PASSWORDS[user] === Buffer.from(password).toString() ? { user, grant: 'key' } : undefined

function mosquitto(...more: readonly string[]): Promise<{ stderr: string }> {
  return run('mosquitto_pub', ['-p', String(room.port), '-V', '5', '-q', '1', ...more])
}

describe.skipIf(!isThere('mosquitto_pub'))('mosquitto_pub -V 5', () => {
  test('sends user properties, and has its password looked at', async () => {
    room = await openRoom({ authenticate })
    const own = ['-u', 'pump-1', '-P', 'first', '-t', 'hb/pump-1']
    const properties = ['age', '42', 'boot', '9', 'seq', '412', 'rid', 'r1']
    const pairs = [0, 2, 4, 6].flatMap((at) => ['-D', 'PUBLISH', 'user-property', ...properties.slice(at, at + 2)])
    await mosquitto(...own, '-m', 'up', ...pairs, '-D', 'PUBLISH', 'message-expiry-interval', '60')
    expect(room.heard[0]?.signal).toMatchObject({ boot: 9, seq: 412, run: 'r1' })
    await expect(mosquitto('-u', 'pump-1', '-P', 'wrong', '-t', 'hb/pump-1', '-n')).rejects.toMatchObject({
      stderr: expect.stringMatching(/not authori[sz]ed/i),
    })
    const foreign = await mosquitto('-u', 'pump-2', '-P', 'second', '-t', 'hb/pump-1', '-n')
    expect(foreign.stderr).toMatch(/Publish 1 failed: Not authorized/i)
    expect(room.told()).toEqual(['ok:pump-1'])
  })

  test('is refused QoS 2 by what was promised at the beginning', async () => {
    room = await openRoom()
    const { stderr } = await mosquitto('-q', '2', '-t', 'hb/pump-1', '-n')
    expect(stderr).toMatch(/Message QoS not supported/)
    expect(room.heard).toEqual([])
  })
})

const PAHO = `
import sys, json
import paho.mqtt.client as mqtt
from paho.mqtt.properties import Properties
from paho.mqtt.packettypes import PacketTypes
port, version = int(sys.argv[1]), int(sys.argv[2])
said = {}
client = mqtt.Client('pump-1', protocol=version)
client.username_pw_set('pump-1', sys.argv[3])
def on_connect(client, data, flags, code, properties=None):
    said['connect'] = str(code)
    if said['connect'] not in ('0', 'Success'): return client.disconnect()
    more = {}
    if version == 5:
        more['properties'] = Properties(PacketTypes.PUBLISH)
        more['properties'].UserProperty = [('seq', '7'), ('boot', '2')]
    for n in range(30): client.publish('hb/pump-1', '', qos=1, **(more if n == 0 else {}))
left = [30]
def on_publish(client, data, mid):
    left[0] -= 1
    if left[0] == 0: client.disconnect()
client.on_connect = on_connect
client.on_publish = on_publish
client.will_set('hb/pump-1/will', '3', qos=1)
client.connect('127.0.0.1', port, 30)
client.loop_forever()
print(json.dumps({**said, 'left': left[0]}))
`

/** Debian's own: it has the module. */
const PYTHON = '/usr/bin/python3'

describe.skipIf(!isThere(PYTHON, '-c', 'import paho.mqtt.client'))('Paho for Python', () => {
  test.each(['4', '5'])('version %s: thirty beats, each acknowledged once', async (version) => {
    room = await openRoom({ authenticate })
    const { stdout } = await run(PYTHON, ['-c', PAHO, String(room.port), version, 'first'])
    expect(JSON.parse(stdout)).toEqual({ connect: version === '5' ? 'Success' : '0', left: 0 })
    expect(room.heard).toHaveLength(30)
    if (version === '5') expect(room.heard[0]?.signal).toMatchObject({ seq: 7, boot: 2 })
    const wrong = await run(PYTHON, ['-c', PAHO, String(room.port), version, 'wrong'])
    expect(JSON.parse(wrong.stdout)).toEqual({ connect: version === '5' ? 'Not authorized' : '5', left: 30 })
  })
})

describe.skipIf(!isThere('paho_c_pub'))('Paho for C', () => {
  test.each(['31', '311', '5'])('version %s beats, and leaves its will when it is killed', async (version) => {
    room = await openRoom({ authenticate })
    const will = ['--will-topic', 'hb/pump-1/will', '--will-payload', '5', '--will-qos', '1']
    const own = ['-u', 'pump-1', '-P', 'first', '-p', String(room.port), '-V', version, '-q', '1', '-t', 'hb/pump-1']
    await run('paho_c_pub', [...own, '-m', 'up'])
    const device = spawn('paho_c_pub', [...own, ...will])
    device.stdin.write('up\n')
    await room.arrived(2)
    device.kill('SIGKILL')
    await room.arrived(3)
    expect(room.told()).toEqual(['ok:pump-1', 'ok:pump-1', 'will:pump-1'])
    expect(room.heard[2]?.signal.boot).toBe(5)
  })
})

describe('MQTT.js', () => {
  test('learns why a publish was not taken, and is told of nothing that it may not hear', async () => {
    room = await openRoom({ authenticate })
    const client = await connectAsync(`mqtt://127.0.0.1:${room.port}`, {
      ...{ protocolVersion: 5, username: 'pump-1', password: 'first', clientId: 'js', reconnectPeriod: 0 },
    })
    await client.publishAsync('hb/pump-1', 'up', { qos: 1, properties: { userProperties: { seq: '1' } } })
    await expect(client.publishAsync('hb/pump-2', 'up', { qos: 1 })).rejects.toMatchObject({ code: 0x87 })
    await expect(client.subscribeAsync('hb/#')).rejects.toThrow(/Not authorized/)
    await client.subscribeAsync('hbstate/pump-1/#', { qos: 1 })
    expect(room.told()).toEqual(['ok:pump-1'])
    await client.endAsync()
  })

  test('is told that another has its place', async () => {
    room = await openRoom()
    const options = { protocolVersion: 5, clientId: 'js', reconnectPeriod: 0 } as const
    const first = await connectAsync(`mqtt://127.0.0.1:${room.port}`, options)
    const told = new Promise((resolve) => first.once('disconnect', resolve))
    const second = await connectAsync(`mqtt://127.0.0.1:${room.port}`, options)
    expect(await told).toMatchObject({ reasonCode: 0x8e })
    await second.endAsync()
  })
})

function isThere(command: string, ...args: readonly string[]): boolean {
  try {
    execFileSync(command, args.length === 0 ? ['--version'] : args, { stdio: 'ignore' })
    return true
  } catch (error) {
    // Some print their version and exit with 1; a module that is missing, too, is an exit with 1.
    return args.length === 0 && (error as NodeJS.ErrnoException).code !== 'ENOENT'
  }
}

test('whom a rule trusts to speak for its devices subscribes to them, and nobody else does', async () => {
  const adopt = [{ topics: ['zigbee2mqtt/#'], from: ['pump-1'] }]
  room = await openRoom({ authenticate, live: { create: 'auto', defaults: DEFAULT_TERMS, adopt } })
  const granted = async (username: string): Promise<unknown> => {
    const password = PASSWORDS[username] as string
    const client = await connectAsync(`mqtt://127.0.0.1:${room.port}`, { username, password, reconnectPeriod: 0 })
    const [grant] = await client.subscribeAsync('zigbee2mqtt/lamp/set', { qos: 1 }).catch(() => [{ qos: 128 }])
    await client.endAsync()
    return grant?.qos
  }
  expect([await granted('pump-1'), await granted('pump-2')]).toEqual([1, 128])
})
