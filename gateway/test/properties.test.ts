// What holds for every heartbeat, every stream of signals and every instant.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Registry } from '../src/app/registry.ts'
import { type Decision, decide, TICK } from '../src/domain/decide.ts'
import { NO_POLICY } from '../src/domain/escalation.ts'
import { evolve } from '../src/domain/evolve.ts'
import { DEFAULT_TERMS, type State, type Terms } from '../src/domain/heartbeat.ts'
import { nextMoment, wakeAt } from '../src/domain/moments.ts'
import type { Schedule } from '../src/domain/schedule.ts'
import type { Signal } from '../src/domain/signal.ts'
import { HOUR, MINUTE, NEVER, SECOND } from '../src/domain/time.ts'
import { settle, World } from './world.ts'

const START = Date.UTC(2026, 2, 28, 21, 59)
const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 300)

const schedules: fc.Arbitrary<Schedule> = fc.oneof(
  fc.constantFrom(10 * SECOND, MINUTE, 7 * MINUTE, HOUR).map((every): Schedule => ({ kind: 'every', every })),
  fc
    .constantFrom('* * * * *', '*/5 * * * *', '0 3 * * *', '30 3 * * *', '15 */2 * * *')
    .map((cron): Schedule => ({ kind: 'cron', cron, zone: 'Europe/Riga' })),
  fc.constant<Schedule>({ kind: 'window', window: '02:30-04:30', on: '', zone: 'Europe/Riga' }),
  fc.constant<Schedule>({ kind: 'calendar', calendar: '*:0/10', zone: 'UTC' }),
  fc.constant<Schedule>({ kind: 'none' }),
)

const optional = <T>(values: readonly T[]): fc.Arbitrary<T | undefined> =>
  fc.constantFrom(undefined, undefined, ...values)

const terms: fc.Arbitrary<Terms> = fc
  .record({
    schedule: schedules,
    grace: optional([0, 5 * SECOND, 2 * MINUTE]),
    startWithin: optional([MINUTE]),
    finishWithin: optional([30 * SECOND, 10 * MINUTE]),
    tolerate: fc.constantFrom(1, 1, 2, 3),
    recoverAfter: fc.constantFrom(1, 1, 2),
    slow: fc.constantFrom(3, 0, 1.5),
    early: fc.boolean(),
    unseen: fc.constantFrom('page', 'wait'),
    will: fc.constantFrom('suspect', 'ignore', 'down'),
  })
  .map((record) => ({ ...DEFAULT_TERMS, ...withoutUndefined(record) }) as Terms)

type Step = { readonly wait: number; readonly signal: Partial<Signal> | undefined; readonly age: number }

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.integer({ min: 0, max: 3 * HOUR })),
    age: fc.constantFrom(0, 0, 0, 0, 20_000, 10 * MINUTE),
    signal: fc.oneof(
      { weight: 1, arbitrary: fc.constant(undefined) },
      {
        weight: 6,
        arbitrary: fc
          .record({
            kind: fc.constantFrom<Signal['kind'][]>('ok', 'ok', 'ok', 'start', 'fail', 'log', 'bye', 'will'),
            run: optional(['a', 'b']),
            duration: optional([100, 5_000, 60_000]),
            next: optional([MINUTE, HOUR]),
            grace: optional([SECOND]),
            boot: optional([1, 2]),
          })
          .map((record) => withoutUndefined(record) as Partial<Signal>),
      },
    ),
  }),
  { minLength: 1, maxLength: 25 },
)

