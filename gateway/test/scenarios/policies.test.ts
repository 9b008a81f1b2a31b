import { describe, expect, it } from 'vitest'
import { NO_POLICY, type Policy, type Step } from '../../src/domain/escalation.ts'
import { HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story, type StorySettings } from '../timeline.ts'
import type { World } from '../world.ts'

const CHANNELS = ['chat', 'pager', 'phone']
const RESPONDERS = [
  { name: 'ana', page: ['pager'] },
  { name: 'ben', page: ['phone', 'pager'] },
]

function policy(steps: readonly Step[], more: Partial<Policy> = {}): Policy {
  return { ...NO_POLICY, name: 'default', steps, ...more }
}

/** `api` beats every minute in UTC; the first page of its silence is at half past. */
function story(of: Policy, settings: Partial<StorySettings> = {}): Story {
  return new Story({
    ...{ from: '2026-03-02T10:00', policies: [of], channels: CHANNELS, responders: RESPONDERS },
    ...settings,
  }).heartbeat('api', { schedule: { kind: 'every', every: MINUTE }, grace: 30_000 })
}

function paths({ sent }: World): readonly string[] {
  return sent.map(({ body }) => body.page.path)
}

/** A weekly cron job that is slow at 01:00 and missed at its deadline. */
function slowThenMissed(of: Policy): Story {
  return new Story({ from: '2026-03-01T01:00', policies: [of], channels: CHANNELS }).heartbeat('nightly', {
    schedule: { kind: 'cron', cron: '0 2 * * *', zone: 'UTC' },
  })
}

describe('a policy', () => {
  it('sends warnings to a chat and what is critical to a pager, and a rise from slow to missed begins it again', async () => {
    const told = slowThenMissed(
      policy([
        { after: 0, page: ['chat'], severity: 'warning' },
        { after: 0, page: ['pager'], severity: 'critical' },
        { after: 10 * MINUTE, page: ['phone'], severity: 'critical' },
      ]),
    )
    for (let day = 1; day <= 6; day++) (await told.at(`2026-03-0${day}T02:05`)).ping('nightly')
    ;(await told.at('2026-03-07T02:30')).pages('chat: incident.triggered nightly slow')
    ;(await told.at('2026-03-07T03:05')).pages('pager: incident.triggered nightly missed')
    ;(await told.at('2026-03-07T03:12')).pages('phone: incident.triggered nightly missed')
    const [incident] = told.world.watch.registry.open()
    expect(incident).toMatchObject({ severity: 'critical', verdict: 'missed' })
  })

  it('repeats a step so many times, so far apart', async () => {
    const told = story(policy([{ after: 0, page: ['pager'], repeat: { every: 5 * MINUTE, times: 2 } }]))
    await told.at('2026-03-02T12:00')
    const [first = 0, ...later] = told.world.sent.map(({ at }) => at)
    expect(later.map((at) => (at - first) / MINUTE)).toEqual([5, 10])
  })

  it('pages a responder on each of their channels, and nobody twice at one turn', async () => {
    const told = story(policy([{ after: 0, page: ['pager', 'ana', 'ben'] }]))
    await told.at('2026-03-02T10:02')
    expect(paths(told.world)).toEqual(['pager', 'ben › phone'])
  })

  it('is the one that stood when the incident opened, whatever the file says later', async () => {
    const told = story(
      policy([
        { after: 0, page: ['ana'] },
        { after: HOUR, page: ['phone'] },
      ]),
    )
    ;(await told.at('2026-03-02T10:02')).does((world) =>
      world.configure({ policies: [policy([{ after: 0, page: ['chat'] }])] }),
    )
    await told.at('2026-03-02T11:05')
    expect(paths(told.world)).toEqual(['ana › pager', 'phone'])
  })

  it('asks who a name stands for when the page goes out, not when the incident opened', async () => {
    const told = story(
      policy([
        { after: 0, page: ['ana'] },
        { after: HOUR, page: ['ana'] },
      ]),
    )
    ;(await told.at('2026-03-02T10:02')).does((world) =>
      world.configure({ responders: [{ name: 'ana', page: ['phone'] }] }),
    )
    await told.at('2026-03-02T11:05')
    expect(paths(told.world)).toEqual(['ana › pager', 'ana › phone'])
  })

  it('pages its fallback where a name stands for nobody, and every channel where it has none', async () => {
    const gone = policy([{ after: 0, page: ['gone'] }], { fallback: ['ana'] })
    const told = story(gone)
    await told.at('2026-03-02T10:02')
    expect(paths(told.world)).toEqual(['fallback › ana › pager'])
    const [incident] = told.world.watch.registry.open()
    expect(incident?.timeline.map(({ note }) => note)).toContain('not sent: gone stands for nobody now')
    const all = story({ ...gone, fallback: [] })
    await all.at('2026-03-02T10:02')
    expect(paths(all.world)).toEqual(CHANNELS.map((channel) => `fallback › ${channel}`))
  })
})

