import { expect, it } from 'vitest'
import type { Outcome } from '../../src/app/ports.ts'
import { type Duration, HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'
import { settle, type World } from '../world.ts'

const EVERY_MINUTE = { schedule: { kind: 'every', every: MINUTE } } as const

function story(): Story {
  return new Story({ from: '2026-03-02T10:00' }).heartbeat('api', EVERY_MINUTE).heartbeat('other', {
    schedule: { kind: 'none' },
  })
}

/** As `curl …/silence?for=…` does. */
function silence(world: World, lasts: Duration, reason = '', name = 'api'): Promise<Outcome> {
  const order = { from: world.clock.now(), lasts, by: 'url', reason } as const
  return new Promise((resolve) => world.watch.intake.silence(name, order, resolve))
}

function inForce(world: World): readonly string[] {
  return [...world.watch.registry.casebook.mutes.values()].map(({ match, when, by, reason, declaredBy }) =>
    [match.names, 'until' in when && (when.until - when.from) / MINUTE, by, reason, declaredBy].join(' '),
  )
}

it('a crontab line silences its job for half an hour: what is missed meanwhile pages when that is over', async () => {
  const told = story()
  const { world } = told
  expect(await silence(world, 30 * MINUTE, 'upgrade')).toBe('durable')
  const missed = await told.at('2026-03-02T10:10')
  missed.shows('api', 'missed').pages()
  const [incident] = world.watch.registry.open()
  expect(incident?.mute).toMatchObject({ by: 'silence', why: 'silenced by url: upgrade' })
  ;(await told.at('2026-03-02T10:29')).pages()
  ;(await told.at('2026-03-02T10:31')).pages('ops: incident.triggered api missed')
})

it('what is well again when the silence ends pages nobody, and no other heartbeat is silenced', async () => {
  const told = story()
  await silence(told.world, 30 * MINUTE)
  ;(await told.at('2026-03-02T10:20')).shows('api', 'missed').ping('api').fail('other')
  ;(await told.at('2026-03-02T10:20:05')).shows('api', 'ok').pages('ops: incident.triggered other failed')
})

it('it is no sign of life', async () => {
  const told = story()
  ;(await told.at('2026-03-02T10:01')).does((world) => void silence(world, MINUTE))
  ;(await told.at('2026-03-02T10:02')).shows('api', 'missed')
  expect(told.world.facts.filter(({ type }) => type === 'signal.received')).toEqual([])
})

it('a second one makes the first longer, never shorter, and they do not pile up', async () => {
  const told = story()
  const { world } = told
  await silence(world, 30 * MINUTE, 'one')
  ;(await told.at('2026-03-02T10:10')).shows('api', 'missed')
  await silence(world, HOUR, 'two')
  expect(inForce(world)).toEqual(['api 60 url two url'])
  ;(await told.at('2026-03-02T10:40')).pages()
  await silence(world, MINUTE, 'three')
  await silence(world, MINUTE, 'three')
  expect(inForce(world)).toEqual(['api 30 url three url'])
  ;(await told.at('2026-03-02T11:09')).pages()
  ;(await told.at('2026-03-02T11:11')).pages('ops: incident.triggered api missed')
  await silence(world, MINUTE)
  expect(inForce(world)).toEqual(['api 1 url  url'])
})

it('for=0s ends it, and only what was silenced by URL', async () => {
  const told = story()
  const { world } = told
  const when = { from: world.clock.now(), until: world.clock.now() + 20 * MINUTE }
  const others = { id: 'mine', kind: 'silence', match: { names: ['api'] }, by: 'ana', reason: '' } as const
  await world.watch.ledger.request({ kind: 'mute', mute: { ...others, when, declaredBy: 'api' } })
  await silence(world, HOUR)
  ;(await told.at('2026-03-02T10:10')).shows('api', 'missed')
  expect(await silence(world, 0)).toBe('durable')
  expect(inForce(world)).toEqual(['api 20 ana  api'])
  ;(await told.at('2026-03-02T10:19')).pages()
  ;(await told.at('2026-03-02T10:21')).pages('ops: incident.triggered api missed')
})

it('on a full disk it is not acknowledged, its end neither, however often it is asked for', async () => {
  const { world } = story()
  await settle()
  world.watch.ledger.fill()
  expect(await silence(world, HOUR)).toBe('full')
  expect(await silence(world, HOUR)).toBe('full')
  expect(await silence(world, 0)).toBe('full')
  expect(await silence(world, 0)).toBe('full')
  world.watch.ledger.free()
  expect(await silence(world, 0)).toBe('durable')
  expect(inForce(world)).toEqual([])
})
