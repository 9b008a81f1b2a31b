import { describe, expect, it } from 'vitest'
import type { Fact } from '../domain/fact.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../domain/time.ts'
import type { Delivery } from './channel.ts'
import { type Job, Lane } from './lane.ts'

const NOON = Date.parse('2026-03-02T12:00:00Z')
const RETRY: Delivery = { kind: 'retry', why: 'answered 500' }
const DELIVERED: Delivery = { kind: 'delivered' }

function page(name: string, incident = name): Extract<Fact, { type: 'page.queued' }> {
  return {
    ...{ type: 'page.queued', heartbeat: 'job', at: NOON, seenAt: NOON, page: name, incident, step: 0 },
    ...{ kind: 'incident.triggered', channel: 'ops', path: 'ops' },
  }
}

function laneOf(...names: readonly string[]): Lane {
  const lane = new Lane()
  for (const name of names) lane.add(page(name), NOON)
  return lane
}

function settled({ page }: Job): Extract<Fact, { type: 'page.settled' }> {
  const { heartbeat, incident, channel } = page as Extract<Fact, { type: 'page.queued' }>
  const end = { outcome: 'delivered', attempts: 1, why: '' } as const
  return { type: 'page.settled', at: NOON, seenAt: NOON, heartbeat, incident, channel, page: page.page, ...end }
}

/** Everything that is started at `now` is answered at once; which pages those were. */
function round(lane: Lane, now: number, answer: (job: Job) => Delivery): readonly string[] {
  const tried: string[] = []
  for (const job of [...lane.start(now)]) {
    tried.push(job.page.page)
    if (lane.answered(job, answer(job), now, 0.5) !== undefined) lane.settle(settled(job))
  }
  return tried
}

/** Which pages are tried when, second by second. */
function pass(lane: Lane, from: number, to: number, answer: (job: Job) => Delivery): readonly string[] {
  const tried: string[] = []
  for (let now = from; now < to; now += SECOND) tried.push(...round(lane, now, answer))
  return tried
}

describe('a lane', () => {
  it('tries four pages at once, and a later page of an incident only when the end of the earlier is on record', () => {
    const lane = laneOf('a', 'b', 'c', 'd', 'e')
    lane.add(page('a2', 'a'), NOON)
    const jobs = [...lane.start(NOON)]
    expect(jobs.map((job) => job.page.page)).toEqual(['a', 'b', 'c', 'd'])
    lane.answered(jobs[0] as Job, DELIVERED, NOON, 0.5)
    expect([...lane.start(NOON)].map((job) => job.page.page)).toEqual(['e'])
    lane.settle(settled(jobs[0] as Job))
    lane.answered(jobs[1] as Job, DELIVERED, NOON, 0.5)
    expect([...lane.start(NOON)].map((job) => job.page.page)).toEqual(['a2'])
  })

  it('probes with one page each 20 s once the channel has failed five times, and tries all when one gets through', () => {
    const lane = laneOf('a', 'b', 'c', 'd', 'e', 'f')
    pass(lane, NOON, NOON + 30 * SECOND, () => RETRY)
    expect(pass(lane, NOON + 30 * SECOND, NOON + 90 * SECOND, () => RETRY)).toHaveLength(3)
    const rest = pass(lane, NOON + 90 * SECOND, NOON + 112 * SECOND, () => DELIVERED)
    expect([...rest].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('does not let one page that the channel can’t take keep the others waiting', () => {
    const lane = laneOf('poison')
    const answer = (job: Job): Delivery => (job.page.page === 'poison' ? RETRY : DELIVERED)
    pass(lane, NOON, NOON + 10 * MINUTE, answer)
    lane.add(page('other'), NOON + 10 * MINUTE)
    expect(pass(lane, NOON + 10 * MINUTE, NOON + 11 * MINUTE, answer)).toContain('other')
  })

  it('probes with each page in turn', () => {
    const lane = laneOf('a', 'b', 'c')
    pass(lane, NOON, NOON + 2 * MINUTE, () => RETRY)
    const probes = pass(lane, NOON + 2 * MINUTE, NOON + 4 * MINUTE, () => RETRY)
    expect(new Set(probes)).toEqual(new Set(['a', 'b', 'c']))
  })

  it.each([HOUR, -HOUR, DAY, -DAY])('goes on as before when somebody sets the clock by %d ms', (step) => {
    const lane = laneOf('a')
    pass(lane, NOON, NOON + 2 * MINUTE, () => RETRY)
    const now = NOON + 2 * MINUTE + step
    lane.shift(step)
    const tried = pass(lane, now, now + MINUTE, () => RETRY)
    expect(tried.length).toBeGreaterThanOrEqual(2)
    expect(tried.length).toBeLessThanOrEqual(4)
    expect(lane.waiting).toBe(1)
  })

  it('keeps to the receiver’s Retry-After when somebody sets the clock', () => {
    const lane = laneOf('a')
    pass(lane, NOON, NOON + SECOND, () => ({ ...RETRY, afterMs: MINUTE }) as Delivery)
    lane.shift(HOUR)
    expect(pass(lane, NOON + HOUR, NOON + HOUR + 59 * SECOND, () => DELIVERED)).toEqual([])
    expect(pass(lane, NOON + HOUR + MINUTE, NOON + HOUR + 61 * SECOND, () => DELIVERED)).toEqual(['a'])
  })
})
