import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { groupOf, StoreRoom } from './ledger-store.stage.ts'

async function startOwner(folder: string): Promise<{ readonly process: ChildProcess; readonly said: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'ledger-owner.stage.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [said] = await once(child.stdout, 'data')
  return { process: child, said: String(said).trim() }
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function contentsOf(folder: string): unknown {
  return readdirSync(folder)
    .filter((file) => file !== 'lock.db')
    .map((file) => [file, readFileSync(join(folder, file)).toString('base64')])
}

describe('a data folder', () => {
  it('belongs to one process: another is told who has it, and touches nothing', async () => {
    await using room = new StoreRoom()
    const owner = await startOwner(room.folder)
    expect(owner.said).toBe('open')
    const before = contentsOf(room.folder)
    expect(await room.open()).toContain(`in use by process ${owner.process.pid}`)
    expect(contentsOf(room.folder)).toEqual(before)
    await kill(owner.process)
  })

  it('is free again when its owner was killed, with all that was committed', async () => {
    await using room = new StoreRoom()
    const owner = await startOwner(room.folder)
    await kill(owner.process)
    expect(await room.open()).toBeUndefined()
    expect(room.next).toBe(2)
    expect(await room.groups()).toEqual([groupOf(1)])
    expect(room.losses).toEqual([])
  })

  it('refuses other processes while it is open here', async () => {
    await using room = new StoreRoom()
    await room.open()
    const other = await startOwner(room.folder)
    expect(other.said).toContain(`in use by process ${process.pid}`)
  })

  it('belongs to one gateway even inside one process, and the refused one does not take the lock away', async () => {
    await using room = new StoreRoom()
    await room.open()
    await using second = new StoreRoom(room.folder)
    expect(await second.open()).toContain('in use by process')
    expect((await startOwner(room.folder)).said).toContain(`in use by process ${process.pid}`)
  })

  it('can be taken again after it was closed', async () => {
    await using room = new StoreRoom()
    for (let start = 0; start < 3; start++) await room.reopen()
    expect(room.next).toBe(1)
  })

  it('that can not be made is refused with the reason', async () => {
    await using room = new StoreRoom()
    const file = join(room.folder, 'file')
    writeFileSync(file, '')
    expect(await new StoreRoom(join(file, 'data')).open()).toMatch(/data folder .*file\/data can't be used: ENOTDIR/)
  })
})
