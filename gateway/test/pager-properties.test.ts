// Whatever is silenced, acknowledged, snoozed and set back, and in whatever order: nobody who should be paged is
// forgotten, nobody is paged who should not be, and the facts alone lead to the same state.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Registry } from '../src/app/registry.ts'
import { NO_POLICY, type Policy } from '../src/domain/escalation.ts'
import type { Fact } from '../src/domain/fact.ts'
import type { Incident } from '../src/domain/incident.ts'
import { isMatch, type Match, type Mute, spellAt } from '../src/domain/mute.ts'
import { MINUTE, SECOND } from '../src/domain/time.ts'
import { World } from './world.ts'

const FROM = Date.UTC(2026, 2, 2, 10)
const POLICY: Policy = {
  ...NO_POLICY,
  name: 'default',
  ackTimeout: 3 * MINUTE,
  steps: [
    { after: 0, page: ['ops'] },
    { after: 2 * MINUTE, page: ['boss'], repeat: { every: 2 * MINUTE, times: 2 } },
  ],
}
const NAMES = ['router', 'pump-0', 'pump-1', ...Array.from({ length: 13 }, (_, n) => `lamp-${n}`)]

type Deed =
  | { readonly do: 'ping'; readonly from: number; readonly count: number }
  | { readonly do: 'fail'; readonly which: number }
  | { readonly do: 'silence'; readonly match: Match; readonly minutes: number }
  | { readonly do: 'unsilence' | 'acknowledge' | 'resolve' | 'snooze'; readonly which: number }
  | { readonly do: 'pause' | 'resume'; readonly which: number }
  | { readonly do: 'restart' }

const which = fc.nat({ max: NAMES.length - 1 })
const match: fc.Arbitrary<Match> = fc.oneof(
  fc.record({ names: fc.constantFrom(['pump-*'], ['router'], ['lamp-1', 'lamp-2']) }),
  fc.record({ groups: fc.constant(['hall']) }),
  fc.record({ severity: fc.constantFrom('critical' as const, 'warning' as const) }),
)
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('ping' as const), from: which, count: fc.nat({ max: 16 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), which }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('silence' as const), match, minutes: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('unsilence' as const, 'acknowledge' as const, 'resolve' as const, 'snooze' as const),
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('pause' as const, 'resume' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
)
const story = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), deed), { minLength: 1, maxLength: 25 })

function begin(): World {
  const world = new World(FROM, { policies: [POLICY], channels: ['ops', 'boss'] })
  const every = { schedule: { kind: 'every', every: MINUTE } } as const
  for (const name of NAMES)
    world.declare(name, {
      ...every,
      ...(name.startsWith('pump') && { parent: 'router' }),
      ...(name.startsWith('lamp') && { group: 'hall' }),
    })
  return world
}

function enact(world: World, deed: Deed, place: number): void {
  const { watch, clock } = world
  const mute = (match: Match, minutes: number): void => {
    const when = { from: clock.now(), until: clock.now() + minutes * MINUTE }
    const silence: Mute = {
      id: `quiet-${place}`,
      kind: 'silence',
      match,
      when,
      by: 'ana',
      reason: '',
      declaredBy: 'api',
    }
    void watch.ledger.request({ kind: 'mute', mute: silence })
  }
  const incident = (nth: number): Incident | undefined => [...watch.registry.open()][nth]
  switch (deed.do) {
    case 'ping':
      for (const name of NAMES.slice(deed.from, deed.from + deed.count)) world.hear(name)
      return
    case 'fail':
      return world.hear(NAMES[deed.which] as string, { kind: 'fail' })
    case 'silence':
      return mute(deed.match, deed.minutes)
    case 'snooze':
      return mute({ about: incident(deed.which)?.id ?? '' }, 3)
    case 'unsilence':
      return void watch.ledger.request({ kind: 'unmute', mute: `quiet-${deed.which}`, by: 'ana' })
    case 'acknowledge':
    case 'resolve':
      return void watch.ledger.request({ kind: deed.do, incident: incident(deed.which)?.id ?? '', by: 'ana' })
    case 'pause':
    case 'resume':
      return void watch.ledger.request({ kind: deed.do, name: NAMES[deed.which] as string, by: 'ana' })
    case 'restart':
      return world.restart(5 * SECOND)
  }
}

async function live(deeds: readonly (readonly [seconds: number, deed: Deed])[]): Promise<World> {
  const world = begin()
  for (const [place, [seconds, one]] of deeds.entries()) {
    await world.until(world.clock.now() + seconds * SECOND)
    enact(world, one, place)
  }
  return world
}

/** Those of whom somebody should have heard by now: open, nobody owns it, and nothing mutes it. */
function forgotten({ watch }: World): readonly Incident[] {
  const { storms } = watch.registry.casebook
  return [...watch.registry.open()].filter((incident) => {
    if (incident.state !== 'triggered') return false
    const storm = incident.mute?.by === 'storm' ? storms.get(incident.mute.what) : undefined
    if (incident.mute?.by === 'parent') return watch.registry.state(watch.registry.find('router')).verdict !== 'missed'
    const pages = storm === undefined ? incident.pages : storm.pages
    return pages.length === 0 || incident.mute?.by === 'gathering'
  })
}

/** Demands for attention that were decided while a silence covered them. */
function unwanted(facts: readonly Fact[], world: World): readonly Fact[] {
  const mutes = new Map<string, Mute>()
  const severity = new Map<string, Incident['severity']>()
  return facts.filter((fact) => {
    if (fact.type === 'mute.declared') mutes.set(fact.mute.id, fact.mute)
    if (fact.type === 'mute.ended') mutes.delete(fact.mute)
    if (fact.type === 'incident.opened' || fact.type === 'incident.worsened') severity.set(fact.incident, fact.severity)
    if (fact.type !== 'page.queued' || !/triggered|escalated/.test(fact.kind)) return false
    const { registry } = world.watch
    const terms = registry.roster.termsOf(registry.find(fact.heartbeat))
    const subject = { about: fact.incident, name: fact.heartbeat, severity: severity.get(fact.incident) ?? 'critical' }
    return [...mutes.values()].some(
      (mute) =>
        isMatch(mute.match, terms ? { ...subject, terms } : subject) && spellAt(mute, fact.seenAt) !== undefined,
    )
  })
}

/** A page about an end that nobody was told the beginning of, or that came before it. */
function outOfOrder({ sent }: World): readonly string[] {
  const begun = new Set<string>()
  return sent.flatMap(({ channel, body }) => {
    const key = `${channel} ${body.about}`
    if (body.state === 'triggered') begun.add(key)
    return begun.has(key) || body.type.startsWith('gateway') ? [] : [`${key}: ${body.type}`]
  })
}

describe('the pager', () => {
  it('forgets nobody, wakes nobody in a silence, keeps order, and is what its facts say', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (deeds) => {
        const world = await live(deeds)
        // Every silence is over by then, every storm has settled and every acknowledgement has timed out.
        await world.until(world.clock.now() + 30 * MINUTE)
        expect(forgotten(world)).toEqual([])
        expect(unwanted(world.facts, world)).toEqual([])
        expect(outOfOrder(world)).toEqual([])
        const again = new Registry()
        for (const fact of world.facts) again.fold(fact)
        expect(again.casebook.content()).toEqual(world.watch.registry.casebook.content())
        expect(new Set(world.sent.map(({ id, channel }) => `${channel} ${id}`)).size).toBe(world.sent.length)
      }),
      { numRuns: 60 },
    )
  })
})
