import { describe, expect, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

const RIGA = 'Europe/Riga'
const cron = (line: string) => ({ schedule: { kind: 'cron', cron: line, zone: RIGA } }) as const

describe('clocks that change', () => {
  it('DST begins: a job of the skipped hour runs right after the gap and is expected there', async () => {
    const story = new Story({ from: '2026-03-28T12:00', zone: RIGA }).heartbeat('rotate', cron('30 3 * * *'))
    ;(await story.at('2026-03-29T02:59')).shows('rotate', 'unseen')
    ;(await story.at('2026-03-29T04:00:30')).ping('rotate').shows('rotate', 'ok')
    ;(await story.at('2026-03-30T03:00')).shows('rotate', 'ok').pages()
    ;(await story.at('2026-03-30T03:31')).shows('rotate', 'late').ping('rotate').pages()
  })

  it('DST begins: silence after the gap is a miss like any other', async () => {
    const story = new Story({ from: '2026-03-28T12:00', zone: RIGA }).heartbeat('rotate', {
      ...cron('30 3 * * *'),
      grace: 10 * MINUTE,
    })
    ;(await story.at('2026-03-29T04:09')).pages()
    ;(await story.at('2026-03-29T04:11')).shows('rotate', 'missed').pages('ops: incident.triggered rotate missed')
  })

  it('DST ends: a job of the repeated hour runs once and is expected once', async () => {
    const story = new Story({ from: '2026-10-24T12:00', zone: RIGA }).heartbeat('rotate', {
      ...cron('30 3 * * *'),
      grace: 10 * MINUTE,
    })
    // 03:30 comes first in summer time, at 00:30 UTC.
    await story.world.until(Date.UTC(2026, 9, 25, 0, 30, 20))
    story.world.hear('rotate')
    await story.world.until(Date.UTC(2026, 9, 25, 3, 0))
    const state = story.world.watch.registry.state(0)
    expect(state.verdict).toBe('ok')
    expect(state.dueAt).toBe(story.instant('2026-10-26T03:30'))
    expect(story.world.sent).toEqual([])
  })

  it('a clock that is set an hour ahead makes nobody who beats every minute late', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('api', {
      schedule: { kind: 'every', every: MINUTE },
    })
    ;(await story.at('2026-03-02T10:00:30')).ping('api')
    ;(await story.at('2026-03-02T10:01')).does(({ clock, watch }) => {
      clock.wall += HOUR
      clock.pass(SECOND)
      watch.tick()
    })
    ;(await story.at('2026-03-02T11:01:20')).shows('api', 'ok').ping('api').pages()
    ;(await story.at('2026-03-02T11:03')).shows('api', 'missed').pages('ops: incident.triggered api missed')
  })
})

describe('a gateway that could not hear', () => {
  it('a restart that blinds the gateway for an hour: one notice for the runs it could not verify', async () => {
    const story = new Story({ from: '2026-03-02T01:00', zone: RIGA })
    for (let job = 0; job < 14; job++) story.heartbeat(`job-${job}`, { ...cron(`${job} 3 * * *`), grace: 10 * MINUTE })
    await story.at('2026-03-02T02:57')
    story.heartbeat('pump', { schedule: { kind: 'every', every: MINUTE } })
    ;(await story.at('2026-03-02T02:58')).ping('pump').does((world) => world.restart(HOUR))
    ;(await story.at('2026-03-02T03:59')).shows('job-0', 'unverified').shows('job-13', 'unverified').ping('pump')
    ;(await story.at('2026-03-02T04:10')).pages(
      'ops: gateway.blind The gateway was blind from Mon 2026-03-02 02:58:00 Europe/Riga to Mon 2026-03-02 03:58:00 Europe/Riga (1h, restart): 14 runs could not be verified.',
      'ops: incident.triggered pump missed',
    )
  })

  it('a restart gives those who beat every minute a minute to be heard again', async () => {
    const story = new Story({ from: '2026-03-02T10:00' })
    story.heartbeat('alive', { schedule: { kind: 'every', every: MINUTE } })
    story.heartbeat('dead', { schedule: { kind: 'every', every: MINUTE } })
    ;(await story.at('2026-03-02T10:00:30'))
      .ping('alive')
      .ping('dead')
      .does((world) => world.restart(HOUR))
    ;(await story.at('2026-03-02T11:01')).ping('alive').pages()
    ;(await story.at('2026-03-02T11:01:29')).shows('dead', 'late').pages()
    ;(await story.at('2026-03-02T11:01:32')).shows('dead', 'missed').pages('ops: incident.triggered dead missed')
    ;(await story.at('2026-03-02T11:02')).shows('alive', 'ok').pages()
  })

  it('an incident that was open before a restart stays the same one and is not paged again', async () => {
    const story = new Story({ from: '2026-03-02T10:00' })
    story.heartbeat('api', { schedule: { kind: 'every', every: MINUTE } })
    ;(await story.at('2026-03-02T10:05'))
      .pages('ops: incident.triggered api missed')
      .does((world) => world.restart(HOUR))
    ;(await story.at('2026-03-02T11:20')).shows('api', 'missed').pages().ping('api')
    ;(await story.at('2026-03-02T11:20:01')).pages('ops: incident.resolved api missed')
  })

  it('a stall of the process is a blind window, not a miss', async () => {
    const story = new Story({ from: '2026-03-02T10:00' })
    story.heartbeat('api', { schedule: { kind: 'every', every: MINUTE } })
    ;(await story.at('2026-03-02T10:00:30')).ping('api').does(({ clock, watch }) => {
      clock.pass(5 * MINUTE)
      watch.tick()
    })
    ;(await story.at('2026-03-02T10:05:50')).shows('api', 'late').ping('api').pages()
  })

  it('a suspended machine is a blind window, not a miss', async () => {
    const story = new Story({ from: '2026-03-02T10:00' })
    story.heartbeat('api', { schedule: { kind: 'every', every: MINUTE } })
    ;(await story.at('2026-03-02T10:00:30')).ping('api').does(({ clock, watch }) => {
      clock.wall += HOUR
      clock.suspended += HOUR
      watch.tick()
    })
    ;(await story.at('2026-03-02T11:00:50')).ping('api').shows('api', 'ok').pages()
  })
})
