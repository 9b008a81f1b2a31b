import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { bytesOf, groupOf, groupsOfTen, StoreRoom, sliceOf, snapshotOf } from './ledger-store.stage.ts'

const GROUPS = 200
const FACTS = GROUPS * 10
const PAGE = 4096

type Damage = {
  readonly what: string
  readonly to: (folder: string) => void
  /** Least and most facts that may be lost of all 2,000. */
  readonly lost: readonly [least: number, most: number]
}

const DAMAGES: readonly Damage[] = [
  { what: 'its header is gone', to: (folder) => overwrite(folder, 0, 100), lost: [0, 0] },
  { what: 'its first page is garbled', to: (folder) => overwrite(folder, 0, PAGE, 0xa5), lost: [0, 0] },
  { what: 'all pages but those of facts are gone', to: clearAllButLeaves, lost: [0, 0] },
  { what: 'a page in the middle is zeroed', to: (folder) => overwrite(folder, middle(folder), PAGE), lost: [10, 200] },
  {
    what: 'pages in the middle are garbled',
    to: (folder) => overwrite(folder, middle(folder), PAGE * 4, 0x5a),
    lost: [40, 600],
  },
  { what: 'a few bytes of one group are other bytes', to: changeOneGroup, lost: [10, 10] },
  {
    what: 'its second half is cut off',
    to: (folder) => truncateSync(ledger(folder), middle(folder)),
    lost: [500, 1500],
  },
  { what: 'it is cut to nothing', to: (folder) => truncateSync(ledger(folder), 0), lost: [FACTS, FACTS] },
  { what: 'it was deleted', to: (folder) => rmSync(ledger(folder)), lost: [FACTS, FACTS] },
  {
    what: 'it is another file',
    to: (folder) => writeFileSync(ledger(folder), 'x'.repeat(20_000)),
    lost: [FACTS, FACTS],
  },
  { what: 'it is the database of something else', to: becomeAnother, lost: [FACTS, FACTS] },
  {
    what: 'a group was deleted from it',
    to: (folder) => edit(folder, 'DELETE FROM groups WHERE first = 501'),
    lost: [10, 10],
  },
]

