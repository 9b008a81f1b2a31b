import { describe, expect, it } from 'vitest'
import { NO_POLICY, type Policy } from '../../src/domain/escalation.ts'
import { MINUTE } from '../../src/domain/time.ts'
import { Story, type StorySettings } from '../timeline.ts'
import type { World } from '../world.ts'

const EVERY_MINUTE = { schedule: { kind: 'every', every: MINUTE } } as const
const STEPS: Policy = {
  ...NO_POLICY,
  name: 'default',
  steps: [
    { after: 0, page: ['ops'] },
    { after: 15 * MINUTE, page: ['ops', 'boss'] },
  ],
}
const FROM = '2026-03-02T10:00:00'

/** `count` heartbeats of one group that beat every minute, all of them last at 10:00:00 and then, spread, no more. */
function hall(count: number, settings: Partial<StorySettings> = {}, terms: object = {}): Story {
  const told = new Story({ from: FROM, policies: [STEPS], channels: ['ops', 'boss'], ...settings })
  for (let n = 0; n < count; n++) told.heartbeat(`pump-${n}`, { ...EVERY_MINUTE, group: 'hall-7', ...terms })
  return told
}

function kinds({ sent }: World): readonly string[] {
  return sent.map(({ channel, body }) => `${channel} ${body.type}`)
}

const pingAll = (from: number, to: number) => (world: World) => {
  for (let n = from; n < to; n++) world.hear(`pump-${n}`)
}

