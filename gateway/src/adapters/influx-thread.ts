// The thread that writes time series: the courier with a real clock, a real server, and its place on disk.
import { renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { type Duration, SECOND } from '../domain/time.ts'
import { Courier } from './influx-courier.ts'
import type { CourierData, FromCourier, ToCourier } from './influx-messages.ts'
import { createSender } from './influx-sender.ts'
import { RemoteLedgerReader } from './ledger-reader.ts'
import { reasonOf, troubleOf } from './ledger-schema.ts'
import { SeriesStore } from './series-store.ts'

const { settings, folder, ledger, latest } = workerData as CourierData
const port = parentPort as NonNullable<typeof parentPort>
const stop = new AbortController()
const say = (message: FromCourier): void => port.postMessage(message)

const path = join(folder, 'series.db')
const store = openStore()
const sender = createSender(settings.target, { now: Date.now })
const courier = whole(createCourier)
port.on('message', (message: ToCourier) => whole(() => take(message)))
const teller = setInterval(() => say({ kind: 'status', status: courier.status }), SECOND)
await courier.run().catch(failed)
clearInterval(teller)
sender.close()
say({ kind: 'closed' })
ledger.close()
port.close()

function createCourier(): Courier {
  return new Courier({
    reader: new RemoteLedgerReader(ledger),
    ...{ store, sender, settings, latest, pause },
    now: Date.now,
    random: Math.random,
    log: (fact, fields) => say({ kind: 'log', fact, fields }),
    stop: stop.signal,
  })
}

function take(message: ToCourier): void {
  switch (message.kind) {
    case 'heard':
      return courier.heard(message.until, message.seq)
    case 'sample':
      return courier.sample(message.sample)
    case 'dead':
      return say({ kind: 'answer', id: message.id, value: store.dead(message.before, message.limit) })
    case 'close':
      stop.abort()
      // A server that takes what it gets may have the batch that is on its way.
      if (courier.status.state !== 'writing') sender.close()
  }
}

async function pause(ms: Duration): Promise<void> {
  await sleep(ms, undefined, { signal: stop.signal }).catch(() => {})
}

/** One that is damaged is put aside: the ledger has the facts, and a new one begins with the live state. */
function openStore(): SeriesStore {
  try {
    return new SeriesStore(path)
  } catch (error) {
    if (troubleOf(error) !== 'damaged') throw error
    putAside(error)
    return new SeriesStore(path)
  }
}

/** Damage that is found later ends the thread; the next one begins without it. */
function failed(error: unknown): never {
  if (troubleOf(error) === 'damaged') putAside(error)
  throw error
}

function whole<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    return failed(error)
  }
}

function putAside(error: unknown): void {
  renameSync(path, `${path}.damaged`)
  for (const more of ['-wal', '-shm']) rmSync(path + more, { force: true })
  say({ kind: 'log', fact: 'influx.damaged', fields: { why: reasonOf(error), aside: `${path}.damaged` } })
}
