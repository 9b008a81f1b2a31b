import { describe, expect, it } from 'vitest'
import { drillItem, listDrills, listWays } from '../../src/app/read-drills.ts'
import type { Policy } from '../../src/domain/escalation.ts'
import { drillId } from '../../src/domain/names.ts'
import { formatInstant, HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'
import type { World } from '../world.ts'

const STEPS: Policy = {
  name: 'default',
  ackTimeout: 30 * MINUTE,
  fallback: [],
  steps: [
    { after: 0, page: ['ana'] },
    { after: 15 * MINUTE, page: ['boss'] },
  ],
}
const MONDAYS = { heartbeat: 'backup', cron: '0 10 * * mon', zone: 'Europe/Riga' }
const MISSED = 'this is what you get when backup is missed; nothing is wrong'
const PLANNED = [
  `ops: drill DRILL asked for by schedule: ${MISSED}`,
  `boss: drill DRILL asked for by schedule: ${MISSED}`,
]
const ASKED = [`ops: drill DRILL asked for by ana: ${MISSED}`, `boss: drill DRILL asked for by ana: ${MISSED}`]

/** Begins on a Sunday. */
function story(drills = [MONDAYS]): Story {
  return new Story({
    ...{ from: '2026-03-01T12:00', zone: 'Europe/Riga', policies: [STEPS], channels: ['ops', 'boss'], drills },
    responders: [{ name: 'ana', page: ['ops'] }],
  }).heartbeat('backup', { schedule: { kind: 'every', every: 30 * 24 * HOUR } })
}

function drill({ watch, clock }: World, name = 'backup'): void {
  const id = drillId(name, clock.now())
  void watch.ledger.request({ kind: 'drill', drill: id, of: { name }, by: 'ana' })
}

/** `path outcome why lastReachedAt` of the newest drill's ways. */
function newest({ watch }: World): readonly string[] {
  const { casebook } = watch.registry
  const [item] = listDrills({ casebook, pager: watch.pager }, undefined, 1).items
  return item?.pages.map(({ path, outcome, why, lastReachedAt }) => `${path} ${outcome} ${why} ${lastReachedAt}`) ?? []
}

describe('a planned drill', () => {
  it('pages marked pages when its schedule says so, and shows who was reached when', async () => {
    const told = story()
    ;(await told.at('2026-03-02T09:59:59')).pages()
    ;(await told.at('2026-03-02T10:00:05')).pages(...PLANNED)
    const at = formatInstant(told.instant('2026-03-02T10:00'))
    expect(newest(told.world)).toEqual([`ana › ops delivered null ${at}`, `boss delivered null ${at}`])
    expect(listWays(told.world.watch.registry.casebook).items).toEqual([
      { path: 'ana › ops', channel: 'ops', lastReachedAt: at, kind: 'drill' },
      { path: 'ops', channel: 'ops', lastReachedAt: at, kind: 'drill' },
      { path: 'boss', channel: 'boss', lastReachedAt: at, kind: 'drill' },
    ])
    ;(await told.at('2026-03-03T12:00')).pages()
  })

  it('leaves the heartbeat as it is', async () => {
    const told = story()
    const { registry } = told.world.watch
    const before = registry.state(registry.find('backup'))
    ;(await told.at('2026-03-02T10:01')).pages(...PLANNED).shows('backup', 'unseen')
    expect(registry.state(registry.find('backup'))).toEqual(before)
    expect(registry.incidents.size).toBe(0)
  })

  it('that was due while nobody was there is left out', async () => {
    const told = story()
    ;(await told.at('2026-03-02T09:50')).does((world) => world.restart(20 * MINUTE)).pages()
    ;(await told.at('2026-03-02T10:20')).pages().does(drill)
    ;(await told.at('2026-03-02T10:21')).pages(...ASKED)
  })

  it('is planned anew with a new configuration', async () => {
    const told = story()
    told.world.configure({ drills: [{ ...MONDAYS, cron: '30 10 * * mon' }] })
    ;(await told.at('2026-03-02T10:29:59')).pages()
    ;(await told.at('2026-03-02T10:30:01')).pages(...PLANNED)
  })
})

describe('a drill that somebody asks for', () => {
  it('shows a channel that is down as still tried, and as delivered when it is back', async () => {
    const told = story([])
    let isDown = true
    told.world.answers.set('ops', () => (isDown ? { kind: 'retry', why: 'connection refused' } : { kind: 'delivered' }))
    ;(await told.at('2026-03-01T12:10')).does(drill)
    ;(await told.at('2026-03-01T12:11')).pages(ASKED[1] as string)
    const reached = formatInstant(told.instant('2026-03-01T12:10'))
    expect(newest(told.world)).toEqual(['ana › ops null connection refused null', `boss delivered null ${reached}`])
    isDown = false
    ;(await told.at('2026-03-01T12:14')).pages(ASKED[0] as string)
    expect(newest(told.world)[0]).toMatch(/^ana › ops delivered null 2026-03-01T10:1[1-3]:/)
  })

  it('of a silenced heartbeat pages all the same, and says that a real miss would not', async () => {
    const told = story([])
    const { world } = told
    const when = { from: world.clock.now(), until: world.clock.now() + HOUR }
    const mute = { id: 'silence-1', kind: 'silence', match: { names: ['backup'] }, when, by: 'ben' } as const
    await world.watch.ledger.request({ kind: 'mute', mute: { ...mute, reason: 'upgrade', declaredBy: 'api' } })
    ;(await told.at('2026-03-01T12:10')).does(drill)
    ;(await told.at('2026-03-01T12:11')).pages(...ASKED)
    expect(world.watch.registry.casebook.drills.list()[0]?.muted).toBe('silenced by ben: upgrade')
  })

  it('of a heartbeat that is missed leaves its incident alone', async () => {
    const told = story([]).heartbeat('api', { schedule: { kind: 'every', every: MINUTE } })
    ;(await told.at('2026-03-01T12:03'))
      .pages('ops: incident.triggered api missed')
      .does((world) => drill(world, 'api'))
    const text = 'DRILL asked for by ana: this is what you get when api is missed; nothing is wrong'
    ;(await told.at('2026-03-01T12:04')).pages(`ops: drill ${text}`, `boss: drill ${text}`)
    const [incident] = told.world.watch.registry.open()
    expect(incident?.pages).toHaveLength(1)
    ;(await told.at('2026-03-01T12:18')).pages('boss: incident.triggered api missed')
  })

  it('comes once, however often it is asked for at one instant, and of nobody not at all', async () => {
    const told = story([])
    const { ledger } = told.world.watch
    ;(await told.at('2026-03-01T12:10')).does(drill).does(drill)
    ;(await told.at('2026-03-01T12:11')).pages(...ASKED)
    const ask = (of: { name: string } | { channel: string }) =>
      ledger.request({ kind: 'drill', drill: 'drill-x', of, by: 'ana' })
    expect((await ask({ name: 'nobody' })).reply).toEqual({ kind: 'refused', why: 'unknown' })
    expect((await ask({ channel: 'nobody' })).reply).toEqual({ kind: 'refused', why: 'unknown' })
    expect((await ask({ channel: 'boss' })).reply).toEqual({ kind: 'done' })
    ;(await told.at('2026-03-01T12:12')).pages(
      'boss: drill DRILL asked for by ana: a test of channel boss; nothing is wrong',
    )
  })

  it('shows all ways to a channel as reached by its one page, also after a restart', async () => {
    const steps = [
      { after: 0, page: ['ana', 'ops'] },
      { after: MINUTE, page: ['ops'] },
    ]
    const told = story([])
    const { world } = told
    world.configure({ policies: [{ ...STEPS, steps }] })
    ;(await told.at('2026-03-01T12:10')).does(drill)
    ;(await told.at('2026-03-01T12:11')).pages(ASKED[0] as string)
    const at = formatInstant(told.instant('2026-03-01T12:10'))
    const ways = [`ana › ops delivered null ${at}`, `ops delivered null ${at}`]
    expect(newest(world)).toEqual(ways)
    world.restart(MINUTE)
    expect(newest(world)).toEqual(ways)
    const { casebook } = world.watch.registry
    const drills = casebook.drills.list().map((one) => drillItem(one, { casebook, pager: world.watch.pager }))
    expect(drills).toMatchObject([{ heartbeat: 'backup', by: 'ana', muted: null }])
  })
})
