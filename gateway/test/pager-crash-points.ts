// The gateway with points between decision, commit, delivery and record at which it kills itself: at the FAIL_AT-th
// point that it comes by after a SIGUSR2, counted for facts about FAIL_ABOUT. Its clock runs CLOCK_SPEED times as fast as the world's.
import { writeSync } from 'node:fs'
import http from 'node:http'
import { flushCompileCache, syncBuiltinESMExports } from 'node:module'
import { systemClock } from '../src/adapters/clock.ts'
import { SqliteLedger } from '../src/adapters/ledger-sqlite.ts'
import { type Group, Store } from '../src/adapters/ledger-store.ts'
import { PartitionJudge } from '../src/app/judge.ts'
import { Lane } from '../src/app/lane.ts'
import type { Fact } from '../src/domain/fact.ts'
import type { Instant } from '../src/domain/time.ts'

const failAt = Number(process.env['FAIL_AT'] ?? 0)
const isAboutStorms = process.env['FAIL_ABOUT'] === 'storm'
const speed = Number(process.env['CLOCK_SPEED'] ?? 1)
const speedsSince = Number(process.env['CLOCK_SPEEDS_SINCE'] ?? 0)

let isArmed = false
let points = 0
process.on('SIGUSR2', () => {
  isArmed = true
})
/** Pages whose end is on disk; those whose end is not yet. */
const recorded: string[] = []
let settled: string[] = []
const handedOver: { readonly upTo: number; readonly settled: readonly string[]; readonly isWatched: boolean }[] = []
/** A fact that counts was decided since the last group went to the ledger's thread. */
let isPending = false
/** Pages under way that count. */
const watched = new Map<string, string>()

function comeBy(point: string): void {
  if (!isArmed || ++points !== failAt) return
  writeSync(1, `killed ${JSON.stringify({ at: point, recorded })}\n`)
  process.kill(process.pid, 'SIGKILL')
}

function counts(fact: Fact): boolean {
  if (isAboutStorms) return 'storm' in fact && fact.storm !== undefined
  return 'incident' in fact
}

function watch(facts: readonly Fact[], point: string): void {
  for (const fact of facts) if (fact.type === 'page.settled' || fact.type === 'notice.settled') settled.push(fact.page)
  const counted = facts.filter(counts)
  if (counted.length === 0) return
  isPending = true
  comeBy(`${point} ${[...new Set(counted.map(({ type }) => type))].join(', ')}`)
}

systemClock.now = () => Math.floor(speedsSince + speed * (Date.now() - speedsSince))
systemClock.monotonic = () => speed * performance.now()
systemClock.sinceBoot = () => speed * performance.now()

const { tick, arrive, note } = PartitionJudge.prototype
PartitionJudge.prototype.tick = function (this: PartitionJudge, now) {
  const facts = tick.call(this, now)
  watch(facts, 'decided')
  return facts
}
PartitionJudge.prototype.arrive = function (this: PartitionJudge, arrival) {
  const facts = arrive.call(this, arrival)
  watch(facts, 'heard, decided')
  return facts
}
PartitionJudge.prototype.note = function (this: PartitionJudge, facts) {
  note.call(this, facts)
  watch(facts, 'noted')
}

const { append } = Store.prototype
Store.prototype.append = function (this: Store, group: Group) {
  append.call(this, group)
  handedOver.push({ upTo: group.first + group.count - 1, settled, isWatched: isPending })
  settled = []
  if (isPending) comeBy('handed over to the thread of the ledger')
  isPending = false
}

const { committed } = SqliteLedger.prototype
SqliteLedger.prototype.committed = function (this: SqliteLedger, upTo) {
  let isWatched = false
  for (let group = handedOver[0]; group !== undefined && group.upTo <= upTo; group = handedOver[0]) {
    handedOver.shift()
    recorded.push(...group.settled)
    isWatched ||= group.isWatched
  }
  if (isWatched) comeBy('on disk, nothing done about it')
  committed.call(this, upTo)
}

const { start } = Lane.prototype
Lane.prototype.start = function* (this: Lane, now: Instant) {
  for (const job of start.call(this, now)) {
    const { page, kind, channel } = job.page
    if (counts(job.page)) {
      watched.set(page, `${kind} to ${channel}`)
      comeBy(`begun, not sent: ${watched.get(page)}`)
    }
    yield job
  }
}

const { request } = http
http.request = ((...args: Parameters<typeof request>) => {
  const sent = request(...args)
  const what = watched.get(String(sent.getHeader('webhook-id')))
  if (what === undefined) return sent
  sent.once('finish', () => comeBy(`sent, not answered: ${what}`))
  sent.once('response', () => comeBy(`answered, not noted: ${what}`))
  return sent
}) as typeof request
syncBuiltinESMExports()

await import('../src/main.ts')
// What is killed leaves no compiled code for the next start unless it is told to.
flushCompileCache()
