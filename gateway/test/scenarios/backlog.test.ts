// A site is cut off and its devices keep what they would have said: the backlog repairs history, and judges nothing anew.
import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

const DEVICES = 1_000
const names = Array.from({ length: DEVICES }, (_, n) => `pump-${n}`)

function site(): Story {
  const story = new Story({ from: '2026-03-02T10:00' })
  for (const name of names) story.heartbeat(name, { schedule: { kind: 'every', every: MINUTE }, group: 'site-4' })
  return story
}

describe('a thousand devices that were cut off for an hour', () => {
  it('send sixty messages each within ten seconds: nothing opens, each incident ends once, and nothing is counted twice', async () => {
    const story = site()
    const { world } = story
    for (let minute = 0; minute < 5; minute++) {
      const moment = await story.at(`2026-03-02T10:0${minute}:05`)
      for (const name of names) moment.ping(name, { boot: 3, seq: minute })
    }
    ;(await story.at('2026-03-02T11:04')).does(() => expect(world.watch.registry.openIncidents.size).toBe(DEVICES))
    const opened = world.facts.filter(({ type }) => type === 'incident.opened').length
    const pagesBefore = world.sent.length
    const replay = async (): Promise<void> => {
      for (let second = 0; second < 10; second++) {
        const moment = await story.at(`2026-03-02T11:05:${String(second + 10)}`)
        const now = world.clock.now()
        for (let n = 0; n < 6; n++) {
          const sequence = 5 + second * 6 + n
          const at = story.instant('2026-03-02T10:05:55') + (sequence - 5) * MINUTE
          for (const name of names)
            moment.ping(name, { boot: 3, seq: sequence, at: Math.min(at, now), receivedAt: now })
        }
      }
    }
    await replay()
    ;(await story.at('2026-03-02T11:05:30')).does(() => expect(world.watch.registry.openIncidents.size).toBe(0))
    expect(world.facts.filter(({ type }) => type === 'incident.opened')).toHaveLength(opened)
    expect(world.facts.filter(({ type }) => type === 'incident.resolved')).toHaveLength(DEVICES)
    for (const name of names) {
      const state = world.watch.registry.state(world.watch.registry.find(name))
      expect([state.verdict, state.signals, state.more.seqs]).toEqual(['ok', 65, [[3, 0, 64]]])
    }
    // The first two were paged by themselves, the others as one storm.
    const ends = world.sent.slice(pagesBefore).map(({ body }) => body.type)
    expect(ends).toEqual(['incident.resolved', 'incident.resolved', 'storm.resolved'])
  })

  it('of whom the whole backlog comes a second time: it is known, and changes nothing', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('pump-1', {
      schedule: { kind: 'every', every: HOUR },
    })
    const { world } = story
    const backlog = (moment: Awaited<ReturnType<Story['at']>>): void => {
      for (let n = 0; n < 60; n++)
        moment.ping('pump-1', { boot: 1, seq: n, at: story.instant('2026-03-02T10:00:01') + n * SECOND })
    }
    backlog(await story.at('2026-03-02T10:30'))
    const before = world.facts.length
    backlog(await story.at('2026-03-02T10:30:10'))
    await story.at('2026-03-02T10:31')
    expect(world.facts.slice(before).filter(({ type }) => type === 'signal.received')).toEqual([])
  })

  it('and only old news comes: the silence goes on', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('pump-1', {
      schedule: { kind: 'every', every: MINUTE },
    })
    ;(await story.at('2026-03-02T10:00:30')).ping('pump-1')
    ;(await story.at('2026-03-02T10:05')).shows('pump-1', 'missed').pages('ops: incident.triggered pump-1 missed')
    const late = await story.at('2026-03-02T11:00')
    for (let minute = 1; minute < 50; minute++)
      late.ping('pump-1', { boot: 1, seq: minute, at: story.instant('2026-03-02T10:00:30') + minute * MINUTE })
    late.shows('pump-1', 'missed')
    ;(await story.at('2026-03-02T11:00:10')).pages()
    ;(await story.at('2026-03-02T11:01')).ping('pump-1').shows('pump-1', 'ok')
    ;(await story.at('2026-03-02T11:01:01')).pages('ops: incident.resolved pump-1 missed')
  })
})
