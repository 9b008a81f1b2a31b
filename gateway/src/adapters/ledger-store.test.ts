import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bytesOf, groupOf, groupsOfTen, StoreRoom, sliceOf, snapshotOf } from './ledger-store.stage.ts'

describe('what the store is given', () => {
  it('is there after a restart: groups, bodies, slices, cursors', async () => {
    await using room = new StoreRoom()
    await room.open()
    expect(room.next).toBe(1)
    const large = groupOf(11, 300, 50_000)
    await room.commit({ ...groupOf(1, 10), bodies: [{ seq: 3, bytes: bytesOf(3, 20_000) }] }, { ...large })
    room.store.snapshot(snapshotOf(310, sliceOf('columns', 0, 310, 90_000), sliceOf('casebook', 0, 310)))
    room.store.advance('influx', 42)
    await room.reopen()
    expect(room.losses).toEqual([])
    expect(room.next).toBe(311)
    expect(await room.groups()).toEqual([groupOf(1, 10), groupOf(11, 300, 50_000)])
    expect(await room.store.body(3)).toEqual(bytesOf(3, 20_000))
    expect(await room.store.body(4)).toBeUndefined()
    expect(await room.store.cursor('influx')).toBe(42)
    expect(await room.store.cursor('nobody')).toBe(0)
    expect(await room.store.completeUpTo()).toBe(310)
    const slices = []
    for await (const slice of room.store.slices('columns')) slices.push(slice)
    expect(slices).toEqual([sliceOf('columns', 0, 310, 90_000)])
  })

  it('is read from any fact on, across answers of any size', async () => {
    await using room = new StoreRoom()
    await room.open()
    await room.commit(...groupsOfTen(40, 200_000))
    const from = await room.groups(155)
    expect(from.map(({ first }) => first)).toEqual(Array.from({ length: 25 }, (_, n) => 151 + n * 10))
    expect((await room.store.groupOf(160))?.first).toBe(151)
    expect(await room.store.groupOf(401)).toBeUndefined()
  })

  it('is committed in order, many groups in one commit where many wait', async () => {
    await using room = new StoreRoom()
    await room.open()
    const groups = groupsOfTen(2_000, 40)
    await room.commit(...groups)
    const commits = room.said.map(({ upTo }) => upTo as number)
    expect(commits).toEqual(commits.toSorted((a, b) => a - b))
    expect(commits.at(-1)).toBe(20_000)
    expect(commits.length).toBeLessThan(groups.length / 2)
  })

  it('is found by a question asked right after it, committed or not', async () => {
    await using room = new StoreRoom()
    await room.open()
    room.store.append({ ...groupOf(1, 10), bodies: [{ seq: 5, bytes: bytesOf(5, 10) }] })
    expect((await room.store.groupOf(7))?.bytes).toEqual(groupOf(1, 10).bytes)
    expect(await room.store.body(5)).toEqual(bytesOf(5, 10))
  })

  it('leaves the bytes of a body to whoever else has them', async () => {
    await using room = new StoreRoom()
    await room.open()
    const packet = bytesOf(1, 100)
    await room.commit({ ...groupOf(1), bodies: [{ seq: 1, bytes: packet.subarray(20, 30) }] })
    expect(packet).toEqual(bytesOf(1, 100))
    expect(await room.store.body(1)).toEqual(bytesOf(1, 100).subarray(20, 30))
  })

  it('can be read by its owner alone', async () => {
    const room = new StoreRoom()
    await using inner = new StoreRoom(join(room.folder, 'data'))
    await inner.open()
    await inner.commit(groupOf(1))
    expect(statSync(inner.folder).mode & 0o777).toBe(0o700)
    for (const file of readdirSync(inner.folder))
      expect([file, statSync(join(inner.folder, file)).mode & 0o777]).toEqual([file, 0o600])
    await room[Symbol.asyncDispose]()
  })
})

describe('alive until', () => {
  it('is the last watermark', async () => {
    await using room = new StoreRoom()
    await room.open()
    expect(room.aliveUntil).toBeUndefined()
    await room.commit(groupOf(1))
    room.store.watermark(5_000)
    room.store.watermark(6_000)
    await room.reopen()
    expect(room.aliveUntil).toBe(6_000)
  })

  it('is when the last group was gathered where the watermark is torn', async () => {
    await using room = new StoreRoom()
    await room.open()
    await room.commit(groupOf(1, 1, 40, 4_000))
    room.store.watermark(5_000)
    await room.close()
    writeFileSync(join(room.folder, 'alive'), '5000 1 77')
    await room.open()
    expect(room.aliveUntil).toBe(4_000)
    expect(room.losses).toEqual([])
  })
})

describe('retention', () => {
  it('drops a prefix of the facts by time, and bodies by theirs', async () => {
    await using room = new StoreRoom()
    await room.open()
    const groups = groupsOfTen(1_000).map((group) => ({
      ...group,
      bodies: [{ seq: group.first, bytes: bytesOf(1, 9) }],
    }))
    await room.commit(...groups)
    room.store.snapshot(snapshotOf(10_000, sliceOf('casebook', 0, 10_000)))
    await expect.poll(() => room.store.completeUpTo()).toBe(10_000)
    room.store.prune({ factsBefore: 1_000 + 5_001, bodiesBefore: 1_000 + 7_001 })
    await expect.poll(async () => (await room.groups())[0]?.first).toBe(5_001)
    await expect.poll(() => room.store.body(6_991)).toBeUndefined()
    expect(await room.store.body(7_001)).toBeDefined()
    await room.reopen()
    expect(room.losses).toEqual([])
    expect(room.next).toBe(10_001)
  })

  it('says how many facts a consumer never had', async () => {
    await using room = new StoreRoom()
    await room.open()
    await room.commit(...groupsOfTen(10))
    room.store.advance('influx', 25)
    room.store.advance('ahead', 90)
    room.store.snapshot(snapshotOf(100, sliceOf('casebook', 0, 100)))
    await expect.poll(() => room.store.completeUpTo()).toBe(100)
    room.store.prune({ factsBefore: 1_000 + 51, bodiesBefore: 0 })
    await room.until(({ kind }) => kind === 'unread by influx')
    expect(room.said.filter(({ kind }) => kind.startsWith('unread'))).toEqual([{ kind: 'unread by influx', facts: 25 }])
  })

  it('keeps every fact that no snapshot has', async () => {
    await using room = new StoreRoom()
    await room.open()
    await room.commit(...groupsOfTen(10))
    room.store.snapshot(snapshotOf(30, sliceOf('casebook', 0, 30)))
    await expect.poll(() => room.store.completeUpTo()).toBe(30)
    room.store.prune({ factsBefore: 1_000_000, bodiesBefore: 1_000_000 })
    await expect.poll(async () => (await room.groups())[0]?.first).toBe(31)
  })
})
