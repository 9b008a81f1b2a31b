import { describe, expect, it } from 'vitest'
import { NO_POLICY, type Policy } from '../../src/domain/escalation.ts'
import type { OnCall } from '../../src/domain/oncall.ts'
import { DAY, HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story, type StorySettings } from '../timeline.ts'
import type { World } from '../world.ts'

const ZONE = 'Europe/Riga'
/** Ana from Monday 2026-03-23, then Ben, hand-off on Mondays at 09:00 in Riga. */
const PRIMARY: OnCall = {
  name: 'primary',
  zone: ZONE,
  layers: [{ rotate: ['ana', 'ben'], every: 7 * DAY, anchor: Date.UTC(2026, 2, 23, 9) }],
  overrides: [],
}
const POLICY: Policy = {
  ...NO_POLICY,
  name: 'default',
  fallback: ['boss'],
  steps: [
    { after: 0, page: ['primary'] },
    { after: 30 * MINUTE, page: ['primary'] },
  ],
}

/** `api` is told to beat every minute, and the first page about it leaves a minute and a half after `from`. */
function story(from: string, oncall: OnCall, settings: Partial<StorySettings> = {}): Story {
  return new Story({
    ...{ from, zone: ZONE, policies: [POLICY], channels: ['sms', 'phone', 'boss'], oncall: [oncall] },
    responders: [
      { name: 'ana', page: ['sms'] },
      { name: 'ben', page: ['phone'] },
    ],
    ...settings,
  }).heartbeat('api', { schedule: { kind: 'every', every: MINUTE }, grace: 30_000 })
}

function paths({ sent }: World): readonly string[] {
  return sent.map(({ body }) => body.page.path)
}

describe('an on-call schedule', () => {
  it('hands off at 09:00 also in the week in which the clocks change', async () => {
    // On Sunday 2026-03-29 03:00 becomes 04:00 in Riga: 09:00 on Monday is 06:00 UTC, no longer 07:00.
    const before = story('2026-03-30T08:57', PRIMARY)
    await before.at('2026-03-30T08:59:59')
    expect(paths(before.world)).toEqual(['primary › ana › sms'])
    const after = story('2026-03-30T08:58:30', PRIMARY)
    await after.at('2026-03-30T09:01')
    expect(paths(after.world)).toEqual(['primary › ben › phone'])
  })

  it('is asked at each turn: who is on call at the second step is paged by it', async () => {
    const told = story('2026-03-30T08:40', PRIMARY)
    await told.at('2026-03-30T09:15')
    expect(paths(told.world)).toEqual(['primary › ana › sms', 'primary › ben › phone'])
  })

  it('gives way to an override that begins at the hand-off, and comes back when it ends', async () => {
    const instant = (local: string) => Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds
    const covered: OnCall = {
      ...PRIMARY,
      overrides: [{ who: 'ana', from: instant('2026-03-30T09:00'), to: instant('2026-03-30T09:20') }],
    }
    const told = story('2026-03-30T08:58:30', covered)
    await told.at('2026-03-30T09:35')
    expect(paths(told.world)).toEqual(['primary › ana › sms', 'primary › ben › phone'])
  })

  it('with nobody in it pages the fallback, and the incident says why', async () => {
    const nights: OnCall = {
      ...PRIMARY,
      layers: [
        { rotate: ['ana'], every: DAY, anchor: Date.UTC(2026, 2, 23), during: { window: '20:00-08:00', on: '' } },
      ],
    }
    const told = story('2026-03-30T12:00', nights)
    await told.at('2026-03-30T12:05')
    expect(paths(told.world)).toEqual(['fallback › boss'])
    const [incident] = told.world.watch.registry.open()
    expect(incident?.timeline.map(({ note }) => note)).toContain('not sent: primary stands for nobody now')
    const night = story('2026-03-30T20:30', nights)
    await night.at('2026-03-30T20:35')
    expect(paths(night.world)).toEqual(['primary › ana › sms'])
  })

  it('with nobody in it has the fallback told of a blind window, too', async () => {
    const told = story('2026-03-30T10:30', { ...PRIMARY, layers: [] }).heartbeat('noon', {
      schedule: { kind: 'cron', cron: '0 12 * * *', zone: ZONE },
    })
    ;(await told.at('2026-03-30T10:30:10')).does((world) => world.restart(2 * HOUR))
    await told.at('2026-03-30T12:30:12')
    expect(told.world.sent.map(({ channel, body }) => `${channel} ${body.type}`)).toContain('boss gateway.blind')
  })

  it('that is changed in the middle of an incident counts from then on', async () => {
    const told = story('2026-03-25T10:00', PRIMARY)
    ;(await told.at('2026-03-25T10:05')).does((world) => {
      const { wall } = world.clock
      world.configure({ oncall: [{ ...PRIMARY, overrides: [{ who: 'ben', from: wall, to: wall + HOUR }] }] })
    })
    await told.at('2026-03-25T10:40')
    expect(paths(told.world)).toEqual(['primary › ana › sms', 'primary › ben › phone'])
  })

  it('tells the end to whoever was paged, not to who is on call by then', async () => {
    const told = story('2026-03-30T08:40', PRIMARY)
    ;(await told.at('2026-03-30T09:05')).ping('api')
    ;(await told.at('2026-03-30T09:05:01')).pages(
      'sms: incident.triggered api missed',
      'sms: incident.resolved api missed',
    )
  })
})
