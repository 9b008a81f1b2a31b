import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { type Opened, openStore, type Refused, type Store } from '../src/adapters/ledger-store.ts'

const EVENTS = {
  committed: () => undefined,
  full: () => undefined,
  recovered: () => undefined,
  unsaved: () => undefined,
  broken: () => undefined,
  unread: () => undefined,
}
const GROUPS = 400
const EACH = 5

const folders: string[] = []
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

/** A folder with 400 groups of five facts each, closed in order. */
async function ledgerOf(groups = GROUPS): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'overdue-damage-'))
  folders.push(folder)
  const { store } = await open(folder)
  for (let n = 0; n < groups; n++) store.append(groupOf(n))
  store.watermark(1_000)
  store.snapshot({
    slices: [{ kind: 'columns', id: 0, upTo: 50, bytes: new Uint8Array(9000).fill(7) }],
    floor: 50,
    isWhole: true,
  })
  await store.close()
  return folder
}

function groupOf(n: number): Parameters<Store['append']>[0] {
  return { first: 1 + n * EACH, count: EACH, at: n, bytes: new Uint8Array(200).fill(n % 251) }
}

async function open(folder: string): Promise<Opened> {
  return (await openStore(folder, EVENTS)) as Opened
}

async function firstsOf(store: Store): Promise<number[]> {
  const firsts: number[] = []
  for await (const { first } of store.groups(1)) firsts.push(first)
  return firsts
}

/** Opens a damaged folder, looks, and opens it once more: the second time nothing may be wrong any more. */
async function salvage(folder: string): Promise<{ losses: string; firsts: number[]; next: number; aside: string[] }> {
  const { store, losses, next } = await open(folder)
  const firsts = await firstsOf(store)
  store.append({ ...groupOf(0), first: next })
  await store.close()
  const again = await open(folder)
  expect(again.losses).toEqual([])
  expect(await firstsOf(again.store)).toEqual([...firsts, next])
  await again.store.close()
  return {
    losses: losses.join('; '),
    firsts,
    next,
    aside: readdirSync(folder).filter((file) => file.includes('damaged')),
  }
}

function overwrite(path: string, at: number, length: number): void {
  writeSync(openSync(path, 'r+'), Buffer.alloc(length, 0xa5), 0, length, at)
}

