import { describe, expect, it } from 'vitest'
import type { Policy } from '../../src/domain/escalation.ts'
import { HOUR, MINUTE } from '../../src/domain/time.ts'
import { Story } from '../timeline.ts'

const STEPS: Policy = {
  name: 'default',
  ackTimeout: 30 * MINUTE,
  fallback: [],
  steps: [
    { after: 0, page: ['ops'] },
    { after: 15 * MINUTE, page: ['ops', 'boss'], repeat: { every: 15 * MINUTE, times: 1 } },
  ],
}
const EVERY_MINUTE = { schedule: { kind: 'every', every: MINUTE } } as const

function story(): Story {
  return new Story({ from: '2026-03-02T10:00', policies: [STEPS], channels: ['ops', 'boss'] }).heartbeat(
    'api',
    EVERY_MINUTE,
  )
}

describe('an incident', () => {
  it('is escalated step by step until somebody owns it, and then resolved to everyone who was paged', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:02')).pages('ops: incident.triggered api missed')
    ;(await told.at('2026-03-02T10:16')).pages()
    ;(await told.at('2026-03-02T10:17')).pages(
      'ops: incident.escalated api missed',
      'boss: incident.triggered api missed',
    )
    ;(await told.at('2026-03-02T10:32')).pages(
      'ops: incident.escalated api missed',
      'boss: incident.escalated api missed',
    )
    ;(await told.at('2026-03-02T12:00')).pages().ping('api')
    ;(await told.at('2026-03-02T12:00:01')).pages(
      'ops: incident.resolved api missed',
      'boss: incident.resolved api missed',
    )
  })

  it('that somebody acknowledged pages no further until the acknowledgement times out, and then from the first step', async () => {
    const told = story()
    const moment = await told.at('2026-03-02T10:02')
    moment.pages('ops: incident.triggered api missed').does(({ watch }) => {
      const [incident] = watch.registry.open()
      void watch.ledger.request({ kind: 'acknowledge', incident: incident?.id ?? '', by: 'ana' })
    })
    ;(await told.at('2026-03-02T10:26')).pages('ops: incident.acknowledged api missed')
    ;(await told.at('2026-03-02T10:31')).pages('ops: incident.expiring api missed')
    ;(await told.at('2026-03-02T10:33')).pages('ops: incident.escalated api missed')
    ;(await told.at('2026-03-02T10:48')).pages(
      'ops: incident.escalated api missed',
      'boss: incident.triggered api missed',
    )
  })

  it('that an operator resolved is over, and silence that goes on is a new one', async () => {
    const told = story()
    const resolve = await told.at('2026-03-02T10:02')
    resolve.pages('ops: incident.triggered api missed').does(({ watch }) => {
      const [incident] = watch.registry.open()
      void watch.ledger.request({ kind: 'resolve', incident: incident?.id ?? '', by: 'ana' })
    })
    ;(await told.at('2026-03-02T10:02:30')).pages('ops: incident.resolved api missed')
    ;(await told.at('2026-03-02T10:05')).pages('ops: incident.triggered api missed')
    expect(new Set([...told.world.watch.registry.incidents.keys()]).size).toBe(2)
  })

  it('that grew from slow to missed is still one, and pages again because it is worse', async () => {
    const told = new Story({ from: '2026-03-01T01:00' }).heartbeat('nightly', {
      schedule: { kind: 'cron', cron: '0 2 * * *', zone: 'UTC' },
    })
    for (let day = 1; day <= 6; day++) (await told.at(`2026-03-0${day}T02:05`)).ping('nightly')
    ;(await told.at('2026-03-07T04:00')).pages(
      'ops: incident.triggered nightly slow',
      'ops: incident.escalated nightly missed',
    )
    expect(told.world.watch.registry.incidents.size).toBe(1)
  })

  it('needs as many oks to close as its heartbeat says', async () => {
    const told = new Story({ from: '2026-03-02T10:00' }).heartbeat('flappy', { ...EVERY_MINUTE, recoverAfter: 3 })
    ;(await told.at('2026-03-02T10:02')).pages('ops: incident.triggered flappy missed').ping('flappy')
    ;(await told.at('2026-03-02T10:02:30')).ping('flappy').pages()
    ;(await told.at('2026-03-02T10:03')).ping('flappy')
    ;(await told.at('2026-03-02T10:03:01')).pages('ops: incident.resolved flappy missed')
  })

  it('of a paused heartbeat is closed, and the next ok resumes it', async () => {
    const told = story()
    ;(await told.at('2026-03-02T10:02')).pages('ops: incident.triggered api missed').does(({ watch }) => {
      void watch.ledger.request({ kind: 'pause', name: 'api', by: 'ana' })
    })
    ;(await told.at('2026-03-02T12:00')).shows('api', 'paused').pages('ops: incident.resolved api missed').ping('api')
    ;(await told.at('2026-03-02T12:00:30')).shows('api', 'ok').pages()
  })
})