describe('a ledger that is damaged', () => {
  for (const { what, to, lost } of DAMAGES)
    it(`because ${what} goes on with everything that is whole`, async () => {
      await using room = await filled()
      await room.close()
      to(room.folder)
      expect(await room.open()).toBeUndefined()
      const kept = await keptFacts(room)
      expect(FACTS - kept).toBeGreaterThanOrEqual(lost[0])
      expect(FACTS - kept).toBeLessThanOrEqual(lost[1])
      expect(room.losses[0]).toMatch(
        /ledger\.db was damaged \(.+\) and was built anew; the damaged file is kept as .*damaged-/,
      )
      expect(lostIn(room.losses)).toBe(FACTS - kept)
      expect(readdirSync(room.folder).some((file) => file.startsWith('ledger.db.damaged-'))).toBe(true)
      expect(room.next).toBe(FACTS + 1)
      await goesOn(room)
    })

  it.each(Array.from({ length: 10 }, (_, run) => [run]))('goes on whatever bytes are in it, run %i', async (run) => {
    await using room = await filled()
    await room.commit(groupOf(FACTS + 1, 10, 50_000))
    await room.close()
    const bytes = readFileSync(ledger(room.folder))
    const dice = new DataView(bytesOf(run, 400).buffer)
    for (let n = 0; n < 40; n++) {
      const at = dice.getUint32(n * 8) % bytes.length
      bytes.set(bytesOf(run * 100 + n, dice.getUint32(n * 8 + 4) % 200).subarray(0, bytes.length - at), at)
    }
    writeFileSync(ledger(room.folder), bytes)
    expect(await room.open()).toBeUndefined()
    const whole = (await room.groups()).filter((group) => group.bytes.length > 0)
    for (const { first, ...group } of whole)
      expect({ first, ...group }).toEqual(groupOf(first, 10, first > FACTS ? 50_000 : 400))
    expect(lostIn(room.losses)).toBe(FACTS + 10 - whole.length * 10)
    await goesOn(room)
  })

  it('keeps the bodies and cursors that are whole', async () => {
    await using room = await filled()
    room.store.advance('influx', 77)
    await room.commit({ ...groupOf(FACTS + 1), bodies: [{ seq: FACTS + 1, bytes: new Uint8Array(30_000).fill(7) }] })
    await room.close()
    overwrite(room.folder, 0, 100)
    await room.open()
    expect(await room.store.cursor('influx')).toBe(77)
    expect(await room.store.body(FACTS + 1)).toEqual(new Uint8Array(30_000).fill(7))
  })

  it('does not count what retention had dropped as lost', async () => {
    await using room = await filled()
    room.store.snapshot(snapshotOf(FACTS, sliceOf('casebook', 0, FACTS)))
    await expect.poll(() => room.store.completeUpTo()).toBe(FACTS)
    room.store.prune({ factsBefore: 1_000 + 501, bodiesBefore: 0 })
    await expect.poll(async () => (await room.groups())[0]?.first).toBe(501)
    await room.close()
    overwrite(room.folder, 0, 100)
    await room.open()
    expect(lostIn(room.losses)).toBe(0)
  })

  it('is finished by the next start where the repair was cut short', async () => {
    await using room = await filled()
    await room.close()
    renameSync(ledger(room.folder), `${ledger(room.folder)}.rebuilt`)
    await room.open()
    expect(await keptFacts(room)).toBe(FACTS)
    await room.close()
    writeFileSync(`${ledger(room.folder)}.rebuilt`, 'half of a repair')
    await room.open()
    expect(await keptFacts(room)).toBe(FACTS)
    expect(room.losses).toEqual([])
  })

  it('is told apart from one of a newer version, which is refused and left as it is', async () => {
    await using room = await filled()
    await room.close()
    edit(room.folder, 'PRAGMA user_version = 2')
    const before = readFileSync(ledger(room.folder))
    expect(await room.open()).toContain('expected data of version 1 or older, found version 2: start a newer Overdue')
    expect(readFileSync(ledger(room.folder)).equals(before)).toBe(true)
  })
})

describe('a log that is damaged', () => {
  /** As a kill leaves it: nothing checkpointed since the copy was taken. */
  async function killed(): Promise<StoreRoom> {
    await using room = await filled()
    await room.commit(...Array.from({ length: 20 }, (_, n) => groupOf(FACTS + 1 + n * 10, 10, 400)))
    room.store.watermark(9_000)
    await room.store.sizes()
    const copy = new StoreRoom()
    for (const file of ['ledger.db', 'ledger.db-wal', 'alive'])
      writeFileSync(join(copy.folder, file), readFileSync(join(room.folder, file)))
    return copy
  }

  it('is not the case after a kill: nothing is lost', async () => {
    await using room = await killed()
    await room.open()
    expect(room.losses).toEqual([])
    expect(await keptFacts(room)).toBe(FACTS + 200)
  })

  it.each([
    ['is cut off', 1_500, (log: Buffer) => log.subarray(0, log.length / 2)],
    ['is deleted', 2_200, () => Buffer.alloc(0)],
    ['begins with other bytes', 0, (log: Buffer) => Buffer.concat([Buffer.alloc(32, 0xff), log.subarray(32)])],
    [
      'has other bytes in its middle',
      100,
      (log: Buffer) => Buffer.from(log).fill(0, log.length / 2, log.length / 2 + 64),
    ],
  ])('because it %s costs no more than %i facts, and it says which', async (_, most, damage) => {
    await using room = await killed()
    const path = `${ledger(room.folder)}-wal`
    const log = damage(readFileSync(path))
    writeFileSync(path, log)
    await room.open()
    const kept = await keptFacts(room)
    expect(room.losses[0]).toContain(`fact ${FACTS + 200} was on disk`)
    expect(FACTS + 200 - kept).toBeLessThanOrEqual(most)
    expect(lostIn(room.losses)).toBe(FACTS + 200 - kept)
    expect(room.next).toBe(FACTS + 201)
    if (log.length > 0) {
      const [aside] = readdirSync(room.folder).filter((file) => /damaged-.*-wal$/.test(file))
      expect(readFileSync(join(room.folder, aside as string)).equals(log)).toBe(true)
    }
    await goesOn(room)
  })
})

