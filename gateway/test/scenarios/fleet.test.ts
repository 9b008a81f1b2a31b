import { describe, it } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

describe('things that beat all the time', () => {
  it('the container that did not come back: the last beat before the deploy is the last', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('billing-api', {
      schedule: { kind: 'every', every: MINUTE },
    })
    for (let minute = 0; minute < 5; minute++) (await story.at(`2026-03-02T10:0${minute}`)).ping('billing-api')
    ;(await story.at('2026-03-02T10:05')).shows('billing-api', 'ok').pages()
    ;(await story.at('2026-03-02T10:05:10')).shows('billing-api', 'late').pages()
    ;(await story.at('2026-03-02T10:05:31'))
      .shows('billing-api', 'missed')
      .pages('ops: incident.triggered billing-api missed')
    ;(await story.at('2026-03-02T10:20')).pages().ping('billing-api').shows('billing-api', 'ok')
    ;(await story.at('2026-03-02T10:20:01')).pages('ops: incident.resolved billing-api missed')
  })

  it('two missed training checkpoints page, one does not', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('train-llm', {
      schedule: { kind: 'every', every: 30 * MINUTE },
      grace: 5 * MINUTE,
      tolerate: 2,
    })
    ;(await story.at('2026-03-02T10:30')).ping('train-llm')
    ;(await story.at('2026-03-02T11:06')).shows('train-llm', 'missed').pages()
    ;(await story.at('2026-03-02T11:10')).ping('train-llm').shows('train-llm', 'ok').pages()
    ;(await story.at('2026-03-02T11:46')).shows('train-llm', 'missed').pages()
    ;(await story.at('2026-03-02T12:14')).pages()
    ;(await story.at('2026-03-02T12:16')).pages('ops: incident.triggered train-llm missed')
  })

  it('a wedged queue worker is silent although its process lives', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('queue-worker', {
      schedule: { kind: 'every', every: 30 * SECOND },
      grace: 30 * SECOND,
    })
    ;(await story.at('2026-03-02T10:00:10')).ping('queue-worker')
    ;(await story.at('2026-03-02T10:00:40')).ping('queue-worker', { kind: 'log', message: 'still waiting for a lock' })
    ;(await story.at('2026-03-02T10:01:05')).ping('queue-worker', { kind: 'log', message: 'still waiting for a lock' })
    ;(await story.at('2026-03-02T10:01:12'))
      .shows('queue-worker', 'missed')
      .pages('ops: incident.triggered queue-worker missed')
  })

  it('a worker that wedges in the middle of a job overruns, although another of its jobs ends well', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('render', {
      schedule: { kind: 'none' },
      finishWithin: 10 * MINUTE,
    })
    ;(await story.at('2026-03-02T10:00:10')).start('render', { run: 'a' })
    ;(await story.at('2026-03-02T10:05')).start('render', { run: 'b' })
    ;(await story.at('2026-03-02T10:07')).ping('render', { run: 'b' }).pages()
    ;(await story.at('2026-03-02T10:10:11')).shows('render', 'overrun').pages('ops: incident.triggered render overrun')
  })

  it('a device whose link breaks is suspected at once, and any newer signal clears it', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('pump-17', {
      schedule: { kind: 'every', every: 10 * MINUTE },
    })
    ;(await story.at('2026-03-02T10:00:05')).ping('pump-17', { boot: 4 })
    ;(await story.at('2026-03-02T10:01')).ping('pump-17', { kind: 'will', boot: 4 })
    ;(await story.at('2026-03-02T10:01:20')).ping('pump-17', { boot: 4 })
    ;(await story.at('2026-03-02T10:02')).shows('pump-17', 'ok').pages()
    ;(await story.at('2026-03-02T10:03')).ping('pump-17', { kind: 'will', boot: 4 })
    ;(await story.at('2026-03-02T10:03:31')).shows('pump-17', 'missed').pages('ops: incident.triggered pump-17 missed')
  })

  it('a device that says goodbye until later is not missed before then', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('sensor', {
      schedule: { kind: 'every', every: 5 * MINUTE },
    })
    ;(await story.at('2026-03-02T10:01')).ping('sensor', { kind: 'bye', next: 6 * HOUR })
    ;(await story.at('2026-03-02T16:00')).pages()
    ;(await story.at('2026-03-02T17:30')).shows('sensor', 'missed').pages('ops: incident.triggered sensor missed')
  })

  it('beats that were buffered on the device open no incident in the past', async () => {
    const story = new Story({ from: '2026-03-02T10:00' }).heartbeat('pump-17', {
      schedule: { kind: 'every', every: 5 * MINUTE },
    })
    ;(await story.at('2026-03-02T10:02')).ping('pump-17', { seq: 1 })
    const moment = await story.at('2026-03-02T10:06')
    for (let seq = 2; seq < 6; seq++)
      moment.ping('pump-17', { seq, at: story.instant('2026-03-02T10:02') + seq * 10 * SECOND })
    moment.shows('pump-17', 'ok').pages()
    ;(await story.at('2026-03-02T10:11')).shows('pump-17', 'missed').pages('ops: incident.triggered pump-17 missed')
  })
})
