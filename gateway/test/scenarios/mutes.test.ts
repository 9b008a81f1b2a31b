import { describe, expect, it } from 'vitest'
import { NO_POLICY, type Policy } from '../../src/domain/escalation.ts'
import type { Match, Mute } from '../../src/domain/mute.ts'
import { HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story, type StorySettings } from '../timeline.ts'
import type { World } from '../world.ts'

const EVERY_MINUTE = { schedule: { kind: 'every', every: MINUTE } } as const
const STEPS: Policy = {
  ...NO_POLICY,
  name: 'default',
  steps: [
    { after: 0, page: ['ops'] },
    { after: 15 * MINUTE, page: ['boss'] },
  ],
}

function story(settings: Partial<StorySettings> = {}): Story {
  return new Story({ from: '2026-03-02T10:00', policies: [STEPS], channels: ['ops', 'boss'], ...settings }).heartbeat(
    'api',
    { ...EVERY_MINUTE, tags: ['db'], owner: 'ana', group: 'hall-7' },
  )
}

function silence(story: Story, match: Match, from: string, until: string): Mute {
  const when = { from: story.instant(from), until: story.instant(until) }
  return { id: 'quiet', kind: 'silence', match, when, by: 'ana', reason: 'rack move', declaredBy: 'api' }
}

const make = (mute: Mute) => (world: World) => void world.watch.ledger.request({ kind: 'mute', mute })

/** Why pages were not sent, in order. */
function dropped({ facts }: World): readonly string[] {
  return facts.flatMap((fact) => (fact.type === 'page.dropped' ? [fact.why] : []))
}

describe('a silence', () => {
  it('lets the incident open, says why nobody is paged, and pages when it ends and all is still wrong', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:00:30')).does(
      make(silence(told, { groups: ['hall-*'] }, '2026-03-02T10:00', '2026-03-02T11:00')),
    )
    const middle = await told.at('2026-03-02T10:59:59')
    middle.shows('api', 'missed').pages()
    expect(dropped(told.world)).toEqual(['silenced by ana: rack move'])
    const [incident] = told.world.watch.registry.open()
    expect(incident?.timeline.at(-1)?.note).toContain('silenced by ana: rack move')
    ;(await told.at('2026-03-02T11:00')).pages('ops: incident.triggered api missed')
    ;(await told.at('2026-03-02T11:15')).pages('boss: incident.triggered api missed')
  })

  it('that is made in the middle of an incident stops the next step, and its end begins the policy again', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:05'))
      .pages('ops: incident.triggered api missed')
      .does(make(silence(told, { names: ['api'] }, '2026-03-02T10:05', '2026-03-02T10:35')))
    ;(await told.at('2026-03-02T10:34:59')).pages()
    ;(await told.at('2026-03-02T10:35')).pages('ops: incident.escalated api missed')
    ;(await told.at('2026-03-02T10:50')).pages('boss: incident.triggered api missed')
  })

  it('that is ended by hand pages at once', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:00')).does(
      make(silence(told, { tags: ['db'] }, '2026-03-02T10:00', '2026-03-02T18:00')),
    )
    ;(await told.at('2026-03-02T10:30')).pages().does(({ watch }) => {
      void watch.ledger.request({ kind: 'unmute', mute: 'quiet', by: 'ana' })
    })
    ;(await told.at('2026-03-02T10:30:01')).pages('ops: incident.triggered api missed')
  })

  it('is nobody else’s: another owner is paged', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:00')).does(
      make(silence(told, { owners: ['ben'] }, '2026-03-02T10:00', '2026-03-02T18:00')),
    )
    ;(await told.at('2026-03-02T10:02')).pages('ops: incident.triggered api missed')
  })

  it('of warnings lets the incident through when it gets critical', async () => {
    const told = new Story({ from: '2026-03-01T01:00' }).heartbeat('nightly', {
      schedule: { kind: 'cron', cron: '0 2 * * *', zone: 'UTC' },
    })
    const quiet = silence(told, { severity: 'warning' }, '2026-03-01T00:00', '2026-04-01T00:00')
    ;(await told.at('2026-03-01T01:00')).does(make(quiet))
    for (let day = 1; day <= 6; day++) (await told.at(`2026-03-0${day}T02:05`)).ping('nightly')
    ;(await told.at('2026-03-07T04:00')).pages('ops: incident.triggered nightly missed')
  })

  it('that outlives the incident has nobody paged, and nobody told of the end', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:00')).does(
      make(silence(told, { names: ['api'] }, '2026-03-02T10:00', '2026-03-02T11:00')),
    )
    ;(await told.at('2026-03-02T10:30')).shows('api', 'missed').ping('api')
    ;(await told.at('2026-03-02T10:30:30')).ping('api').pages()
  })

  it('made during an incident still lets those who were paged hear of its end', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:05'))
      .pages('ops: incident.triggered api missed')
      .does(make(silence(told, { names: ['api'] }, '2026-03-02T10:05', '2026-03-02T12:00')))
    ;(await told.at('2026-03-02T10:30')).ping('api')
    ;(await told.at('2026-03-02T10:30:01')).pages('ops: incident.resolved api missed')
  })

  it('survives a restart', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:00')).does(
      make(silence(told, { names: ['api'] }, '2026-03-02T10:00', '2026-03-02T11:00')),
    )
    ;(await told.at('2026-03-02T10:10')).pages().does((world) => world.restart(5 * MINUTE))
    ;(await told.at('2026-03-02T10:59')).pages()
    ;(await told.at('2026-03-02T11:00:01')).pages('ops: incident.triggered api missed')
  })
})

