import { describe, expect, it } from 'vitest'
import { NO_POLICY } from '../../src/domain/escalation.ts'
import type { Mute } from '../../src/domain/mute.ts'
import { HOUR, type Instant, MINUTE } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'
import type { World } from '../world.ts'

const silence = (match: Mute['match'], from: Instant, length: number): Mute => ({
  ...{ id: 'quiet', kind: 'silence', match, when: { from, until: from + length } },
  ...{ by: 'ana', reason: '', declaredBy: 'api' },
})

function mute(world: World, match: Mute['match'], length: number): void {
  void world.watch.ledger.request({ kind: 'mute', mute: silence(match, world.clock.wall, length) })
}

function mutedBy(world: World, name: string): string | undefined {
  const { registry } = world.watch
  return registry.state(registry.find(name)).more.incident?.mute?.what
}

describe('a silence', () => {
  it('that is made after a tick was stamped and before it came is in force with the next', async () => {
    const story = new Story({ from: '2026-03-02T12:00' }).heartbeat('a', { schedule: { kind: 'none' } })
    ;(await story.at('2026-03-02T12:01')).fail('a').does((world) => {
      const stamped = world.clock.wall
      world.clock.pass(5)
      mute(world, { names: ['a'] }, HOUR)
      world.watch.tick(stamped)
      expect(mutedBy(world, 'a')).toBeUndefined()
      world.watch.tick()
      expect(mutedBy(world, 'a')).toBe('quiet')
    })
  })

  it('of the file that has begun mutes the next page, and pages at its end whoever is still bad', async () => {
    const from = Date.UTC(2026, 2, 2, 12, 10)
    const steps = [{ after: 0, page: ['ops'], repeat: { every: 15 * MINUTE, times: 5 } }]
    const story = new Story({
      from: '2026-03-02T12:00',
      mutes: [{ ...silence({ owners: ['ana'] }, from, 30 * MINUTE), declaredBy: 'file' }],
      policies: [{ ...NO_POLICY, name: 'default', steps }],
    }).heartbeat('a', { schedule: { kind: 'none' }, owner: 'ana' })
    ;(await story.at('2026-03-02T12:01')).fail('a')
    ;(await story.at('2026-03-02T12:15')).pages('ops: incident.triggered a failed')
    ;(await story.at('2026-03-02T12:39')).pages().does((world) => expect(mutedBy(world, 'a')).toBe('quiet'))
    ;(await story.at('2026-03-02T12:40:01')).pages('ops: incident.escalated a failed')
  })
})

describe('an acknowledgement that times out', () => {
  it('is no word to anybody while a silence is in force, and shows what was not sent', async () => {
    const story = new Story({ from: '2026-03-02T12:00' }).heartbeat('a', { schedule: { kind: 'none' } })
    ;(await story.at('2026-03-02T12:01')).fail('a')
    ;(await story.at('2026-03-02T12:02')).pages('ops: incident.triggered a failed').does((world) => {
      const { registry, ledger } = world.watch
      const incident = registry.state(registry.find('a')).more.incident?.id as string
      void ledger.request({ kind: 'acknowledge', incident, by: 'ana' })
      mute(world, { names: ['a'] }, 2 * HOUR)
    })
    ;(await story.at('2026-03-02T14:01:59')).pages('ops: incident.acknowledged a failed').does((world) => {
      expect(mutedBy(world, 'a')).toBe('quiet')
      const dropped = world.facts.filter(({ type }) => type === 'page.dropped')
      expect(dropped).toMatchObject([{ kind: 'incident.expiring' }, { kind: 'incident.escalated' }])
    })
    ;(await story.at('2026-03-02T14:02:01')).pages('ops: incident.escalated a failed')
  })
})

describe('a storm', () => {
  it('pages when the silence of the file that covered it is taken out', async () => {
    const from = Date.UTC(2026, 2, 2, 12)
    const story = new Story({ from: '2026-03-02T12:00', mutes: [silence({ groups: ['hall-*'] }, from, 99 * HOUR)] })
    const names = Array.from({ length: 12 }, (_, index) => `pump-${index}`)
    for (const name of names) story.heartbeat(name, { schedule: { kind: 'none' }, group: 'hall-7' })
    ;(await story.at('2026-03-02T12:01')).does((world) => world.configure({ mutes: [] }))
    const begun = await story.at('2026-03-02T12:02')
    for (const name of names) begun.fail(name)
    const sent = (world: World) => world.sent.filter(({ body }) => body.type.startsWith('storm.')).length
    ;(await story.at('2026-03-02T12:02:01')).does((world) => {
      world.configure({ mutes: [silence({ groups: ['hall-*'] }, from, 99 * HOUR)] })
    })
    ;(await story.at('2026-03-02T13:00')).does((world) => {
      expect(sent(world)).toBe(0)
      world.configure({ mutes: [] })
    })
    ;(await story.at('2026-03-02T13:01')).does((world) => expect(sent(world)).toBe(1))
  })

  it('whose group was silenced for hours pages as one at the end, not each of its heartbeats', async () => {
    const story = new Story({ from: '2026-03-02T12:00' })
    const names = Array.from({ length: 12 }, (_, index) => `pump-${index}`)
    for (const name of names) story.heartbeat(name, { schedule: { kind: 'none' }, group: 'hall-7' })
    const begun = await story.at('2026-03-02T12:01')
    for (const name of names) begun.fail(name)
    const before = await story.at('2026-03-02T12:02')
    before.does((world) => {
      expect(names.filter((name) => mutedBy(world, name)?.startsWith('storm-'))).toHaveLength(12)
      mute(world, { groups: ['hall-7'] }, 3 * HOUR)
    })
    const sent = story.world.sent.length
    ;(await story.at('2026-03-02T15:01:59')).does((world) => {
      expect(world.sent).toHaveLength(sent)
      expect(names.map((name) => mutedBy(world, name))).toEqual(names.map(() => 'quiet'))
    })
    ;(await story.at('2026-03-02T15:03')).does((world) => {
      expect(world.sent.slice(sent).map(({ body }) => body.type)).toEqual(['storm.grew'])
      expect(names.filter((name) => mutedBy(world, name)?.startsWith('storm-'))).toHaveLength(12)
    })
  })
})