describe('a step with hours', () => {
  const office = { window: '08:00-18:00', on: 'mon-fri', zone: 'Europe/Riga' } as const

  it('waits for its hours: silence of the night is paged in the morning, if it is still wrong', async () => {
    const told = story(policy([{ after: 0, page: ['chat'], during: { ...office, otherwise: 'wait' } }]), {
      from: '2026-03-06T18:00',
    })
    ;(await told.at('2026-03-09T05:59:59')).shows('api', 'missed').pages()
    ;(await told.at('2026-03-09T06:00')).pages('chat: incident.triggered api missed')
  })

  it('or is left out beyond them, and says so: the chat by day, the pager by night', async () => {
    const steps: readonly Step[] = [
      { after: 0, page: ['chat'], during: { ...office, otherwise: 'skip' } },
      { after: 0, page: ['pager'], during: { window: '18:00-08:00', on: '', zone: 'Europe/Riga', otherwise: 'skip' } },
    ]
    const day = story(policy(steps))
    ;(await day.at('2026-03-02T10:02')).pages('chat: incident.triggered api missed')
    const night = story(policy(steps), { from: '2026-03-02T20:00' })
    ;(await night.at('2026-03-02T20:02')).pages('pager: incident.triggered api missed')
    const [incident] = night.world.watch.registry.open()
    expect(incident?.timeline.map(({ note }) => note)).toContain(
      'not sent: outside of 08:00-18:00 mon-fri in Europe/Riga',
    )
  })

  it('keeps its hours by the clock on the wall when it changes', async () => {
    const told = story(policy([{ after: 0, page: ['chat'], during: { ...office, otherwise: 'wait' } }]), {
      from: '2026-03-28T10:00',
    })
    // On Monday after the change 08:00 in Riga is 05:00 UTC, no longer 06:00.
    ;(await told.at('2026-03-30T04:59:59')).pages()
    ;(await told.at('2026-03-30T05:00')).pages('chat: incident.triggered api missed')
  })
})

describe('an acknowledgement', () => {
  const twoSteps = policy([
    { after: 0, page: ['pager'] },
    { after: 15 * MINUTE, page: ['phone'] },
  ])
  const acknowledge =
    (by: string, link?: string) =>
    ({ watch }: World) => {
      const [incident] = watch.registry.open()
      const order = { kind: 'acknowledge', incident: incident?.id ?? '', by } as const
      void watch.ledger.request(link === undefined ? order : { ...order, link })
    }

  it('stops step two', async () => {
    const told = story(twoSteps)
    ;(await told.at('2026-03-02T10:10')).pages('pager: incident.triggered api missed').does(acknowledge('ana'))
    ;(await told.at('2026-03-02T10:34')).pages('pager: incident.acknowledged api missed')
  })

  it('that times out is told of before, once, and then the policy begins again', async () => {
    const told = story(twoSteps)
    ;(await told.at('2026-03-02T10:10')).pages('pager: incident.triggered api missed').does(acknowledge('ana'))
    ;(await told.at('2026-03-02T10:34:59')).pages('pager: incident.acknowledged api missed')
    ;(await told.at('2026-03-02T10:35')).pages('pager: incident.expiring api missed')
    expect(told.world.sent.at(-1)?.body.text).toMatch(
      /the acknowledgement by ana times out at Mon 2026-03-02 10:40:00 UTC: acknowledge again, or it escalates$/,
    )
    ;(await told.at('2026-03-02T10:40')).pages('pager: incident.escalated api missed')
    ;(await told.at('2026-03-02T10:55')).pages('phone: incident.triggered api missed')
  })

  it('may be renewed when it is about to time out', async () => {
    const told = story(twoSteps)
    ;(await told.at('2026-03-02T10:10')).does(acknowledge('ana'))
    ;(await told.at('2026-03-02T10:36')).does(acknowledge('ana'))
    await told.at('2026-03-02T11:00')
    const kinds = told.world.sent.map(({ body }) => body.type)
    expect(kinds).not.toContain('incident.escalated')
  })

  it('by a link counts once: the same link does not acknowledge what escalated again', async () => {
    const told = story(twoSteps)
    ;(await told.at('2026-03-02T10:10')).does(acknowledge('ana', 'page-1'))
    ;(await told.at('2026-03-02T10:41')).does(acknowledge('ana', 'page-1'))
    const [incident] = told.world.watch.registry.open()
    expect(incident?.state).toBe('triggered')
  })
})
