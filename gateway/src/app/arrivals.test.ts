import { describe, expect, it } from 'vitest'
import { Story } from '../../test/timeline.ts'
import type { HeartbeatFact } from '../domain/fact.ts'
import { HOUR, MINUTE } from '../domain/time.ts'
import { type Arrival, readArrivals, Tale } from './arrivals.ts'
import type { Numbered } from './ports.ts'
import { Strips } from './strips.ts'

const HOURLY = { schedule: { kind: 'cron', cron: '0 * * * *', zone: 'UTC' }, grace: 10 * MINUTE } as const

describe('how the arrivals of a heartbeat went', () => {
  it('is told from its facts, whatever order it comes in', async () => {
    const story = new Story({ from: '2026-03-02T11:30' }).heartbeat('etl', { ...HOURLY, finishWithin: 30 * MINUTE })
    ;(await story.at('2026-03-02T12:00')).ping('etl')
    ;(await story.at('2026-03-02T13:05')).ping('etl', { message: 'rows=3' })
    ;(await story.at('2026-03-02T14:00')).fail('etl', { exit: 2 })
    ;(await story.at('2026-03-02T14:02')).start('etl')
    ;(await story.at('2026-03-02T14:06')).ping('etl')
    await story.at('2026-03-02T15:30')
    ;(await story.at('2026-03-02T15:40')).ping('etl')
    ;(await story.at('2026-03-02T16:00')).start('etl')
    ;(await story.at('2026-03-02T16:45')).ping('etl')
    ;(await story.at('2026-03-02T17:00')).start('etl')
    const told = arrivals(story, 'etl')
    expect(marks(told)).toBe('ok late failed ok missed late overrun running')
    expect(told[1]?.signal?.message).toBe('rows=3')
    expect(told[2]?.signal?.exit).toBe(2)
    expect(told[3]).toMatchObject({ duration: 4 * MINUTE, startedAt: story.instant('2026-03-02T14:02') })
    expect(told[6]).toMatchObject({ duration: 45 * MINUTE, isOpen: false })
    expect(told[7]).toMatchObject({ startedAt: story.instant('2026-03-02T17:00'), isOpen: true })
  })

  it('says slow of a run that takes three baselines, while it is open and when it has ended', async () => {
    const story = new Story({ from: '2026-03-02T00:00' }).heartbeat('etl', HOURLY)
    for (let hour = 1; hour <= 6; hour++) {
      const time = `2026-03-02T0${hour}`
      ;(await story.at(`${time}:00`)).start('etl')
      ;(await story.at(`${time}:02`)).ping('etl')
    }
    ;(await story.at('2026-03-02T07:00')).start('etl')
    await story.at('2026-03-02T07:06:30')
    expect(marks(arrivals(story, 'etl')).slice(-7)).toBe('ok slow')
    ;(await story.at('2026-03-02T07:07')).ping('etl')
    ;(await story.at('2026-03-02T08:00')).ping('etl', { duration: 2 * MINUTE })
    ;(await story.at('2026-03-02T09:00')).ping('etl', { duration: 8 * MINUTE })
    expect(marks(arrivals(story, 'etl')).slice(-15)).toBe('ok slow ok slow')
  })

  it('keeps runs that overlap apart, and says paused once', async () => {
    const story = new Story({ from: '2026-03-02T00:30' }).heartbeat('etl', { ...HOURLY, grace: HOUR })
    ;(await story.at('2026-03-02T01:00')).start('etl', { run: 'a' })
    ;(await story.at('2026-03-02T01:05')).start('etl', { run: 'b' })
    ;(await story.at('2026-03-02T01:06')).fail('etl', { run: 'b' })
    ;(await story.at('2026-03-02T01:10')).ping('etl', { run: 'a' })
    ;(await story.at('2026-03-02T01:20')).does(
      ({ watch }) => void watch.ledger.request({ kind: 'pause', name: 'etl', by: 'ana' }),
    )
    await story.at('2026-03-02T04:00')
    const told = arrivals(story, 'etl')
    expect(marks(told)).toBe('failed ok paused')
    expect(told.map(({ duration }) => duration)).toEqual([MINUTE, 10 * MINUTE, undefined])
  })
})

describe('a strip', () => {
  it('goes on from where it was read before, and is what reading all of it gives', async () => {
    const story = new Story({ from: '2026-03-02T00:00' }).heartbeat('beat', {
      schedule: { kind: 'every', every: MINUTE },
      grace: 20_000,
    })
    const { registry, ledger } = story.world.watch
    const strips = new Strips(registry, ledger)
    const seen: string[] = []
    for (let minute = 1; minute <= 70; minute++) {
      const moment = await story.at(`2026-03-02T${minute < 60 ? '00' : '01'}:${String(minute % 60).padStart(2, '0')}`)
      if (minute % 9 !== 0) moment.ping('beat')
      const strip = (await strips.marksOf([0], story.world.clock.wall)).get(0)
      const whole = (await new Strips(registry, ledger).marksOf([0], story.world.clock.wall)).get(0)
      expect(strip).toEqual(whole)
      seen.push(...(strip ?? []))
    }
    expect(new Set(seen)).toEqual(new Set(['ok', 'late', 'missed']))
    expect(await readArrivals(ledger, 'beat', 5)).toHaveLength(5)
  })

  it('grows with the silence of a beat, and no longer than keeps the past in view', async () => {
    const story = new Story({ from: '2026-03-02T00:00' }).heartbeat('beat', {
      schedule: { kind: 'every', every: MINUTE },
      grace: 20_000,
    })
    ;(await story.at('2026-03-02T00:01')).ping('beat')
    const { registry, ledger } = story.world.watch
    const strips = new Strips(registry, ledger)
    const lengths: number[] = []
    for (const time of ['00:02', '00:03', '00:05', '02:00']) {
      await story.at(`2026-03-02T${time}`)
      lengths.push((await strips.marksOf([0], story.world.clock.wall)).get(0)?.length ?? 0)
    }
    expect(lengths).toEqual([1, 2, 4, 11])
  })
})

function arrivals(story: Story, name: string): readonly Arrival[] {
  const tale = new Tale()
  const facts: Numbered[] = story.world.facts.map((fact, index) => ({ seq: index + 1, fact }))
  for (const { seq, fact } of facts)
    if ('heartbeat' in fact && fact.heartbeat === name) tale.tell(seq, fact as HeartbeatFact)
  return tale.whole()
}

function marks(told: readonly Arrival[]): string {
  return told.map(({ mark }) => mark).join(' ')
}
