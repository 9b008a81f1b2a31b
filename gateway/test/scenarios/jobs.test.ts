import { describe, it } from 'vitest'
import { HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

const NIGHTLY = { schedule: { kind: 'cron', cron: '0 2 * * *', zone: 'UTC' } } as const

describe('jobs that run by the clock', () => {
  it('the crontab line that never ran: a heartbeat nobody ever saw has a first deadline', async () => {
    const story = new Story({ from: '2026-03-02T12:00' }).heartbeat('nightly-backup', NIGHTLY)
    ;(await story.at('2026-03-03T02:00')).shows('nightly-backup', 'unseen').pages()
    ;(await story.at('2026-03-03T02:58:30')).shows('nightly-backup', 'unseen').pages()
    ;(await story.at('2026-03-03T02:59'))
      .shows('nightly-backup', 'missed')
      .pages('ops: incident.triggered nightly-backup missed')
    ;(await story.at('2026-03-05T12:00')).pages()
  })

  it('a late backup is shown but wakes nobody', async () => {
    const story = new Story({ from: '2026-03-02T01:00' }).heartbeat('nightly-backup', NIGHTLY)
    ;(await story.at('2026-03-02T02:10')).ping('nightly-backup').shows('nightly-backup', 'ok')
    ;(await story.at('2026-03-03T02:01')).shows('nightly-backup', 'late')
    ;(await story.at('2026-03-03T02:40')).ping('nightly-backup').shows('nightly-backup', 'ok').pages()
  })

  it('the script that hung on a lock for four hours overruns, and its late end resolves', async () => {
    const story = new Story({ from: '2026-03-02T01:00' }).heartbeat('sync', { ...NIGHTLY, finishWithin: 2 * HOUR })
    ;(await story.at('2026-03-02T02:00')).start('sync').shows('sync', 'running')
    ;(await story.at('2026-03-02T03:59')).shows('sync', 'running').pages()
    ;(await story.at('2026-03-02T04:01')).shows('sync', 'overrun').pages('ops: incident.triggered sync overrun')
    ;(await story.at('2026-03-02T06:00')).ping('sync').shows('sync', 'ok')
    ;(await story.at('2026-03-02T06:01')).pages('ops: incident.resolved sync overrun')
  })

  it('the reboot inside the window: the host was down at the hour of its job', async () => {
    const story = new Story({ from: '2026-03-01T23:00' }).heartbeat('db-dump', {
      schedule: { kind: 'window', window: '02:00-04:00', on: '', zone: 'UTC' },
      grace: 5 * MINUTE,
    })
    ;(await story.at('2026-03-02T02:30')).ping('db-dump').shows('db-dump', 'ok')
    ;(await story.at('2026-03-03T01:50')).ping('db-dump')
    ;(await story.at('2026-03-03T04:04')).shows('db-dump', 'late').pages()
    ;(await story.at('2026-03-03T04:06')).shows('db-dump', 'missed').pages('ops: incident.triggered db-dump missed')
  })

  it('the backup that usually takes 20 minutes and today took 40 pages nobody', async () => {
    const story = new Story({ from: '2026-03-01T01:00' }).heartbeat('nightly-backup', NIGHTLY)
    for (let day = 1; day <= 6; day++) {
      ;(await story.at(`2026-03-0${day}T02:00`)).start('nightly-backup')
      ;(await story.at(`2026-03-0${day}T02:20`)).ping('nightly-backup')
    }
    ;(await story.at('2026-03-07T02:00')).start('nightly-backup')
    ;(await story.at('2026-03-07T02:40'))
      .shows('nightly-backup', 'running')
      .ping('nightly-backup')
      .shows('nightly-backup', 'ok')
      .pages()
  })

  it('the last of two runs that overlap ends, and its end is told after the other one although it came before', async () => {
    const story = new Story({ from: '2026-03-01T01:00' }).heartbeat('import', {
      schedule: { kind: 'every', every: HOUR },
    })
    ;(await story.at('2026-03-01T01:10')).start('import', { run: 'a' })
    ;(await story.at('2026-03-01T01:11')).start('import', { run: 'b' })
    ;(await story.at('2026-03-01T01:20')).ping('import', { run: 'a' }).shows('import', 'running')
    ;(await story.at('2026-03-01T01:21'))
      .ping('import', { run: 'b', at: story.instant('2026-03-01T01:19') })
      .shows('import', 'ok')
  })

  it('the same where that end is a failure: the newer ok stands', async () => {
    const story = new Story({ from: '2026-03-01T01:00' }).heartbeat('import', {
      schedule: { kind: 'every', every: HOUR },
    })
    ;(await story.at('2026-03-01T01:10')).start('import', { run: 'a' })
    ;(await story.at('2026-03-01T01:11')).start('import', { run: 'b' })
    ;(await story.at('2026-03-01T01:20')).ping('import', { run: 'a' })
    ;(await story.at('2026-03-01T01:21'))
      .fail('import', { run: 'b', at: story.instant('2026-03-01T01:19') })
      .shows('import', 'ok')
      .pages()
  })

  it('three times its baseline is slow, without waiting for the end', async () => {
    const story = new Story({ from: '2026-03-01T01:00' }).heartbeat('nightly-backup', NIGHTLY)
    for (let day = 1; day <= 6; day++) {
      ;(await story.at(`2026-03-0${day}T02:00`)).start('nightly-backup')
      ;(await story.at(`2026-03-0${day}T02:20`)).ping('nightly-backup')
    }
    ;(await story.at('2026-03-07T02:00')).start('nightly-backup')
    ;(await story.at('2026-03-07T02:59:50')).shows('nightly-backup', 'running').pages()
    ;(await story.at('2026-03-07T03:00:10'))
      .shows('nightly-backup', 'slow')
      .pages('ops: incident.triggered nightly-backup slow')
  })

  it('a job that only pings on success is slow by its lag behind the hour', async () => {
    const story = new Story({ from: '2026-03-01T01:00' }).heartbeat('nightly-backup', NIGHTLY)
    for (let day = 1; day <= 6; day++) (await story.at(`2026-03-0${day}T02:20`)).ping('nightly-backup')
    ;(await story.at('2026-03-07T02:40')).shows('nightly-backup', 'late').pages()
    ;(await story.at('2026-03-07T03:00:10'))
      .shows('nightly-backup', 'slow')
      .pages('ops: incident.triggered nightly-backup slow')
  })

  it('the CI schedule disabled after 60 days is missed on the first day without it', async () => {
    const story = new Story({ from: '2026-03-01T00:00' }).heartbeat('ci-nightly', NIGHTLY)
    for (let day = 1; day <= 9; day++) (await story.at(`2026-03-0${day}T02:05`)).ping('ci-nightly')
    ;(await story.at('2026-03-10T02:14')).shows('ci-nightly', 'late').pages()
    ;(await story.at('2026-03-10T02:58')).pages('ops: incident.triggered ci-nightly slow')
    ;(await story.at('2026-03-10T03:00'))
      .shows('ci-nightly', 'missed')
      .pages('ops: incident.escalated ci-nightly missed')
  })

  it('the report that is due by 8 on working days leaves the weekend alone', async () => {
    const story = new Story({ from: '2026-03-06T04:00' }).heartbeat('morning-report', {
      schedule: { kind: 'window', window: '05:00-08:00', on: 'mon-fri', zone: 'UTC' },
    })
    ;(await story.at('2026-03-06T07:45')).ping('morning-report').shows('morning-report', 'ok')
    ;(await story.at('2026-03-08T23:00')).shows('morning-report', 'ok').pages()
    ;(await story.at('2026-03-09T12:00'))
      .shows('morning-report', 'missed')
      .pages('ops: incident.triggered morning-report missed')
  })
})
