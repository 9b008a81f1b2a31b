// The main thread's side of the ledger's thread: groups of facts go in, and word of what is on disk comes back.
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import type { Instant } from '../domain/time.ts'
import { takeFolder } from './ledger-lock.ts'
import type { Expiry, FromThread, Group, Snapshot, ToThread } from './ledger-messages.ts'
import { LedgerReader } from './ledger-reader.ts'

export type { Group, Sizes, Slice, Snapshot, StoredGroup } from './ledger-messages.ts'

export type StoreEvents = {
  /** On disk, up to this number. */
  committed(upTo: number): void
  /** No space: what was handed over is kept and tried again. */
  full(why: string): void
  recovered(): void
  /** Nothing will be on disk any more. */
  broken(why: string): void
  /** Facts expired that a cursor had not passed. */
  unread(cursor: string, facts: number): void
  /** Old facts can't be read. Nothing that is heard is affected, and the next start repairs it. */
  damaged?(why: string): void
  /** A start that has to rebuild a damaged database: how far it is. */
  progress?(what: string, done: number, total: number): void
}

export type Opened = {
  readonly store: Store
  /** Number of the next fact. */
  readonly next: number
  readonly aliveUntil?: Instant
  /** What was damaged and what is lost, for a person. */
  readonly losses: readonly string[]
}

export type Refused = { readonly refused: string }

/** Takes the folder (made where there is none, for its owner alone) and opens what it holds. */
export async function openStore(folder: string, events: StoreEvents): Promise<Opened | Refused> {
  const lock = takeFolder(folder)
  if ('refused' in lock) return lock
  const worker = new Worker(new URL('./ledger-thread.ts', import.meta.url), { workerData: { folder } })
  const store = new Store(worker, events, () => lock.release())
  const opened = await store.opening.promise
  return 'refused' in opened ? opened : { ...opened, store }
}

export class Store extends LedgerReader {
  readonly opening: PromiseWithResolvers<Omit<Opened, 'store'> | Refused> = Promise.withResolvers()
  readonly #worker: Worker
  readonly #events: StoreEvents
  readonly #closed = Promise.withResolvers<void>()
  #state: 'opening' | 'open' | 'closed' | 'ended' = 'opening'
  /** Of an end that nobody asked for. */
  #why = 'the thread of the ledger ended'

  constructor(worker: Worker, events: StoreEvents, released: () => void) {
    super((message) => worker.postMessage(message))
    this.#worker = worker
    this.#events = events
    worker.on('message', (message: FromThread) => this.#hear(message))
    worker.on('error', (error: Error) => {
      this.#why = error.message
    })
    worker.on('exit', () => this.#end(released))
  }

  append(group: Group): void {
    // Bodies are often views of a larger piece of memory that somebody else still needs.
    const bodies = group.bodies?.map(({ seq, bytes }) => ({ seq, bytes: bytes.slice() }))
    const buffers = [group.bytes.buffer, ...(bodies ?? []).map(({ bytes }) => bytes.buffer as ArrayBuffer)]
    this.#say({ kind: 'append', group: bodies === undefined ? group : { ...group, bodies } }, buffers)
  }

  snapshot(snapshot: Snapshot): void {
    const buffers = snapshot.parts.flatMap((slices) => slices.map(({ bytes }) => bytes.buffer))
    this.#say({ kind: 'snapshot', snapshot }, buffers)
  }

  /** Heard until then; says beside it what is on disk. */
  watermark(at: Instant): void {
    this.#say({ kind: 'watermark', at })
  }

  prune(expiry: Expiry): void {
    this.#say({ kind: 'prune', expiry })
  }

  /** The end of a channel over which another thread can read, beside this one. */
  reader(): MessagePort {
    const { port1, port2 } = new MessageChannel()
    this.#say({ kind: 'reader', port: port1 }, [port1])
    return port2
  }

  /** Commits what was handed over and lets go of the folder. */
  async close(): Promise<void> {
    this.#say({ kind: 'close' })
    await this.#closed.promise
  }

  #say(message: ToThread, transfer: (ArrayBuffer | MessagePort)[] = []): void {
    this.#worker.postMessage(message, transfer)
  }

  #hear(message: FromThread): void {
    switch (message.kind) {
      case 'opened':
        this.#state = 'open'
        return this.opening.resolve(message)
      case 'refused':
        this.#why = message.why
        return
      case 'committed':
        return this.#events.committed(message.upTo)
      case 'full':
      case 'broken':
      case 'damaged':
        return this.#events[message.kind]?.(message.why)
      case 'recovered':
        return this.#events.recovered()
      case 'unread':
        return this.#events.unread(message.cursor, message.facts)
      case 'answer':
        return this.answered(message)
      case 'progress':
        return this.#events.progress?.(message.what, message.done, message.total)
      case 'closed':
        this.#state = 'closed'
    }
  }

  #end(released: () => void): void {
    const wasOpen = this.#state === 'open'
    this.#state = 'ended'
    released()
    this.ended(this.#why)
    this.opening.resolve({ refused: this.#why })
    this.#closed.resolve()
    if (wasOpen) this.#events.broken(this.#why)
  }
}
