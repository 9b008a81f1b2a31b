import { describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

const PLANT = { via: 'bridge:plant' } as const
const MINUTELY = { schedule: { kind: 'every', every: MINUTE } } as const

function plant(from: string): Story {
  return new Story({ from })
    .heartbeat('pump-1', MINUTELY)
    .heartbeat('pump-2', MINUTELY)
    .heartbeat('job', MINUTELY)
    .heartbeat('bridge-plant', { ...MINUTELY, grace: 2 * MINUTE })
}

describe('a bridge that hears nothing', () => {
  it('pages once for itself, not for its devices, which are judged when it hears again', async () => {
    const told = plant('2026-03-02T12:00')
    const started = await told.at('2026-03-02T12:00:10')
    for (const name of ['pump-1', 'pump-2']) started.ping(name, PLANT)
    started.ping('job').ping('bridge-plant', { via: 'gateway' })
    const lost = await told.at('2026-03-02T12:00:30')
    lost.does(({ watch, clock }) => watch.deafen('bridge:plant', clock.now(), 'link'))
    await (await told.at('2026-03-02T12:01:05')).ping('job')
    const later = await told.at('2026-03-02T12:03:00')
    later.shows('pump-1', 'unverified').shows('job', 'missed').shows('bridge-plant', 'late')
    later.pages('ops: incident.triggered job missed')
    const paged = await told.at('2026-03-02T12:30:00')
    paged.shows('bridge-plant', 'missed').shows('pump-1', 'unverified')
    paged.pages('ops: incident.triggered bridge-plant missed')
    const back = await told.at('2026-03-02T12:40:00')
    back.does(({ watch }) => watch.hearAgain('bridge:plant')).ping('bridge-plant', { via: 'gateway' })
    back.ping('pump-1', PLANT)
    const judged = await told.at('2026-03-02T12:41:02')
    judged.shows('pump-1', 'late').shows('pump-2', 'missed').shows('bridge-plant', 'late')
    judged.pages('ops: incident.resolved bridge-plant missed', 'ops: incident.triggered pump-2 missed')
    expect(told.world.watch.registry.blind).toMatchObject([
      { source: 'bridge:plant', from: told.instant('2026-03-02T12:00:30'), cause: 'link' },
    ])
  })

  it('has judged what was due while it still heard', async () => {
    const told = plant('2026-03-02T12:00')
    await (await told.at('2026-03-02T12:00:10')).ping('pump-1', PLANT)
    const lost = await told.at('2026-03-02T12:02:00')
    lost.shows('pump-1', 'missed').does(({ watch, clock }) => watch.deafen('bridge:plant', clock.now(), 'link'))
    const later = await told.at('2026-03-02T12:10:00')
    later.shows('pump-1', 'missed')
  })

  it('stays deaf over a restart of the gateway, from the instant at which it was', async () => {
    const told = plant('2026-03-02T12:00')
    await (await told.at('2026-03-02T12:00:10')).ping('pump-1', PLANT)
    const lost = await told.at('2026-03-02T12:00:30')
    lost.does(({ watch, clock }) => watch.deafen('bridge:plant', clock.now(), 'link'))
    const down = await told.at('2026-03-02T12:05:00')
    down.shows('pump-1', 'unverified').does((world) => world.restart(20 * SECOND))
    const later = await told.at('2026-03-02T12:20:00')
    later
      .shows('pump-1', 'unverified')
      .does(({ watch }) => watch.hearAgain('bridge:plant'))
      .ping('pump-1', PLANT)
    const well = await told.at('2026-03-02T12:20:30')
    well.shows('pump-1', 'ok')
    expect(told.world.sent.filter(({ body }) => body.type.includes('pump'))).toEqual([])
  })

  it('keeps a run of a nightly job from being paged, and says once that it could not be verified', async () => {
    const told = new Story({ from: '2026-03-02T02:00', zone: 'Europe/Riga' }).heartbeat('backup', {
      schedule: { kind: 'cron', cron: '0 3 * * *', zone: 'Europe/Riga' },
      grace: 10 * MINUTE,
    })
    await (await told.at('2026-03-02T03:01')).ping('backup', PLANT)
    const lost = await told.at('2026-03-03T02:55')
    lost.does(({ watch, clock }) => watch.deafen('bridge:plant', clock.now(), 'link'))
    const back = await told.at('2026-03-03T04:00')
    back.shows('backup', 'unverified').pages()
    back.does(({ watch }) => watch.hearAgain('bridge:plant'))
    const later = await told.at('2026-03-03T04:01')
    later.shows('backup', 'unverified')
    later.pages(
      'ops: gateway.blind The gateway was blind from Tue 2026-03-03 02:55:00 Europe/Riga to Tue 2026-03-03 04:00:00 Europe/Riga (1h5m, link): 1 run could not be verified.',
    )
    const missed = await told.at('2026-03-04T03:11')
    missed.pages('ops: incident.triggered backup missed')
  })

  it('does not hold back a heartbeat that was never heard, nor one that came another way since', async () => {
    const told = plant('2026-03-02T12:00')
    await (await told.at('2026-03-02T12:00:10')).ping('pump-1', PLANT)
    const lost = await told.at('2026-03-02T12:00:30')
    lost.does(({ watch, clock }) => watch.deafen('bridge:plant', clock.now(), 'link')).ping('pump-1', { via: 'http' })
    const later = await told.at('2026-03-02T12:03:00')
    later.shows('pump-1', 'missed').shows('pump-2', 'missed')
  })
})

describe('a broken link that is suspected', () => {
  it.each([MINUTE, 60 * MINUTE])('is given its time again after a window in which nobody could hear', async (every) => {
    const told = new Story({ from: '2026-03-02T12:00' }).heartbeat('pump-1', { schedule: { kind: 'every', every } })
    const broken = await told.at('2026-03-02T12:00:10')
    broken.ping('pump-1', PLANT).ping('pump-1', { ...PLANT, kind: 'will' })
    const lost = await told.at('2026-03-02T12:00:20')
    lost.does(({ watch, clock }) => watch.deafen('bridge:plant', clock.now(), 'link'))
    const back = await told.at('2026-03-02T12:05:00')
    back.does(({ watch }) => watch.hearAgain('bridge:plant'))
    await told.at('2026-03-02T12:05:29')
    expect(told.world.sent).toEqual([])
    const missed = await told.at('2026-03-02T12:05:32')
    missed.shows('pump-1', 'missed')
  })
})

describe('silence on a bridge', () => {
  it('is judged once the bridge is known to have heard until then', async () => {
    const told = plant('2026-03-02T12:00')
    const { hearing } = told.world.watch
    hearing.prove('bridge:plant', told.instant('2026-03-02T12:00:10'))
    await (await told.at('2026-03-02T12:00:10')).ping('pump-1', PLANT)
    const due = await told.at('2026-03-02T12:05:00')
    due.shows('pump-1', 'ok').does(() => expect(hearing.isAsked('bridge:plant')).toBe(true))
    hearing.prove('bridge:plant', told.instant('2026-03-02T12:05:00'))
    expect(hearing.isAsked('bridge:plant')).toBe(false)
    const judged = await told.at('2026-03-02T12:05:01')
    judged.shows('pump-1', 'missed')
  })
})