describe('snapshots that are damaged', () => {
  it('keep the slices that are whole, and all facts are folded again', async () => {
    await using room = await filled()
    const slices = Array.from({ length: 40 }, (_, id) => sliceOf('columns', id, 100, 3_000))
    room.store.snapshot(snapshotOf(100, ...slices))
    await expect.poll(() => room.store.completeUpTo()).toBe(100)
    await room.close()
    overwrite(room.folder, PAGE * 10, PAGE, 0, 'snapshots.db')
    await room.open()
    expect(await room.store.completeUpTo()).toBe(0)
    const kept = []
    for await (const slice of room.store.slices('columns')) kept.push(slice)
    expect(kept.length).toBeGreaterThan(30)
    expect(kept.length).toBeLessThan(40)
    for (const slice of kept) expect(slice).toEqual(sliceOf('columns', slice.id, 100, 3_000))
    expect(room.losses).toHaveLength(1)
  })

  it('never let a number be given twice', async () => {
    await using room = await filled()
    room.store.snapshot(snapshotOf(FACTS, sliceOf('columns', 0, FACTS)))
    await expect.poll(() => room.store.completeUpTo()).toBe(FACTS)
    await room.close()
    rmSync(ledger(room.folder))
    rmSync(join(room.folder, 'alive'))
    await room.open()
    expect(room.next).toBe(FACTS + 1)
  })
})

async function filled(): Promise<StoreRoom> {
  const room = new StoreRoom()
  await room.open()
  await room.commit(...groupsOfTen(GROUPS))
  room.store.watermark(8_000)
  await room.store.sizes()
  return room
}

/** Whole, and the right ones: a hole has no bytes. */
async function keptFacts(room: StoreRoom): Promise<number> {
  const whole = (await room.groups()).filter(({ bytes }) => bytes.length > 0)
  for (const group of whole) expect(group).toEqual(groupOf(group.first, 10, 400))
  return whole.length * 10
}

/** The repaired ledger works, and the next start finds nothing wrong. */
async function goesOn(room: StoreRoom): Promise<void> {
  const { next } = room
  await room.commit(groupOf(next, 10, 400))
  await room.reopen()
  expect(room.losses).toEqual([])
  expect(room.next).toBe(next + 10)
  expect((await room.store.groupOf(next))?.bytes).toEqual(groupOf(next, 10, 400).bytes)
}

function lostIn(losses: readonly string[]): number {
  let lost = 0
  for (const loss of losses) {
    const [, from, to = from] = /^facts? (\d+)(?: to (\d+))? (?:is|are) lost$/.exec(loss) ?? []
    if (from !== undefined) lost += Number(to) - Number(from) + 1
  }
  return lost
}

function ledger(folder: string): string {
  return join(folder, 'ledger.db')
}

function overwrite(folder: string, from: number, size: number, byte = 0, file = 'ledger.db'): void {
  const bytes = readFileSync(join(folder, file))
  writeFileSync(join(folder, file), bytes.fill(byte, from, from + size))
}

/** Where a page in the middle of the file begins. */
function middle(folder: string): number {
  return Math.floor(readFileSync(ledger(folder)).length / PAGE / 2) * PAGE
}

function clearAllButLeaves(folder: string): void {
  const bytes = readFileSync(ledger(folder))
  for (let at = 0; at < bytes.length; at += PAGE) if (bytes[at] !== 0x0d) bytes.fill(0, at, at + PAGE)
  writeFileSync(ledger(folder), bytes)
}

function changeOneGroup(folder: string): void {
  const bytes = readFileSync(ledger(folder))
  const at = bytes.indexOf(groupOf(1001, 10, 400).bytes.subarray(100, 140))
  writeFileSync(ledger(folder), bytes.fill(0xee, at, at + 3))
}

function edit(folder: string, sql: string): void {
  const database = new DatabaseSync(ledger(folder))
  database.exec(sql)
  database.close()
}

function becomeAnother(folder: string): void {
  rmSync(ledger(folder))
  edit(folder, 'CREATE TABLE people (name TEXT); INSERT INTO people VALUES (1)')
}
