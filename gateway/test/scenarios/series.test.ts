// What a story leaves in the time series: the facts of a gateway on a virtual clock, told as points.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lineOf } from '../../src/adapters/influx-line.ts'
import { Snapshots } from '../../src/adapters/ledger-snapshot.ts'
import { SeriesStore } from '../../src/adapters/series-store.ts'
import { Chronicle, type ChronicleSettings, STEP } from '../../src/app/chronicle.ts'
import type { AnyPoint, Detail } from '../../src/app/series-point.ts'
import type { Measurement } from '../../src/app/series-schema.ts'
import type { Fact } from '../../src/domain/fact.ts'
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

const folder = mkdtempSync(join(tmpdir(), 'overdue-series-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const FROM = '2026-03-02T12:00'
const ALL: ChronicleSettings = { instance: 'gw', detailOf: () => 'all' }

describe('a missed backup in the time series', async () => {
  const story = new Story({ from: FROM, channels: ['ops'] }).heartbeat('nightly/backup', {
    schedule: { kind: 'every', every: 5 * MINUTE },
    grace: MINUTE,
    owner: 'ana',
    group: 'ops',
  })
  const start = story.instant(FROM)
  ;(await story.at('2026-03-02T12:01')).start('nightly/backup', { run: 'r1' })
  ;(await story.at('2026-03-02T12:02')).ping('nightly/backup', { run: 'r1', exit: 0 })
  await story.at('2026-03-02T12:20')
  ;(await story.at('2026-03-02T12:20:03')).ping('nightly/backup', { at: story.instant('2026-03-02T12:19:58') })
  await story.at('2026-03-02T13:00:30')
  const points = tell(story.world.facts, ALL, story.world.clock.wall)

  it('is each signal with its duration, gap, skew and the misses before it', () => {
    expect(points('hb_signal').map(({ tags, fields, at }) => ({ ...tags, ...fields, at: at - start }))).toEqual([
      { ...SIGNAL, kind: 'start', skew_ms: 0, missed: 0, run: 'r1', at: MINUTE },
      {
        ...SIGNAL,
        ...{ kind: 'ok', skew_ms: 0, missed: 0, run: 'r1', exit: 0, at: 2 * MINUTE },
        // Declared at 12:00 it was first due at 12:05.
        ...{ duration_ms: MINUTE, gap_ms: MINUTE, lag_ms: -3 * MINUTE },
      },
      {
        ...SIGNAL,
        ...{ kind: 'ok', skew_ms: 5 * SECOND, missed: 1, at: 20 * MINUTE - 2 * SECOND },
        ...{ gap_ms: 18 * MINUTE - 2 * SECOND, lag_ms: 13 * MINUTE - 2 * SECOND },
      },
      // Nothing more was heard.
    ])
  })

  it('is its verdict when it changes, with who owns it', () => {
    const changes = points('hb_state').filter(({ seq }) => seq > 0)
    expect(changes.map(({ tags, fields, at }) => [at - start, tags['owner'], fields.prev, fields.code])).toEqual([
      [0, 'ana', UNSEEN, UNSEEN],
      [MINUTE, 'ana', UNSEEN, RUNNING],
      [2 * MINUTE, 'ana', RUNNING, OK],
      [7 * MINUTE, 'ana', OK, LATE],
      [8 * MINUTE, 'ana', LATE, MISSED],
      [20 * MINUTE - 2 * SECOND, 'ana', MISSED, OK],
      [25 * MINUTE - 2 * SECOND, 'ana', OK, LATE],
      [26 * MINUTE - 2 * SECOND, 'ana', LATE, MISSED],
    ])
    expect(changes[4]?.fields).toMatchObject({ since: start + 8 * MINUTE, last_ok: start + 2 * MINUTE, missed: 1 })
  })

  it('is said again every five minutes, with how far it is overdue', () => {
    const repeated = points('hb_state').filter(({ seq }) => seq === 0)
    expect(new Set(repeated.map(({ at }) => (at - start) % (5 * MINUTE))).size).toBe(1)
    expect(repeated).toHaveLength(12)
    const at1215 = repeated.find(({ at }) => at - start >= 15 * MINUTE) as AnyPoint
    expect(at1215.fields).toMatchObject({ code: MISSED, overdue_ms: at1215.at - start - 8 * MINUTE })
  })

  it('is an incident that opens and is resolved, and the pages about it', () => {
    const told = points('hb_incident').map(({ tags, fields, at }) => ({
      ...{ at: at - start, event: tags['event'], severity: tags['severity'], open: fields.open },
      ...{ detect: fields.detect_ms, lasted: fields.duration_ms, by: fields.by },
    }))
    expect(told).toEqual([
      { at: 8 * MINUTE, event: 'opened', severity: 'critical', open: 1, detect: expect.any(Number) },
      {
        at: 20 * MINUTE - 2 * SECOND,
        event: 'resolved',
        severity: 'critical',
        open: 0,
        lasted: 12 * MINUTE - 2 * SECOND,
        by: 'heartbeat',
      },
      { at: 26 * MINUTE - 2 * SECOND, event: 'opened', severity: 'critical', open: 1, detect: expect.any(Number) },
    ])
    expect(points('hb_page').map(({ tags, fields }) => ({ ...tags, ...fields }))).toMatchObject([
      { ...PAGE, kind: 'incident.triggered', outcome: 'delivered', attempts: 1, n: 1, step: 1, path: 'ops' },
      { ...PAGE, kind: 'incident.resolved', outcome: 'delivered' },
      { ...PAGE, kind: 'incident.triggered', outcome: 'delivered' },
    ])
  })

  it('is its group every ten seconds: verdicts, incidents, arrivals, and the oldest one', () => {
    const fleet = points('hb_fleet')
    expect(fleet.map(({ at }) => at - start)).toEqual(Array.from({ length: 363 }, (_, step) => (step + 1) * STEP))
    const after = (minute: number) => fleet.find(({ at }) => at - start > minute * MINUTE)?.fields
    expect(after(1)).toMatchObject({
      total: 1,
      running: 1,
      unseen: 0,
      arrivals: 1,
      bad: 0,
      incidents: 0,
      overdue_ms: 0,
    })
    expect(after(15)).toMatchObject({ total: 1, missed: 1, ok: 0, bad: 1, incidents: 1, overdue_ms: 7 * MINUTE + STEP })
    expect(fleet.reduce((sum, { fields }) => sum + Number(fields.arrivals), 0)).toBe(3)
  })

  it('is an hour with its durations, its misses and the share in which it was not bad', () => {
    expect(points('hb_1h')).toEqual([
      {
        measurement: 'hb_1h',
        tags: { heartbeat: 'nightly/backup', group: 'ops' },
        fields: {
          ...{ n: 3, fails: 0, misses: 2 },
          ...{ duration_mean_ms: MINUTE, duration_p95_ms: MINUTE, duration_max_ms: MINUTE },
          ok_ratio: 1 - (12 * MINUTE - 2 * SECOND + 34 * MINUTE + 2 * SECOND) / HOUR,
        },
        at: start,
        seq: 0,
      },
    ])
  })

  it.each<[Detail, readonly Measurement[]]>([
    ['transitions', ['hb_1h', 'hb_fleet', 'hb_incident', 'hb_page', 'hb_state']],
    ['aggregate', ['hb_1h', 'hb_fleet', 'hb_incident', 'hb_page']],
  ])('is less of a group that is worth %s', (detail, measurements) => {
    const told = tell(story.world.facts, { instance: 'gw', detailOf: () => detail }, story.world.clock.wall)
    expect([...new Set(told().map(({ measurement }) => measurement))].sort()).toEqual(measurements)
    const named = told().filter(({ tags }) => tags['heartbeat'] !== undefined)
    expect(named.length === 0).toBe(detail === 'aggregate')
    expect(told('hb_1h')).toMatchObject([{ fields: { n: 3, misses: 2, duration_max_ms: MINUTE } }])
  })

  it('is the same from wherever the writing of it was interrupted', async () => {
    await interruptedAnywhere(story)
  })
})

describe('time in which the gateway was away', () => {
  it('has no figures of groups, and a blind window at its end', async () => {
    const story = new Story({ from: FROM }).heartbeat('a', { schedule: { kind: 'every', every: MINUTE }, group: 'g' })
    const start = story.instant(FROM)
    ;(await story.at('2026-03-02T12:00:25')).ping('a')
    story.world.restart(2 * HOUR)
    await story.at('2026-03-02T14:00:45')
    const points = tell(story.world.facts, ALL, story.world.clock.wall)
    expect(points('hb_fleet').map(({ at }) => (at - start) / SECOND)).toEqual([10, 20, 7230, 7240])
    expect(points('hb_1h').map(({ at }) => at - start)).toEqual([0])
    expect(points('hb_gateway')).toMatchObject([
      { tags: { instance: 'gw', source: 'gateway', cause: 'restart' }, fields: { blind_ms: 2 * HOUR, unverified: 0 } },
    ])
  })

  it('goes on from the time that a clock was set back to', async () => {
    const story = new Story({ from: FROM }).heartbeat('a', { schedule: { kind: 'every', every: HOUR } })
    const start = story.instant(FROM)
    await story.at('2026-03-02T12:00:25')
    story.world.clock.wall -= HOUR
    story.world.watch.tick()
    await story.world.until(start - HOUR + 45 * SECOND)
    const fleet = tell(story.world.facts, ALL, story.world.clock.wall)('hb_fleet')
    expect(fleet.map(({ at }) => (at - start) / SECOND)).toEqual([10, 20, -3570, -3560])
  })
})

describe('a chronicle that goes on at any time', () => {
  it('takes its steps at whole tens of seconds, whatever the clock said when it was begun or set back', () => {
    const START = Date.UTC(2026, 2, 2, 12)
    for (const resume of [true, false]) {
      const chronicle = new Chronicle(ALL, resume ? 0 : START + 3_217)
      if (resume) chronicle.resume(START + 3_217)
      expect([...chronicle.moveTo(START + 25_000)]).toEqual([])
      expect(chronicle.steppedAt).toBe(START + 2 * STEP)
    }
  })
})

describe('a storm', () => {
  it('is one incident of its own kind, beside those of its heartbeats', async () => {
    const story = new Story({ from: FROM })
    for (let number = 0; number < 12; number++)
      story.heartbeat(`pump-${number}`, { schedule: { kind: 'every', every: MINUTE }, group: number < 6 ? 'a' : 'b' })
    await story.at('2026-03-02T12:02')
    for (let number = 0; number < 12; number++) story.world.hear(`pump-${number}`)
    await story.at('2026-03-02T12:20')
    for (let number = 0; number < 12; number++) story.world.hear(`pump-${number}`)
    await story.at('2026-03-02T12:30:05')
    const points = tell(story.world.facts, ALL, story.world.clock.wall)
    const storms = points('hb_incident').filter(({ tags }) => tags['kind'] === 'storm')
    expect(storms.map(({ tags, fields }) => [tags['event'], tags['heartbeat'], fields.open])).toEqual(
      expect.arrayContaining([
        ['opened', '', 1],
        ['resolved', '', 0],
      ]),
    )
    expect(points('hb_page').filter(({ tags }) => tags['kind']?.startsWith('storm.') === true)).not.toEqual([])
    await interruptedAnywhere(story)
  })
})

describe('a heartbeat that changes its group, and one that goes', () => {
  it('is counted once, and its old group is said to be empty', async () => {
    const story = new Story({ from: FROM }).heartbeat('a', { schedule: { kind: 'every', every: MINUTE }, group: 'old' })
    const start = story.instant(FROM)
    await story.at('2026-03-02T12:00:05')
    story.world.declare('a', { schedule: { kind: 'every', every: MINUTE }, group: 'new' })
    await story.at('2026-03-02T12:03:05')
    void story.world.watch.ledger.request({ kind: 'remove', name: 'a', by: 'ana' })
    await story.at('2026-03-02T12:03:35')
    const fleet = tell(story.world.facts, ALL, story.world.clock.wall)('hb_fleet')
    const of = (group: string) =>
      fleet
        .filter(({ tags }) => tags['group'] === group)
        .map(({ at, fields }) => [(at - start) / SECOND, fields.total, fields.incidents])
    await interruptedAnywhere(story)
    expect(of('old')).toEqual([[10, 0, 0]])
    expect(of('new').at(0)).toEqual([10, 1, 0])
    expect(of('new').slice(-3)).toEqual([
      [170, 1, 1],
      [180, 1, 1],
      [190, 0, 0],
    ])
  })
})

const [OK, UNSEEN, RUNNING, LATE, MISSED] = [0, 1, 2, 3, 7]
const SIGNAL = { heartbeat: 'nightly/backup', group: 'ops', via: 'http', n: 1 }
const PAGE = { channel: 'ops', responder: '', policy: 'default', heartbeat: 'nightly/backup', group: 'ops' }

type Of<M extends Measurement> = Extract<AnyPoint, { measurement: M }>

/** Points of a measurement, or all of them; fields without a value left out. */
function tell(facts: readonly Fact[], settings: ChronicleSettings, until: number) {
  const points = told(facts, settings, until)
  return <M extends Measurement>(of?: M): readonly Of<M>[] =>
    points.filter(({ measurement }) => of === undefined || measurement === of) as unknown as readonly Of<M>[]
}

function told(facts: readonly Fact[], settings: ChronicleSettings, until: number): readonly AnyPoint[] {
  const chronicle = new Chronicle(settings, facts[0]?.seenAt ?? 0)
  const points = facts.flatMap((fact, index) => [...chronicle.take({ seq: index + 1, fact })])
  return [...points, ...chronicle.moveTo(until)].map(plain)
}

async function interruptedAnywhere({ world: { facts, clock } }: Story): Promise<void> {
  const sorted = (points: readonly AnyPoint[]) =>
    points
      .map((point) => JSON.stringify(point))
      .sort()
      .join('\n')
  const whole = sorted(told(facts, ALL, clock.wall))
  for (let cut = 0; cut <= facts.length; cut++) expect(sorted(await toldInTwo(facts, cut, clock.wall))).toBe(whole)
}

/** Told as far as fact number `cut`, kept, and told on by another chronicle. */
async function toldInTwo(facts: readonly Fact[], cut: number, until: number): Promise<readonly AnyPoint[]> {
  const first = new Chronicle(ALL, facts[0]?.seenAt ?? 0)
  const points = facts.slice(0, cut).flatMap((fact, index) => [...first.take({ seq: index + 1, fact })])
  const path = join(mkdtempSync(join(folder, 'told-')), 'series.db')
  const store = new SeriesStore(path)
  store.keep(first, new Snapshots(first.registry), cut)
  store.close()
  const reopened = new SeriesStore(path)
  const second = new Chronicle(ALL, 0)
  await reopened.restore(second, reopened.standing ?? { seq: 0, steppedAt: 0 })
  reopened.close()
  points.push(...facts.slice(cut).flatMap((fact, index) => [...second.take({ seq: cut + index + 1, fact })]))
  return [...points, ...second.moveTo(until)].map(plain)
}

function plain(point: AnyPoint): AnyPoint {
  if (lineOf(point, true) === undefined) throw new Error(`nothing is left of ${JSON.stringify(point)}`)
  return JSON.parse(JSON.stringify(point)) as AnyPoint
}