describe('silence', () => {
  it('decides nothing before wakeAt', () => {
    fc.assert(
      fc.property(terms, steps, fc.double({ min: 0, max: 0.999, noNaN: true }), (own, story, part) => {
        const world = new World(START)
        world.declare('x', own)
        for (const step of story) {
          play(world, step)
          const heartbeat = world.watch.registry.heartbeat(0)
          const now = world.clock.wall
          const wake = Math.min(wakeAt(heartbeat.terms, heartbeat.state), now + 400 * 24 * HOUR)
          expect(wake).toBeGreaterThan(now)
          // wakeAt has a short way for the quiet; it must lead to the same instant.
          expect(wakeAt(heartbeat.terms, heartbeat.state)).toBe(
            nextMoment(heartbeat.terms, heartbeat.state)?.at ?? NEVER,
          )
          const between = now + Math.floor((wake - now) * part)
          expect(ask(world, Math.min(between, wake - 1)).facts).toEqual([])
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('on an ear that is deaf makes nothing worse than unverified, and decides nothing before wakeAt', () => {
    fc.assert(
      fc.property(terms, steps, fc.integer({ min: 0, max: 40 * 24 * HOUR }), (own, story, later) => {
        const world = new World(START)
        world.declare('x', own)
        for (const step of story) {
          play(world, step)
          const { terms: known, state } = world.watch.registry.heartbeat(0)
          const now = world.clock.wall
          const wake = Math.min(wakeAt(known, state, now), now + later)
          if (wake > now) expect(ask(world, wake - 1, now).facts).toEqual([])
          const { facts } = ask(world, now + later, now)
          expect(facts.filter(({ at, type }) => at > now && BY_SILENCE.has(type))).toEqual([])
          const worse = facts.filter((fact) => fact.type === 'verdict.changed' && fact.at > now)
          expect(worse.every((fact) => fact.type === 'verdict.changed' && fact.to === 'unverified')).toBe(true)
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('never lets a due instant, a deadline or the end of a run pass unsaid', () => {
    fc.assert(
      fc.property(terms, steps, (own, story) => {
        const world = new World(START)
        world.declare('x', own)
        for (const step of story) {
          play(world, step)
          // Right behind the next limit, and wherever the story goes on.
          const next = Math.min(...limitsOf(own, world.watch.registry.state(0)))
          if (step.wait % 2 === 0 && next !== NEVER) {
            world.clock.pass(next + 1 - world.clock.wall)
            world.watch.ledger.tick(world.clock.wall)
          }
          const limits = limitsOf(own, world.watch.registry.state(0))
          expect(limits.filter((limit) => world.clock.wall > limit)).toEqual([])
        }
      }),
      { numRuns: RUNS },
    )
  })

  it('is judged the same by many ticks and by one', () => {
    fc.assert(
      fc.property(terms, steps, (own, story) => {
        const often = new World(START)
        const once = new World(START)
        for (const world of [often, once]) world.declare('x', own)
        for (const step of story) {
          for (let part = 0; part < 5; part++) {
            often.clock.pass(Math.floor(step.wait / 5))
            often.watch.ledger.tick(often.clock.wall)
          }
          once.clock.pass(5 * Math.floor(step.wait / 5))
          once.watch.ledger.tick(once.clock.wall)
          for (const world of [often, once]) hear(world, step)
        }
        expect(essence(often)).toEqual(essence(once))
      }),
      { numRuns: RUNS },
    )
  })
})

describe('facts', () => {
  it('folded one by one give the stored state', async () => {
    await fc.assert(
      fc.asyncProperty(terms, steps, async (own, story) => {
        const world = new World(START)
        world.declare('x', own)
        for (const step of story) {
          play(world, step)
          await settle()
        }
        const folded = new Registry()
        let alone: State | undefined
        for (const fact of world.facts) {
          folded.fold(fact)
          if (!('heartbeat' in fact) && fact.type !== 'blind.passed' && fact.type !== 'clock.stepped') continue
          if (fact.type === 'heartbeat.declared' || alone !== undefined) alone = evolve(own, alone, fact)
        }
        const live = world.watch.registry
        expect(folded.state(0)).toEqual(live.state(0))
        expect(alone).toEqual(live.state(0))
        expect(folded.casebook.content()).toEqual(live.casebook.content())
      }),
      { numRuns: RUNS },
    )
  })
})

describe('signals that say when they were true', () => {
  const stream = fc.uniqueArray(
    fc.record({
      at: fc.integer({ min: 0, max: 59_999 }),
      kind: fc.constantFrom<Signal['kind'][]>('ok', 'ok', 'fail', 'log'),
      message: fc.constantFrom('a', 'b'),
    }),
    { minLength: 1, maxLength: 8, selector: ({ at }) => at },
  )

  it('in any order within a minute, and any of them twice, end in the state of the sorted stream', () => {
    fc.assert(
      fc.property(
        // No deadline falls into the minute itself, and oks since the last fail, which are counted as they come, decide nothing.
        terms.map((own) => ({ ...own, grace: 2 * MINUTE, recoverAfter: 1 })),
        stream.chain((signals) =>
          fc.record({
            signals: fc.constant(signals),
            order: fc.shuffledSubarray([...signals.keys(), ...signals.keys()], {
              minLength: 2 * signals.length,
              maxLength: 2 * signals.length,
            }),
          }),
        ),
        (own, { signals, order }) => {
          const sorted = new World(START)
          const shuffled = new World(START)
          for (const world of [sorted, shuffled]) {
            world.declare('x', own)
            world.clock.pass(MINUTE)
          }
          const send = (world: World, index: number): void => {
            const { at, kind, message } = signals[index] as (typeof signals)[number]
            world.hear('x', { kind, message, at: START + at, seq: index + 1, boot: 1 })
          }
          const inOrder = [...signals.keys()].sort((a, b) => (signals[a]?.at ?? 0) - (signals[b]?.at ?? 0))
          for (const index of inOrder) send(sorted, index)
          for (const index of order) send(shuffled, index)
          expect(outcome(shuffled)).toEqual(outcome(sorted))
        },
      ),
      { numRuns: RUNS },
    )
  })
})

const BY_SILENCE: ReadonlySet<string> = new Set([
  'deadline.missed',
  'run.overran',
  'incident.opened',
  'incident.worsened',
])

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
}

function play(world: World, step: Step): void {
  world.clock.pass(step.wait)
  world.watch.ledger.tick(world.clock.wall)
  hear(world, step)
}

function hear(world: World, { signal, age }: Step): void {
  if (signal !== undefined) world.hear('x', { ...signal, at: world.clock.wall - age })
}

function ask(world: World, now: number, deafSince: number = NEVER): Decision {
  const scene = {
    zone: 'UTC',
    policyOf: () => NO_POLICY,
    muteOf: () => undefined,
    deafSince: () => deafSince,
    waysTo: () => [],
    channels: [],
  }
  return decide(world.watch.registry.heartbeat(0), TICK, scene, now)
}

/** Past these the verdict has to be another one; what is known to be bad waits for a signal alone. */
function limitsOf(own: Terms, { verdict, dueAt, deadlineAt, more }: State): number[] {
  if (verdict === 'failed' || verdict === 'overrun') return []
  if (verdict === 'missed' && more.incident !== undefined) return []
  const running = more.runs.filter((run) => !run.overran)
  const limits = running.map(({ judgedFrom }) => judgedFrom + (own.finishWithin ?? NEVER))
  if (running.length === 0) {
    limits.push(deadlineAt, dueAt + (own.startWithin ?? NEVER))
    if (verdict === 'ok') limits.push(dueAt)
  }
  return [...limits, more.suspectAt]
}

/** Everything but the ids of incidents and pages, and when something was seen. */
function essence(world: World): object {
  const { more, ...state } = world.watch.registry.state(0)
  const { incident, ...rest } = more
  return { ...state, ...rest, incident: incident && { verdict: incident.verdict, openedAt: incident.openedAt } }
}

/** What people are told and what is waited for; not how often something was bad on the way. */
function outcome(world: World): object {
  const { verdict, lastOkAt, lastSignalAt, judgedAt, dueAt, deadlineAt, signals, more } = world.watch.registry.state(0)
  return { verdict, lastOkAt, lastSignalAt, judgedAt, dueAt, deadlineAt, signals, isOpen: more.incident !== undefined }
}
