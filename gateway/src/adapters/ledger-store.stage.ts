// A store on real files in a folder of its own, and word of everything that it says.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Group, openStore, type Slice, type Snapshot, type Store, type StoredGroup } from './ledger-store.ts'

export type Said = { readonly kind: string; readonly upTo?: number; readonly why?: string; readonly facts?: number }

export class StoreRoom implements AsyncDisposable {
  readonly folder: string
  readonly said: Said[] = []
  readonly #hearers = new Set<() => void>()
  #store: Store | undefined
  next = 0
  aliveUntil: number | undefined
  losses: readonly string[] = []

  constructor(folder: string = mkdtempSync(join(tmpdir(), 'overdue-ledger-'))) {
    this.folder = folder
  }

  get store(): Store {
    return this.#store as Store
  }

  /** Opens what the folder holds; the reason where that is refused. */
  async open(): Promise<string | undefined> {
    this.said.length = 0
    const opened = await openStore(this.folder, {
      committed: (upTo) => this.#hear({ kind: 'committed', upTo }),
      full: (why) => this.#hear({ kind: 'full', why }),
      recovered: () => this.#hear({ kind: 'recovered' }),
      broken: (why) => this.#hear({ kind: 'broken', why }),
      unread: (cursor, facts) => this.#hear({ kind: `unread by ${cursor}`, facts }),
      damaged: (why) => this.#hear({ kind: 'damaged', why }),
    })
    if ('refused' in opened) return opened.refused
    this.#store = opened.store
    this.next = opened.next
    this.aliveUntil = opened.aliveUntil
    this.losses = opened.losses
    return undefined
  }

  async close(): Promise<void> {
    await this.#store?.close()
    this.#store = undefined
  }

  async reopen(): Promise<void> {
    await this.close()
    const refused = await this.open()
    if (refused !== undefined) throw new Error(refused)
  }

  /** Appends and waits until it is on disk. */
  async commit(...groups: readonly Group[]): Promise<void> {
    const upTo = Math.max(...groups.map(({ first, count }) => first + count - 1))
    for (const group of groups) this.store.append(group)
    await this.until(({ kind, upTo: done = 0 }) => kind === 'committed' && done >= upTo)
  }

  /** Resolves when something like it was said, now or before. */
  async until(isIt: (said: Said) => boolean): Promise<void> {
    while (!this.said.some(isIt)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#hearers.add(resolve)
      await promise
    }
  }

  async groups(from = 1): Promise<readonly StoredGroup[]> {
    const found: StoredGroup[] = []
    for await (const group of this.store.groups(from)) found.push(group)
    return found
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #hear(said: Said): void {
    this.said.push(said)
    for (const hearer of this.#hearers) hearer()
    this.#hearers.clear()
  }
}

/** `count` facts from number `first` on, in `size` bytes that can be told from all others. */
export function groupOf(first: number, count = 1, size = 40, at: number = 1_000 + first): Group {
  return { first, count, at, bytes: bytesOf(first, size) }
}

/** Groups of ten facts, one after the other, from number 1 on. */
export function groupsOfTen(groups: number, size = 400): readonly Group[] {
  return Array.from({ length: groups }, (_, n) => groupOf(1 + n * 10, 10, size))
}

export function sliceOf(kind: Slice['kind'], id: number, upTo: number, size = 100): Slice {
  return { kind, id, upTo, bytes: bytesOf(id * 7 + upTo, size) }
}

export function snapshotOf(completeUpTo: number, ...slices: readonly Slice[]): Snapshot {
  return { parts: slices.map((slice) => [slice]), completeUpTo }
}

/** Bytes that depend on `seed` at every place. */
export function bytesOf(seed: number, size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  for (let at = 0, value = seed + 1; at < size; at++) {
    value = (value * 1_103_515_245 + 12_345) % 2_147_483_648
    bytes[at] = value >> 16
  }
  return bytes
}
