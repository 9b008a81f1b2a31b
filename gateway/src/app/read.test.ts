import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { declare } from '../domain/decide.ts'
import { DEFAULT_TERMS, type Terms } from '../domain/heartbeat.ts'
import { VERDICTS } from '../domain/verdict.ts'
import { type HeartbeatWish, heartbeatItem, listHeartbeats, type Pace } from './read.ts'
import { board } from './read-board.ts'
import { Registry } from './registry.ts'

const at = 1_700_000_000_000

function registryOf(count: number, termsOf: (place: number) => Partial<Terms> = () => ({})): Registry {
  const registry = new Registry()
  for (let n = 0; n < count; n++) registry.fold(declare(`hb-${n}`, { ...DEFAULT_TERMS, ...termsOf(n) }, undefined, at))
  return registry
}

describe('a heartbeat', () => {
  it('has null for what never was and never comes', () => {
    const registry = registryOf(1, () => ({ schedule: { kind: 'none' } }))
    expect(heartbeatItem(registry, 0)).toMatchObject({
      lastSignalAt: null,
      lastOkAt: null,
      dueAt: null,
      deadlineAt: null,
      graceMs: null,
      baselineMs: null,
      incident: null,
    })
  })
})

describe('a list of heartbeats', () => {
  it('is short rather than late where a filter fits few, and goes on from where it stopped', async () => {
    const registry = registryOf(5_000, (n) => ({ owner: n === 4_500 ? 'ana' : 'ben' }))
    const { lengths, names } = await walk(registry, { filter: { owner: 'ana' } }, LATE)
    expect([lengths, names]).toEqual([[0, 0, 0, 0, 1], ['hb-4500']])
    expect((await list(registry, { filter: { owner: 'ana' } })).next).toBeNull()
  })

  it('leaves out what was removed, and ends without an empty page', async () => {
    const registry = registryOf(4)
    registry.fold({ type: 'heartbeat.removed', heartbeat: 'hb-1', at, seenAt: at, by: 'api' })
    const first = await list(registry, { limit: 2 })
    expect([first.items.map(({ name }) => name), first.next]).toEqual([['hb-0', 'hb-2'], '2'])
    expect((await list(registry, { after: '2', limit: 1 })).next).toBeNull()
    expect(await list(registry, { after: '9999999999' })).toEqual({ items: [], next: null })
  })

  it('finds a part of a name or a description in any case, also after they changed', async () => {
    const registry = registryOf(3_000, (n) => ({ description: n === 2_000 ? 'Dumps the DATABASE' : 'beats' }))
    const names = async (q: string) => (await list(registry, { filter: { q } })).items.map(({ name }) => name)
    expect(await names('HB-299')).toEqual(['hb-299', ...Array.from({ length: 10 }, (_, n) => `hb-299${n}`)])
    expect(await names('database')).toEqual(['hb-2000'])
    registry.fold(declare('hb-2001', { ...DEFAULT_TERMS, description: 'a database' }, registry.state(2_001), at))
    registry.fold({ type: 'heartbeat.removed', heartbeat: 'hb-2000', at, seenAt: at, by: 'api' })
    expect(await names('database')).toEqual(['hb-2001'])
  })

  it('in the order of what is wrong has each once: by verdict, then by how long, then as they were declared', async () => {
    const verdicts = [...VERDICTS]
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ verdict: fc.constantFrom(...verdicts), since: fc.integer({ min: 0, max: 3 }) }), {
          maxLength: 40,
        }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        async (wanted, limit, isLate) => {
          const registry = registryOf(wanted.length)
          for (const [number, { verdict, since }] of wanted.entries())
            registry.settle(number, { ...registry.state(number), verdict, since: at + since }, [])
          const { names } = await walk(registry, { order: 'wrong', limit }, isLate ? LATE : EARLY)
          const ranks = [...verdicts.filter((verdict) => verdict !== 'paused'), 'paused']
          const isBadRank = (rank: number) => rank < ranks.indexOf('running')
          const expected = wanted
            .map(({ verdict, since }, number) => ({ number, rank: ranks.indexOf(verdict), since }))
            .sort((a, b) => a.rank - b.rank || (isBadRank(a.rank) ? a.since - b.since : 0) || a.number - b.number)
          expect(names).toEqual(expected.map(({ number }) => `hb-${number}`))
        },
      ),
    )
  })
})

describe('a board', () => {
  it('counts the same as looking at each, whatever changes before and after it is first asked', async () => {
    const terms = fc.record({
      group: fc.constantFrom('', 'a', 'b'),
      owner: fc.constantFrom('', 'ana'),
      tags: fc.subarray(['x', 'y', 'x']),
    })
    const deed = fc.record({ number: fc.nat(9), terms: fc.option(terms), verdict: fc.constantFrom(...VERDICTS) })
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { maxLength: 40 }), fc.nat(40), async (deeds, askedAt) => {
        const registry = new Registry()
        for (const [place, { number, terms: next, verdict }] of deeds.entries()) {
          if (place === askedAt) await board(registry, 0, EARLY)
          const known = registry.find(`hb-${number}`)
          if (next !== null) {
            const before = known === -1 ? undefined : registry.state(known)
            registry.fold(declare(`hb-${number}`, { ...DEFAULT_TERMS, ...next }, before, at))
          } else if (known !== -1 && verdict === 'failed') {
            registry.fold({ type: 'heartbeat.removed', heartbeat: `hb-${number}`, at, seenAt: at, by: 'api' })
          } else if (known !== -1) {
            registry.settle(known, { ...registry.state(known), verdict, signals: 1 }, [])
          }
        }
        const shown = await board(registry, 7, EARLY)
        const all = [...registry.roster.numbers()].map((each) => registry.heartbeat(each))
        expect(shown).toMatchObject({
          total: all.length,
          seq: 7,
          neverSeen: all.filter(({ state }) => state.signals === 0).length,
        })
        for (const group of ['', 'a', 'b']) {
          const members = all.filter((each) => each.terms.group === group)
          const tally = shown.groups.find(({ name }) => name === group)
          expect(tally?.total ?? 0).toBe(members.length)
          for (const verdict of VERDICTS)
            expect(tally?.verdicts[verdict] ?? 0).toBe(members.filter(({ state }) => state.verdict === verdict).length)
        }
        expect(shown.ownerless).toBe(all.filter(({ terms: { owner } }) => owner === '').length)
        for (const tag of ['x', 'y'])
          expect(shown.tags.find(({ name }) => name === tag)?.total ?? 0).toBe(
            all.filter(({ terms: { tags } }) => tags.includes(tag)).length,
          )
      }),
    )
  })
})

const EARLY: Pace = { pause: () => undefined, isLate: () => false }
const LATE: Pace = { pause: () => Promise.resolve(), isLate: () => true }

function list(registry: Registry, wish: Partial<HeartbeatWish>, pace = EARLY): ReturnType<typeof listHeartbeats> {
  return listHeartbeats(registry, { filter: {}, order: 'declared', after: undefined, limit: 100, ...wish }, pace)
}

async function walk(registry: Registry, wish: Partial<HeartbeatWish>, pace: Pace) {
  const names: string[] = []
  const lengths: number[] = []
  for (let after: string | undefined; ; ) {
    const { items, next } = await list(registry, { ...wish, after }, pace)
    lengths.push(items.length)
    names.push(...items.map(({ name }) => name))
    if (next === null) return { names, lengths }
    after = next
  }
}
