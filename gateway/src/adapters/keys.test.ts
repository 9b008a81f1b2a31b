import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKeys, isUuid, type KeySources } from './keys.ts'

const names = ['nightly-backup', 'pump-17/battery', 'declared']
const master = Buffer.alloc(16, 7)
const DECLARED = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278'

function keysWith(more: Partial<KeySources> = {}) {
  return createKeys({
    master,
    nameOf: (id) => names[id],
    idOf: (name) => (names.includes(name) ? names.indexOf(name) : undefined),
    declared: new Map([[DECLARED, 'declared']]),
    pingKey: 'fqOOd6-F4MMNuCEnzTU01w',
    ...more,
  })
}

describe('a derived key', () => {
  test('opens its heartbeat, as 22 characters and as a UUID in either case', () => {
    const keys = keysWith()
    for (const name of names.slice(0, 2)) {
      const key = keys.keyOf(name) as string
      const uuid = keys.uuidOf(name) as string
      expect(key).toMatch(/^[A-Za-z0-9_-]{22}$/)
      expect(isUuid(uuid)).toBe(true)
      for (const written of [key, uuid, uuid.toUpperCase(), key]) expect(keys.nameOf(written)).toBe(name)
      expect(keys.isKeyShaped(key) && keys.isKeyShaped(uuid)).toBe(true)
    }
  })

  test('is the same after a restart with the same master, and worthless under another', () => {
    const key = keysWith().keyOf('nightly-backup') as string
    expect(keysWith().keyOf('nightly-backup')).toBe(key)
    expect(keysWith({ master: randomBytes(16) }).nameOf(key)).toBeUndefined()
  })

  test('that was rotated is another one, and the one before is good for a while', () => {
    let now = 0
    let rotated: { generation: number; previousUntil: number } | undefined
    const keys = keysWith({ rotated: (name) => (name === 'nightly-backup' ? rotated : undefined), now: () => now })
    const made: string[] = []
    const rotate = (generation: number, previousUntil: number) => {
      rotated = { generation, previousUntil }
      made.push(keys.keyOf('nightly-backup') as string)
    }
    const good = () => made.map((key) => keys.nameOf(key) === 'nightly-backup')
    made.push(keys.keyOf('nightly-backup') as string)
    rotate(1, 100)
    expect(new Set(made).size).toBe(2)
    expect(good()).toEqual([true, true])
    rotate(2, 100)
    expect(good()).toEqual([false, true, true])
    now = 100
    expect(good()).toEqual([false, false, true])
    rotate(65_535, 200)
    rotate(0, 200)
    expect(good()).toEqual([true, false, false, true, true])
    expect(keys.nameOf(keys.keyOf('pump-17/battery') as string)).toBe('pump-17/battery')
  })

  test('opens nothing once its heartbeat is gone, even when it was used before', () => {
    const live = new Map([[0, 'nightly-backup']])
    const keys = keysWith({ nameOf: (id) => live.get(id) })
    const key = keys.keyOf('nightly-backup') as string
    expect(keys.nameOf(key)).toBe('nightly-backup')
    live.clear()
    expect(keys.nameOf(key)).toBeUndefined()
  })

  test('can be of the highest id', () => {
    const keys = keysWith({ nameOf: (id) => (id === 0xffffffff ? 'last' : undefined), idOf: () => 0xffffffff })
    expect(keys.nameOf(keys.keyOf('last') as string)).toBe('last')
  })

  test('has one spelling only, and does not exist for an unknown name', () => {
    const keys = keysWith()
    const key = keys.keyOf('nightly-backup') as string
    const last = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'.indexOf(key.at(-1) as string)
    const alias = key.slice(0, -1) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[last + 1]
    expect(keys.nameOf(alias)).toBeUndefined()
    expect(keys.keyOf('nobody')).toBeUndefined()
    expect(keys.uuidOf('nobody')).toBeUndefined()
    expect(keys.nameOf((keys.uuidOf('nightly-backup') as string).replaceAll('-', ''))).toBeUndefined()
  })

  test('is not met by guessing', () => {
    const keys = keysWith()
    const guess = fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Buffer.from(bytes).toString('base64url'))
    fc.assert(fc.property(fc.oneof(guess, fc.string(), fc.uuid()), (text) => keys.nameOf(text) === undefined))
  })
})

describe('a declared key', () => {
  test('opens its heartbeat and replaces the derived one', () => {
    const keys = keysWith()
    const derived = keysWith({ declared: new Map() }).keyOf('declared') as string
    expect(keys.nameOf(DECLARED)).toBe('declared')
    expect(keys.nameOf(DECLARED.toUpperCase())).toBe('declared')
    expect(keys.nameOf(derived)).toBeUndefined()
    expect(keys.keyOf('declared')).toBeUndefined()
  })

  test('may have any form', () => {
    const keys = keysWith({ declared: new Map([['correct-horse-battery', 'declared']]) })
    expect(keys.nameOf('correct-horse-battery')).toBe('declared')
    expect(keys.nameOf('correct-horse-batterz')).toBeUndefined()
  })
})

test('the ping key is itself and nothing else', () => {
  expect(keysWith().isPingKey('fqOOd6-F4MMNuCEnzTU01w')).toBe(true)
  expect(keysWith().isPingKey('fqOOd6-F4MMNuCEnzTU01x')).toBe(false)
  expect(keysWith().isPingKey('')).toBe(false)
  const none = { master, nameOf: () => undefined, idOf: () => undefined, declared: new Map<string, string>() }
  expect(createKeys(none).isPingKey('')).toBe(false)
})
