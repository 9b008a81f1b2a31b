import { describe, expect, it } from 'vitest'
import type { Delivery } from '../../src/app/channel.ts'
import { Lane } from '../../src/app/lane.ts'
import { NO_POLICY, type Policy } from '../../src/domain/escalation.ts'
import type { PageBody } from '../../src/domain/page.ts'
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'
import type { World } from '../world.ts'

const INCIDENTS = 1_000
/** Far enough apart that they are no storm, and nobody waits to see whether they are. */
const APART = 3_450
const LASTS = 2 * MINUTE
const ASKED_FOR = 25 * SECOND
const HANGS = 10 * SECOND
const ANSWERS_IN = 100
const BOTH: Policy = { ...NO_POLICY, name: 'default', steps: [{ after: 0, page: ['ops', 'boss'] }] }
const FROM = '2026-03-02T10:00'

/** One request as its receiver saw it. */
type Request = {
  readonly at: number
  readonly channel: string
  readonly page: PageBody
  readonly isAccepted: boolean
}

type Outage = {
  readonly requests: readonly Request[]
  /** When the receiver asked for no request before. */
  readonly pauses: readonly { readonly from: number; readonly until: number }[]
  readonly downAt: number
  readonly backAt: number
}

/** For an hour `ops` refuses, hangs, fails and is overloaded, a quarter each, while incidents come and go. */
async function tellOfOutage(): Promise<Outage> {
  const told = new Story({ from: '2026-03-02T09:59', policies: [BOTH], channels: ['ops', 'boss'] })
  for (let n = 0; n < INCIDENTS; n++) told.heartbeat(`job-${n}`, { schedule: { kind: 'every', every: 3 * HOUR } })
  const { world } = told
  const downAt = told.instant(FROM)
  const backAt = downAt + HOUR
  const requests: Request[] = []
  const pauses: { from: number; until: number }[] = []
  const isDown = () => world.clock.wall >= downAt && world.clock.wall < backAt
  world.answers.set('ops', async (page) => {
    requests.push({ at: world.clock.wall, channel: 'ops', page, isAccepted: !isDown() })
    if (!isDown()) return await delivered(world)
    const delivery = await failing(world, Math.floor((4 * (world.clock.wall - downAt)) / HOUR), requests.length)
    const { afterMs } = delivery as { afterMs?: number }
    if (afterMs !== undefined) pauses.push({ from: world.clock.wall, until: world.clock.wall + afterMs })
    return delivery
  })
  world.answers.set('boss', (page) => {
    requests.push({ at: world.clock.wall, channel: 'boss', page, isAccepted: true })
    return delivered(world)
  })
  const signals = Array.from({ length: INCIDENTS }, (_, n) => [
    { at: downAt + n * APART, name: `job-${n}`, kind: 'fail' as const },
    { at: downAt + n * APART + LASTS, name: `job-${n}`, kind: 'ok' as const },
  ]).flat()
  for (const { at, name, kind } of signals.sort((a, b) => a.at - b.at)) {
    await world.until(at)
    world.hear(name, { kind })
  }
  await world.until(backAt + 10 * MINUTE)
  return { requests, pauses, downAt, backAt }
}

async function delivered({ clock }: World): Promise<Delivery> {
  await clock.after(ANSWERS_IN)
  return { kind: 'delivered' }
}

async function failing({ clock }: World, quarter: number, nth: number): Promise<Delivery> {
  if (quarter === 0) return { kind: 'retry', why: 'connection refused' }
  await clock.after(quarter === 1 ? HANGS : ANSWERS_IN)
  if (quarter === 1) return { kind: 'retry', why: 'no answer within 10s' }
  if (quarter === 2) return { kind: 'retry', why: 'answered 503' }
  return { kind: 'retry', why: 'answered 429', ...(nth % 2 === 0 && { afterMs: ASKED_FOR }) }
}

/** What is wrong with how the pages came, as sentences; it knows the story and what the receivers saw, nothing else. */
function faultsOf({ requests, pauses, backAt }: Outage): readonly string[] {
  const faults: string[] = []
  const incidents = requests.filter(({ page }) => page.incident !== undefined)
  const accepted = Map.groupBy(
    incidents.filter(({ isAccepted }) => isAccepted),
    ({ channel, page }) => `${channel} ${page.incident?.heartbeat}`,
  )
  const ids = Map.groupBy(incidents, ({ channel, page }) => `${channel} ${page.incident?.heartbeat} ${page.type}`)
  for (const channel of ['ops', 'boss'])
    for (let n = 0; n < INCIDENTS; n++) {
      const came = accepted.get(`${channel} job-${n}`)?.map(({ page }) => page.type)
      if (`${came}` !== 'incident.triggered,incident.resolved') faults.push(`${channel} got ${came} of job-${n}`)
    }
  for (const [what, tries] of ids) {
    const distinct = new Set(tries.map(({ page }) => page.id)).size
    if (distinct > 1) faults.push(`${what} came under ${distinct} ids`)
  }
  for (const { at, channel, page } of requests) {
    const wait = at - Date.parse(page.at)
    if (channel === 'boss' && wait > 0) faults.push(`${page.type} waited ${wait} ms for boss`)
    if (channel === 'ops' && pauses.some(({ from, until }) => at > from && at < until))
      faults.push(`${page.id} was tried at ${at}, before the receiver's time`)
  }
  const late = requests.filter(({ channel, at }) => channel === 'ops' && at >= backAt).map(({ at }) => at - backAt)
  if (Math.min(...late) > 30 * SECOND) faults.push(`the first page came ${Math.min(...late)} ms after the end`)
  if (Math.max(...late) > 120 * SECOND) faults.push(`the last page came ${Math.max(...late)} ms after the end`)
  return faults
}

/** Of the channel itself, as the other one is told. */
function noticesOf({ requests }: Outage): readonly string[] {
  return requests
    .filter(({ page }) => page.about === 'channel ops')
    .map(({ channel, page }) => `${channel}: ${page.type}`)
}

describe('a channel that is down for an hour, in every way, while a thousand incidents come and go', () => {
  it('loses no page, gets each under one id and in order, soon after it is back, and delays no other', async () => {
    const outage = await tellOfOutage()
    expect(faultsOf(outage)).toEqual([])
    expect(noticesOf(outage)).toEqual(['boss: channel.failed', 'boss: channel.recovered'])
    expect(outage.pauses.length).toBeGreaterThan(10)
  })

  it.each([
    ['gives up a page that it could not deliver', givesUp],
    ['takes no notice of Retry-After', ignoresRetryAfter],
  ])('catches a pager that %s', async (_, fault) => {
    const repair = fault()
    const outage = await tellOfOutage().finally(repair)
    expect(faultsOf(outage)).not.toEqual([])
  })
})

type Answered = typeof Lane.prototype.answered

function withAnswered(change: (answered: Answered, lane: Lane, ...args: Parameters<Answered>) => ReturnType<Answered>) {
  const { answered } = Lane.prototype
  Lane.prototype.answered = function (this: Lane, ...args: Parameters<Answered>) {
    return change(answered, this, ...args)
  }
  return () => {
    Lane.prototype.answered = answered
  }
}

const givesUp = () =>
  withAnswered((answered, lane, job, _, ...rest) => answered.call(lane, job, { kind: 'delivered' }, ...rest))

const ignoresRetryAfter = () =>
  withAnswered((answered, lane, job, delivery, ...rest) => {
    const { afterMs: _, ...hasty } = delivery as Extract<Delivery, { kind: 'retry' }>
    return answered.call(lane, job, hasty as Delivery, ...rest)
  })