describe('a channel that does not answer', () => {
  it('delays no other, is told of on the others after five minutes, and gets its pages when it is back', async () => {
    const told = story()
    let isDown = true
    told.world.answers.set('ops', () => (isDown ? { kind: 'retry', why: 'connection refused' } : { kind: 'delivered' }))
    ;(await told.at('2026-03-02T10:06')).pages()
    const failed = await told.at('2026-03-02T10:08')
    failed.pages(
      "boss: channel.failed Channel ops can't be reached: connection refused. Its pages wait, and it is tried on.",
    )
    ;(await told.at('2026-03-02T10:17')).pages('boss: incident.triggered api missed')
    isDown = false
    ;(await told.at('2026-03-02T10:25')).pages(
      'ops: incident.triggered api missed',
      'ops: incident.escalated api missed',
      'boss: channel.recovered Channel ops works again, after 10m20s.',
    )
  })

  it('because of a bug of its own is tried again, and the others go on', async () => {
    const told = story()
    let isBroken = true
    told.world.answers.set('ops', () => {
      if (isBroken) throw new Error('cannot read properties of undefined')
      return { kind: 'delivered' }
    })
    ;(await told.at('2026-03-02T10:10')).pages(
      "boss: channel.failed Channel ops can't be reached: could not be sent: cannot read properties of undefined. Its pages wait, and it is tried on.",
    )
    isBroken = false
    ;(await told.at('2026-03-02T10:11')).pages(
      'ops: incident.triggered api missed',
      'boss: channel.recovered Channel ops works again, after 3m20s.',
    )
  })

  it('gets every page under the same id on every try', async () => {
    const told = story()
    const ids = new Set<string>()
    let tries = 0
    told.world.answers.set('ops', () => {
      tries++
      return tries < 4 ? { kind: 'retry', why: 'timeout' } : { kind: 'delivered' }
    })
    await told.at('2026-03-02T10:04')
    for (const { id, channel } of told.world.sent) if (channel === 'ops') ids.add(id)
    expect(tries).toBe(4)
    expect(ids.size).toBe(1)
  })

  it('that is slow keeps the order of one incident: triggered before resolved', async () => {
    const told = new Story({ from: '2026-03-02T10:00' }).heartbeat('api', EVERY_MINUTE)
    let isDown = true
    told.world.answers.set('ops', () => (isDown ? { kind: 'retry', why: 'timeout' } : { kind: 'delivered' }))
    ;(await told.at('2026-03-02T10:03')).ping('api').pages()
    ;(await told.at('2026-03-02T10:03:40')).ping('api').pages()
    isDown = false
    ;(await told.at('2026-03-02T10:04:20'))
      .ping('api')
      .pages('ops: incident.triggered api missed', 'ops: incident.resolved api missed')
  })

  it('keeps its undelivered pages over a restart', async () => {
    const told = new Story({ from: '2026-03-02T10:00' }).heartbeat('api', EVERY_MINUTE)
    let isDown = true
    told.world.answers.set('ops', () => (isDown ? { kind: 'retry', why: 'timeout' } : { kind: 'delivered' }))
    ;(await told.at('2026-03-02T10:03')).pages().does((world) => {
      isDown = false
      world.restart(HOUR)
    })
    ;(await told.at('2026-03-02T11:03:01')).pages('ops: incident.triggered api missed')
  })
})
