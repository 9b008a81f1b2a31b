import { beforeEach, describe, expect, it } from 'vitest'
import { type Duration, type Instant, MINUTE, SECOND } from '../domain/time.ts'
import { ailments, type Health, Watchdog } from './watchdog.ts'

const START: Instant = 1_700_000_000_000
const WELL: Health = { lastTickAt: START, ledger: 'ok', channels: 2, failedChannels: 0 }

let now: Instant
/** What is wrong beside the tick, which is always the last one unless it says otherwise. */
let ill: Partial<Health>
let pings: Duration[]
let lines: unknown[]
let answer: () => Promise<boolean>
let stop: AbortController
let watchdog: Watchdog

beforeEach(() => {
  now = START
  ill = {}
  pings = []
  lines = []
  answer = async () => true
  stop = new AbortController()
  watchdog = new Watchdog({
    every: MINUTE,
    ping() {
      pings.push(now - START)
      return answer()
    },
    health: () => ({ ...WELL, lastTickAt: now, ...ill }),
    now: () => now,
    log: (fact, fields) => void lines.push([fact, fields]),
    stop: stop.signal,
  })
})

/** Seconds pass, and the watchdog looks once in each, after what came before has settled. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    watchdog.tick(now)
    for (let turn = 0; turn < 5; turn++) await Promise.resolve()
    now += SECOND
  }
}

/** In whole seconds since the start. */
const pingedAt = (): readonly number[] => pings.map((at) => at / SECOND)

describe('what ails a gateway', () => {
  it.each<[string, Partial<Health>, readonly string[]]>([
    ['is nothing where all is well', {}, []],
    ['is nothing after three seconds without a tick', { lastTickAt: START - 3_000 }, []],
    ['is more than that', { lastTickAt: START - 3_001 }, ['silence is not judged: no tick within 3s']],
    ['is a full ledger', { ledger: 'full' }, ['the ledger does not commit: it is full']],
    ['is a closed ledger', { ledger: 'closed' }, ['the ledger does not commit: it is closed']],
    ['is nothing after ten seconds of a commit', { committingSince: START - 10_000 }, []],
    [
      'is a commit that does not end',
      { committingSince: START - 10_001 },
      ['the ledger does not commit: facts wait for over 10s'],
    ],
    ['is nothing where one channel is left', { failedChannels: 1 }, []],
    ['is that no channel is left', { failedChannels: 2 }, ['no channel can be reached']],
    ['is that there never was one', { channels: 0 }, ['no channel is configured']],
    ['is a tick of the future, after a clock was set back, no more', { lastTickAt: START + MINUTE }, []],
  ])('%s', (_, change, expected) => {
    expect(ailments({ ...WELL, ...change }, START)).toEqual(expected)
  })

  it('is all of it at once', () => {
    const health = { lastTickAt: 0, ledger: 'full', committingSince: 0, channels: 0, failedChannels: 0 } as const
    expect(ailments(health, START)).toHaveLength(3)
  })
})

describe('a gateway that is well', () => {
  it('pings at once, and then as often as it is told', async () => {
    await pass(181)
    expect(pingedAt()).toEqual([0, 60, 120, 180])
    expect(lines).toEqual([['watchdog.pinged', {}]])
    expect(watchdog.status).toEqual({ lastPingAt: START + 180 * SECOND, ailments: [] })
  })

  it('waits for a slow ping, and sends no second one beside it', async () => {
    const slow = Promise.withResolvers<boolean>()
    answer = () => slow.promise
    await pass(100)
    expect(pingedAt()).toEqual([0])
    expect(watchdog.status.lastPingAt).toBeUndefined()
    answer = async () => true
    slow.resolve(true)
    await pass(2)
    expect(pingedAt()).toEqual([0, 101])
  })

  it('tries a ping that failed again after ten seconds, and says so once', async () => {
    answer = async () => false
    await pass(31)
    expect(pingedAt()).toEqual([0, 10, 20, 30])
    expect(lines).toEqual([['watchdog.failing', {}]])
    answer = async () => true
    await pass(70)
    expect(pingedAt()).toEqual([0, 10, 20, 30, 40, 100])
    answer = () => Promise.reject(new Error('out of sockets'))
    await pass(70)
    expect(lines).toEqual([
      ['watchdog.failing', {}],
      ['watchdog.pinged', {}],
      ['watchdog.failing', {}],
    ])
  })

  it('counts the ten seconds from when a slow ping failed', async () => {
    const slow = Promise.withResolvers<boolean>()
    answer = () => slow.promise
    await pass(8)
    slow.resolve(false)
    answer = async () => true
    await pass(20)
    expect(pingedAt()).toEqual([0, 18])
  })

  it('does not fall silent because its clock was set back', async () => {
    await pass(30)
    now -= 3_600_000
    await pass(2)
    expect(pings).toHaveLength(2)
  })

  it('pings no more once it is told to stop', async () => {
    await pass(30)
    stop.abort()
    ill = { ledger: 'closed' }
    await pass(120)
    expect(pingedAt()).toEqual([0])
    expect(lines).toEqual([['watchdog.pinged', {}]])
  })
})

describe('a gateway that could page nobody', () => {
  it.each<[string, Partial<Health>]>([
    ['whose ticks have stopped', { lastTickAt: START }],
    ['whose ledger is full', { ledger: 'full' }],
    ['whose facts are not committed', { committingSince: START }],
    ['whose channels all fail', { failedChannels: 2 }],
    ['whose channels were taken away', { channels: 0 }],
  ])('%s falls silent, says why once, and pings at once when it is well again', async (_, how) => {
    await pass(30)
    ill = how
    await pass(170)
    expect(pingedAt()).toEqual([0])
    const { ailments: found } = watchdog.status
    expect(found).toHaveLength(1)
    ill = {}
    await pass(61)
    expect(pingedAt()).toEqual([0, 200, 260])
    expect(lines).toEqual([
      ['watchdog.pinged', {}],
      ['watchdog.stopped', { ailments: found }],
      ['watchdog.resumed', {}],
    ])
  })

  it('from its start never pings', async () => {
    ill = { channels: 0 }
    await pass(200)
    expect(pings).toEqual([])
    expect(lines).toEqual([['watchdog.stopped', { ailments: ['no channel is configured'] }]])
  })

  it('says so again when something else is the reason', async () => {
    ill = { failedChannels: 2 }
    await pass(3)
    ill = { failedChannels: 2, ledger: 'full' }
    await pass(3)
    expect(lines).toHaveLength(2)
  })

  it('for a moment only pings no more often for it', async () => {
    for (let turn = 0; turn < 29; turn++) {
      ill = turn % 2 === 0 ? {} : { ledger: 'full' }
      await pass(2)
    }
    expect(pingedAt()).toEqual([0])
  })
})
