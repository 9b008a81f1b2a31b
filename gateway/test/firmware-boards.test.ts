// The examples for boards, built for this machine with stand-ins for what their vendors have, and run against a real gateway.
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EXAMPLES, Folder, heard, heardSoMany, isInstalled, kinds, Running, run } from './firmware-stage.ts'
import { GatewayProcess } from './process.ts'

const KEY = 'mTJb1zHYRUyp2u8iE6Kc0w'
const STRICT = ['-Wall', '-Wextra', '-Werror', '-g', '-fsanitize=address,undefined', '-I', join(EXAMPLES, 'c')]
const C99 = ['-std=gnu99', ...STRICT]
/** The gateway of each example, by its device's name: `pump-17` stands in their sources. */
const BOARDS = ['esp32', 'esp8266', 'idf', 'zephyr', 'freertos']
const CONFIG = `signals: { open: false }
heartbeats:
${BOARDS.map((name, index) => `  - { name: ${name}, every: 1h, key: ${keyOf(index)}, will: down }`).join('\n')}
`

let gateway: GatewayProcess
beforeAll(async () => {
  gateway = await new GatewayProcess(CONFIG).start()
}, 60_000)
afterAll(async () => await gateway?.[Symbol.asyncDispose]())

describe.skipIf(!isInstalled('g++'))('the Arduino sketch', () => {
  it.each([
    ['esp32', []],
    ['esp8266', ['-DESP8266']],
  ])('of an %s beats with its voltage, says when it will beat again, and sleeps', async (name, flags) => {
    using folder = new Folder()
    writeFileSync(join(folder.path, 'sketch.ino'), sourceFor(name, 'arduino/pump/pump.ino'))
    const program = join(folder.path, 'sketch')
    const stands = standIns('arduino')
    const args = [...STRICT, ...flags, '-I', folder.path, '-I', stands, '-o', program, join(stands, 'main.cpp')]
    expect(await run('g++', args)).toEqual({ code: 0, output: '' })
    const device = await run(program, [], { OVERDUE_TEST_PORT: String(gateway.mqttPort) })
    expect(device).toEqual({ code: 0, output: 'sleeps 600 s\n' })
    const signals = await heard(gateway, name)
    expect(kinds(signals)).toEqual(['ok', 'bye'])
    expect(signals[0]?.metrics).toEqual({ volts: 3.71 })
    const { body } = await gateway.get(`/heartbeats/${name}`)
    const { dueAt, lastSignalAt } = body as Record<'dueAt' | 'lastSignalAt', string>
    expect(Date.parse(dueAt) - Date.parse(lastSignalAt)).toBe(600_000)
  })
})

describe.skipIf(!isInstalled('gcc'))('what runs on and on', () => {
  it('is the ESP-IDF component', async () => {
    using folder = new Folder()
    const component = join(EXAMPLES, 'esp-idf/components/overdue')
    const sources = [join(component, 'overdue_component.c'), join(EXAMPLES, 'esp-idf/main/main.c')]
    const includes = ['-I', standIns('esp-idf'), '-I', join(component, 'include')]
    await beatsAndLeavesAWill('idf', folder, [
      ...configOf('idf'),
      ...includes,
      ...sources,
      join(standIns('esp-idf'), 'main.c'),
    ])
  })

  it('is the sample for Zephyr', async () => {
    using folder = new Folder()
    const sources = [join(EXAMPLES, 'zephyr/src/main.c')]
    // The header of the sample declares a handler that only Zephyr calls.
    await beatsAndLeavesAWill('zephyr', folder, [
      ...configOf('zephyr'),
      '-Wno-unused',
      '-I',
      standIns('zephyr'),
      ...sources,
    ])
  })

  it('is the task of FreeRTOS', async () => {
    using folder = new Folder()
    const source = sourceFor('freertos', 'freertos/beat_task.c').replace('PORT = 1883', `PORT = ${gateway.mqttPort}`)
    writeFileSync(join(folder.path, 'beat_task.c'), source)
    cpSync(join(EXAMPLES, 'freertos/overdue_freertos.h'), join(folder.path, 'overdue_freertos.h'))
    const sources = [join(folder.path, 'beat_task.c'), join(standIns('freertos'), 'main.c')]
    await beatsAndLeavesAWill('freertos', folder, ['-I', standIns('freertos'), ...sources])
  })
})

async function beatsAndLeavesAWill(name: string, folder: Folder, args: readonly string[]): Promise<void> {
  const program = join(folder.path, 'program')
  expect(await run('gcc', [...C99, '-o', program, ...args])).toEqual({ code: 0, output: '' })
  await using device = new Running(program, [], {})
  await heardSoMany(gateway, 1, name)
  expect(device.output).toBe('')
  await device.end('SIGKILL')
  expect(kinds(await heardSoMany(gateway, 2, name))).toEqual(['ok', 'will'])
}

function standIns(of: string): string {
  return join(EXAMPLES, 'test/stand-ins', of)
}

/** What Kconfig makes of the options. */
function configOf(name: string): readonly string[] {
  const { HOST, PORT, DEVICE, KEY } = {
    HOST: '127.0.0.1',
    PORT: gateway.mqttPort,
    DEVICE: name,
    KEY: keyOf(BOARDS.indexOf(name)),
  }
  const texts = Object.entries({ HOST, PORT, DEVICE, KEY }).map(
    ([option, value]) => `-DCONFIG_OVERDUE_${option}="${value}"`,
  )
  return [...texts, '-DCONFIG_OVERDUE_EVERY=30']
}

function sourceFor(name: string, file: string): string {
  const source = readFileSync(join(EXAMPLES, file), 'utf8')
  return source
    .replace('"pump-17"', `"${name}"`)
    .replace('"XXXXXXXXXXXXXXXXXXXXXX"', `"${keyOf(BOARDS.indexOf(name))}"`)
}

function keyOf(index: number): string {
  return `${KEY.slice(0, -2)}${index}w`
}