describe('a damaged ledger', () => {
  it('with a destroyed header is kept aside, and numbers go on behind those that were ever given', async () => {
    const folder = await ledgerOf()
    overwrite(join(folder, 'ledger.db'), 0, 100)
    const { losses, firsts, next, aside } = await salvage(folder)
    expect(losses).toContain('the ledger was damaged')
    expect(losses).toContain('no fact in it could be read')
    expect(firsts).toEqual([])
    expect(next).toBe(GROUPS * EACH + 1)
    expect(aside).toHaveLength(1)
  })

  it('with garbled pages in its middle keeps what is around them, and says which facts are lost', async () => {
    const folder = await ledgerOf()
    const path = join(folder, 'ledger.db')
    const half = Math.floor(statSync(path).size / 2 / 4096) * 4096
    overwrite(path, half, 3 * 4096)
    const { losses, firsts, next, aside } = await salvage(folder)
    expect(losses).toMatch(/facts \d+ to \d+ are lost/)
    expect(firsts.length).toBeGreaterThan(GROUPS * 0.8)
    expect(firsts.length).toBeLessThan(GROUPS)
    expect(firsts[0]).toBe(1)
    expect(firsts.at(-1)).toBe((GROUPS - 1) * EACH + 1)
    expect(next).toBe(GROUPS * EACH + 1)
    expect(existsSync(join(folder, aside[0] as string))).toBe(true)
  })

  it('that is cut off goes on from the last good fact', async () => {
    const folder = await ledgerOf()
    const path = join(folder, 'ledger.db')
    truncateSync(path, Math.floor(statSync(path).size / 2 / 4096) * 4096 + 100)
    const { losses, firsts } = await salvage(folder)
    expect(losses).toContain('the ledger was damaged')
    expect(firsts.length).toBeGreaterThan(GROUPS * 0.3)
    expect(firsts[0]).toBe(1)
  })

  it('with a changed byte inside a group loses that group and no other', async () => {
    const folder = await ledgerOf()
    const database = new DatabaseSync(join(folder, 'ledger.db'))
    database.prepare('UPDATE groups SET bytes = zeroblob(200) WHERE first = ?').run(1 + 77 * EACH)
    database.close()
    const { losses, firsts } = await salvage(folder)
    expect(losses).toContain(`facts ${1 + 77 * EACH} to ${78 * EACH} are lost`)
    expect(firsts).toHaveLength(GROUPS - 1)
  })

  it('whose log was lost with facts in it says so', async () => {
    const folder = await ledgerOf(10)
    const path = join(folder, 'ledger.db')
    copyFileSync(path, `${path}.old`)
    const { store } = await open(folder)
    for (let n = 10; n < 20; n++) store.append(groupOf(n))
    store.watermark(2_000)
    await store.close()
    copyFileSync(`${path}.old`, path)
    rmSync(`${path}.old`)
    const { losses, firsts, next } = await salvage(folder)
    expect(losses).toBe('facts 51 to 100 were on disk and are not any more: the end of the ledger is cut off')
    expect(firsts).toHaveLength(10)
    expect(next).toBe(101)
  })

  it('is not even touched by a snapshot file that is garbage', async () => {
    const folder = await ledgerOf()
    writeFileSync(join(folder, 'snapshots.db'), Buffer.alloc(20_000, 1))
    const { losses, firsts } = await salvage(folder)
    expect(losses).toContain('the snapshots were damaged')
    expect(firsts).toHaveLength(GROUPS)
  })

  it('whose snapshot has a changed byte is replayed from its first fact', async () => {
    const folder = await ledgerOf()
    const database = new DatabaseSync(join(folder, 'snapshots.db'))
    database.exec('UPDATE slices SET bytes = zeroblob(9000)')
    database.close()
    const { store, losses } = await open(folder)
    expect(losses.join()).toContain('the snapshots were damaged')
    expect(await store.floor()).toBe(0)
    await store.close()
  })
})

describe('a data folder', () => {
  it('of a newer version is refused and left alone', async () => {
    const folder = await ledgerOf(3)
    const database = new DatabaseSync(join(folder, 'ledger.db'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    const opened = (await openStore(folder, EVENTS)) as Refused
    expect(opened.refused).toContain('found version 99')
    expect(readdirSync(folder).filter((file) => file.includes('damaged'))).toEqual([])
  })

  it('that somebody has is refused with the name of who has it', async () => {
    const folder = await ledgerOf(1)
    const { store } = await open(folder)
    expect(await openStore(folder, EVENTS)).toEqual({
      refused: `the data folder ${folder} is in use by process ${process.pid}`,
    })
    await store.close()
    await (await open(folder)).store.close()
  })

  it('remembers until when it was alive, unless that note is torn', async () => {
    const folder = await ledgerOf(1)
    const { store, aliveUntil } = await open(folder)
    expect(aliveUntil).toBe(1_000)
    store.watermark(123_456)
    await store.close()
    overwrite(join(folder, 'alive'), 2, 3)
    const torn = await open(folder)
    expect(torn.aliveUntil).toBeUndefined()
    await torn.store.close()
  })

  it('drops what is old, and says which reader had not read it', async () => {
    const unread: string[] = []
    const folder = mkdtempSync(join(tmpdir(), 'overdue-damage-'))
    folders.push(folder)
    const events = { ...EVENTS, unread: (cursor: string, facts: number) => unread.push(`${cursor} ${facts}`) }
    const { store } = (await openStore(folder, events)) as Opened
    for (let n = 0; n < 20; n++)
      store.append({ ...groupOf(n), bodies: [{ seq: 1 + n * EACH, bytes: new Uint8Array(3) }] })
    store.advance('influx', 12)
    store.advance('ahead', 90)
    store.prune({ factsBefore: 10, bodiesBefore: 15 })
    expect((await firstsOf(store))[0]).toBe(51)
    expect(unread).toEqual(['influx 38'])
    expect(await store.body(1 + 14 * EACH)).toBeUndefined()
    expect(await store.body(1 + 15 * EACH)).toHaveLength(3)
    expect(await store.cursor('influx')).toBe(12)
    await store.close()
  })
})
