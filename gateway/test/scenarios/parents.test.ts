import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'
import type { World } from '../world.ts'

const EVERY_MINUTE = { schedule: { kind: 'every', every: MINUTE } } as const

/** A router that beats every minute, and children behind it that do the same, each at a second of its own. */
function site(children: number): Story {
  const told = new Story({ from: '2026-03-02T10:00' }).heartbeat('router', EVERY_MINUTE)
  for (let n = 0; n < children; n++) told.heartbeat(`pump-${n}`, { ...EVERY_MINUTE, parent: 'router' })
  return told
}

/** Everybody beats at their own second of each minute from 10:00 on; `last` is the second at which all is dead. */
async function beat(told: Story, children: number, from: number, last: number, routerAt = 50): Promise<void> {
  for (let second = from; second < last; second++) {
    const moment = await told.at(clock(second))
    moment.does((world) => {
      for (let n = second % 60; n < children; n += 60) world.hear(`pump-${n}`)
      if (second % 60 === routerAt) world.hear('router')
    })
  }
}

function clock(second: number): string {
  const time = Temporal.PlainTime.from('10:00').add({ seconds: second })
  return `2026-03-02T${time.toString()}`
}

function texts({ sent }: World): readonly string[] {
  return sent.map(({ body }) => `${body.type} ${body.incident?.heartbeat ?? body.storm?.scope}`)
}

describe('a silent parent', () => {
  it('explains its children: 300 children behind one dead router page once', async () => {
    const told = site(300)
    await beat(told, 300, 0, 120)
    await told.at(clock(900))
    expect(texts(told.world)).toEqual(['incident.triggered router'])
    const { registry } = told.world.watch
    expect(registry.openIncidents.size).toBe(301)
    const muted = [...registry.open()].filter(({ mute }) => mute?.by === 'parent')
    expect(muted).toHaveLength(300)
    expect(muted[0]?.mute?.why).toMatch(/^its parent router is silent since Mon 2026-03-02 10:/)
  })

  it('that comes back gives its children five minutes to follow; who does not is paged alone', async () => {
    const told = site(300)
    await beat(told, 300, 0, 120)
    await beat(told, 299, 600, 910)
    expect(texts(told.world)).toEqual(['incident.triggered router', 'incident.resolved router'])
    await beat(told, 299, 910, 1000)
    expect(texts(told.world).slice(2)).toEqual(['incident.triggered pump-299'])
  })

  it('keeps a child waiting only while it may be silent itself', async () => {
    const told = site(2)
    await beat(told, 2, 0, 120)
    await beat(told, 1, 120, 260)
    expect(texts(told.world)).toEqual(['incident.triggered pump-1'])
    // Due at 10:02:01 and silent until 10:02:31, when the router had been heard at 10:01:50 for the last time.
    const [page] = told.world.sent
    expect((page?.at ?? 0) - told.instant(clock(0))).toBeLessThanOrEqual(201_000)
  })

  it('does not explain a child that says itself that it failed', async () => {
    const told = site(1)
    await beat(told, 1, 0, 120)
    ;(await told.at(clock(300))).fail('pump-0')
    await told.at(clock(301))
    expect(texts(told.world)).toEqual(['incident.triggered router', 'incident.triggered pump-0'])
  })

  it('that is a child’s own child explains nothing: somebody is paged', async () => {
    const told = new Story({ from: '2026-03-02T10:00' })
      .heartbeat('a', { ...EVERY_MINUTE, parent: 'b' })
      .heartbeat('b', { ...EVERY_MINUTE, parent: 'a' })
    await told.at(clock(300))
    expect(texts(told.world).toSorted()).toEqual(['incident.triggered a', 'incident.triggered b'])
  })

  it('that is taken away explains no longer', async () => {
    const told = site(1)
    await beat(told, 1, 0, 120)
    ;(await told.at(clock(300))).does(({ watch }) => {
      void watch.ledger.request({ kind: 'remove', name: 'router', by: 'ana' })
    })
    await told.at(clock(302))
    expect(texts(told.world)).toEqual([
      'incident.triggered router',
      'incident.resolved router',
      'incident.triggered pump-0',
    ])
  })
})