describe('a storm', () => {
  it('is one page: the first two of a group at once, the rest together', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    await told.at('2026-03-02T10:03')
    const { sent } = told.world
    expect(kinds(told.world)).toEqual(['ops incident.triggered', 'ops incident.triggered', 'ops storm.triggered'])
    expect(sent.at(-1)?.body.text).toBe('40 of 40 heartbeats of group hall-7 are bad since Mon 2026-03-02 10:01:40 UTC')
    expect(sent.at(-1)?.body.explanation).toMatch(
      /^At least 10 of 40 heartbeats of group hall-7 went bad within 30s, the first pump-/,
    )
    expect(sent.at(-1)?.body.storm).toMatchObject({ scope: 'group hall-7', heartbeats: 40, open: 40, size: 40 })
  })

  it('escalates as one, stops when somebody acknowledges it, and ends as one', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    await told.at('2026-03-02T10:17')
    expect(kinds(told.world).slice(3)).toEqual(['ops storm.grew', 'boss storm.triggered'])
    ;(await told.at('2026-03-02T10:18')).does(({ watch }) => {
      const [storm] = watch.registry.casebook.storms.open()
      void watch.ledger.request({ kind: 'acknowledge', incident: storm?.id ?? '', by: 'ana' })
    })
    ;(await told.at('2026-03-02T10:19')).does(pingAll(0, 40))
    await told.at('2026-03-02T10:19:30')
    expect(kinds(told.world).slice(5)).toEqual([
      'ops storm.acknowledged',
      'boss storm.acknowledged',
      'ops incident.resolved',
      'ops incident.resolved',
      'ops storm.resolved',
      'boss storm.resolved',
    ])
    expect(told.world.sent.at(-1)?.body.text).toMatch(
      /^40 heartbeats of group hall-7 are resolved after 17m.*\(by heartbeats\)$/,
    )
  })

  it('lets its stragglers go: who is still silent 5 minutes after the rest came back is paged alone', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    await told.at('2026-03-02T10:10')
    const before = told.world.sent.length
    const keepAlive = async (from: number, to: number) => {
      for (let minute = from; minute < to; minute++) {
        const moment = await told.at(`2026-03-02T10:${minute}:30`)
        moment.does(pingAll(0, 39))
      }
    }
    await keepAlive(10, 15)
    expect(kinds(told.world).slice(before)).toEqual(['ops incident.resolved', 'ops incident.resolved'])
    await keepAlive(15, 17)
    expect(told.world.sent.slice(before + 2).map(({ body }) => body.text)).toEqual([
      expect.stringMatching(
        /^40 heartbeats of group hall-7 are resolved after .*; 1 still are bad and are paged alone$/,
      ),
      expect.stringMatching(/^pump-39 is missed since/),
    ])
  })

  it('takes in who goes bad later, without a page', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 30))
    ;(await told.at('2026-03-02T10:01:20')).does(pingAll(30, 40))
    await told.at('2026-03-02T10:05')
    expect(kinds(told.world)).toEqual(['ops incident.triggered', 'ops incident.triggered', 'ops storm.triggered'])
    const [storm] = told.world.watch.registry.casebook.storms.open()
    expect(told.world.watch.registry.casebook.storms.members(storm?.id ?? '')).toEqual({ all: 40, open: 40 })
  })

  it('is none where fewer than ten or less than a fifth are bad: they page one by one, the later ones 15 s later', async () => {
    const told = hall(60)
    const few = async (minute: number) => {
      const moment = await told.at(`2026-03-02T10:${String(minute).padStart(2, '0')}:10`)
      moment.does(pingAll(minute === 0 ? 0 : 9, 60))
    }
    for (let minute = 0; minute < 4; minute++) await few(minute)
    expect(kinds(told.world)).toEqual(Array.from({ length: 9 }, () => 'ops incident.triggered'))
    const times = told.world.sent.map(({ at }) => at)
    expect((times[8] as number) - (times[0] as number)).toBe(15_000)
  })

  it('of everything is one storm, although it is of many groups', async () => {
    const told = new Story({ from: FROM, policies: [STEPS], channels: ['ops'] })
    for (let n = 0; n < 40; n++) told.heartbeat(`pump-${n}`, { ...EVERY_MINUTE, group: `hall-${n % 8}` })
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    await told.at('2026-03-02T10:04')
    const counted = kinds(told.world)
    expect(counted.filter((kind) => kind === 'ops storm.triggered')).toHaveLength(1)
    expect(counted.filter((kind) => kind === 'ops incident.triggered').length).toBeLessThanOrEqual(5)
  })

  it('pages each policy’s own people', async () => {
    const theirs: Policy = { ...NO_POLICY, name: 'theirs', steps: [{ after: 0, page: ['boss'] }] }
    const told = hall(20, { policies: [STEPS, theirs] })
    for (let n = 20; n < 40; n++) told.heartbeat(`pump-${n}`, { ...EVERY_MINUTE, group: 'hall-7', policy: 'theirs' })
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    await told.at('2026-03-02T10:04')
    const storms = told.world.sent.filter(({ body }) => body.type === 'storm.triggered')
    expect(storms.map(({ channel, body }) => `${channel} ${body.storm?.heartbeats}`).sort()).toEqual([
      'boss 20',
      'ops 20',
    ])
  })

  it('of one policy makes the pages of no other wait', async () => {
    const theirs: Policy = { ...NO_POLICY, name: 'theirs', steps: [{ after: 0, page: ['boss'] }] }
    const told = hall(40, { policies: [STEPS, theirs] })
    told.heartbeat('router', { ...EVERY_MINUTE, group: 'hall-7', policy: 'theirs' })
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40)).ping('router')
    await told.at('2026-03-02T10:04')
    const [page] = told.world.sent.filter(({ channel }) => channel === 'boss')
    expect(page?.body.text).toMatch(/^router is missed/)
    expect(page?.at).toBe(told.world.sent[0]?.at)
  })

  it('survives a restart while it gathers, and one while it lasts', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 5))
    await told.at('2026-03-02T10:01:31')
    ;(await told.at('2026-03-02T10:01:32')).does((world) => world.restart(1_000))
    ;(await told.at('2026-03-02T10:10')).does((world) => world.restart(1_000))
    await told.at('2026-03-02T10:14')
    expect(kinds(told.world).filter((kind) => kind.endsWith('storm.triggered'))).toHaveLength(1)
    expect(kinds(told.world).length).toBeLessThanOrEqual(5)
  })

  it('that an operator resolves resolves what is in it', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    ;(await told.at('2026-03-02T10:05')).does(({ watch }) => {
      const [storm] = watch.registry.casebook.storms.open()
      void watch.ledger.request({ kind: 'resolve', incident: storm?.id ?? '', by: 'ana' })
    })
    expect(told.world.watch.registry.openIncidents.size).toBe(0)
  })

  it('that is silenced for longer than it grows is one again when the silence ends', async () => {
    const told = hall(40)
    ;(await told.at('2026-03-02T10:00:10')).does(pingAll(0, 40))
    ;(await told.at('2026-03-02T10:05')).does(({ watch, clock }) => {
      const when = { from: clock.now(), until: clock.now() + 120 * MINUTE }
      const about = { kind: 'silence', by: 'ana', reason: '', declaredBy: 'link' } as const
      void watch.ledger.request({ kind: 'mute', mute: { id: 'quiet', match: { groups: ['hall-7'] }, when, ...about } })
    })
    const before = told.world.sent.length
    await told.at('2026-03-02T12:04:59')
    expect(kinds(told.world).slice(before)).toEqual([])
    await told.at('2026-03-02T12:10')
    expect(kinds(told.world).slice(before)).toEqual(['ops storm.grew'])
  })
})