describe('a maintenance window', () => {
  const sunday: Mute = {
    ...{ id: 'patch-night', kind: 'maintenance', match: { tags: ['db'] }, by: 'file', reason: '', declaredBy: 'file' },
    when: { cron: '0 2 * * sun', zone: 'Europe/Riga', for: 2 * HOUR },
  }

  it('mutes while it lasts, in its own zone, and pages what is still wrong at its end', async () => {
    // Sunday 2026-03-08, 02:00 to 04:00 in Riga is 00:00 to 02:00 UTC.
    const told = story({ from: '2026-03-07T23:55', mutes: [sunday] })
    for (let minute = 55; minute < 60; minute++) (await told.at(`2026-03-07T23:${minute}:30`)).ping('api')
    ;(await told.at('2026-03-08T01:59:59')).shows('api', 'missed').pages()
    expect(dropped(told.world)).toEqual(['maintenance window patch-night'])
    ;(await told.at('2026-03-08T02:00')).pages('ops: incident.triggered api missed')
  })

  it('of a night whose clock jumps lasts as long as it says', async () => {
    // In Riga 03:00 becomes 04:00 on 2026-03-29: from 02:00 two hours last until 05:00, which is 02:00 UTC.
    const told = story({ from: '2026-03-28T23:59', mutes: [sunday] })
    ;(await told.at('2026-03-28T23:59:30')).ping('api')
    ;(await told.at('2026-03-29T01:59:59')).shows('api', 'missed').pages()
    ;(await told.at('2026-03-29T02:00')).pages('ops: incident.triggered api missed')
  })

  it('that is taken out of the configuration pages what it muted', async () => {
    const told = story({ from: '2026-03-08T00:10', mutes: [sunday] })
    ;(await told.at('2026-03-08T00:30')).pages().does((world) => world.configure({ mutes: [] }))
    ;(await told.at('2026-03-08T00:30:01')).pages('ops: incident.triggered api missed')
  })
})

describe('a snooze', () => {
  it('is a silence of one incident: it pages again afterwards, and the next incident is none of its business', async () => {
    const told = story()
    const snoozed = await told.at('2026-03-02T10:05')
    snoozed.pages('ops: incident.triggered api missed').does((world) => {
      const [incident] = world.watch.registry.open()
      make(silence(told, { about: incident?.id ?? '' }, '2026-03-02T10:05', '2026-03-02T10:35'))(world)
    })
    ;(await told.at('2026-03-02T10:20')).pages().ping('api')
    ;(await told.at('2026-03-02T10:20:01')).pages('ops: incident.resolved api missed')
    ;(await told.at('2026-03-02T10:22')).pages('ops: incident.triggered api missed')
  })
})
