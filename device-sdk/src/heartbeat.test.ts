import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { heartbeat } from './heartbeat.ts'
import type { Options } from './options.ts'
import type { Problem } from './problem.ts'
import { pathOf, payloadOf, signalOf } from './signal.ts'
import { waitOf } from './wait.ts'

function spied(): { told: string[]; made: ReturnType<typeof heartbeat> } {
  const made = heartbeat('a', { url: 'http://127.0.0.1:9' })
  const told: string[] = []
  if (made.courier === undefined) throw new Error('expected a courier')
  made.courier.add = ({ kind, message, duration }) => void told.push([kind, message, duration].join(':'))
  return { told, made }
}

describe('nothing is thrown into the job', () => {
  it.each<[string, unknown, RegExp]>([
    ['a b', { url: 'http://127.0.0.1:9' }, /^heartbeat "a b" stays silent: name: expected letters/],
    ['a', {}, /stays silent: expected url or mqtt, got neither$/],
    ['a', { url: 'http://x', mqtt: 'mqtt://x' }, /got both$/],
    ['a', { url: 'gateway:8080' }, /url: expected an address like/],
    ['a', { url: 'http://me:secret@gateway' }, /url: expected an address like .* without user, password/],
    ['a', { mqtt: 'ws://gateway' }, /mqtt: expected an address like mqtt:/],
    ['a', { url: 'http://x', key: 'two words' }, /key: expected printable characters without spaces$/],
    ['a', { url: 'http://x', timeout: 'soon' }, /timeout: expected a length of time like 10s$/],
    ['a', { url: 'http://x', buffer: 0 }, /buffer: expected a whole number/],
    ['a', { mqtt: 'mqtt://x', root: 'a/b' }, /root: expected one level/],
  ])('by a heartbeat that can’t be used: %s %j', async (name, options, text) => {
    const problems: Problem[] = []
    const made = heartbeat(name, { ...(options as Options), onProblem: (problem) => problems.push(problem) })
    expect(problems).toEqual([{ kind: 'options', text: expect.stringMatching(text) }])
    expect(problems[0]?.text).not.toMatch(/secret|two words/)
    made.ok()
    expect(await made.around(() => 7)).toBe(7)
    expect(await made.flush()).toBe(false)
  })

  it('by a listener that throws, by errors without text, by details that are none', async () => {
    const made = heartbeat('a', {
      onProblem: () => {
        throw new Error('listener')
      },
    })
    made.fail(Object.create(null))
    made.ok(null as never)
    made.log(Symbol('x') as never, { metrics: 5 as never })
    made.every('yesterday')()
    const error = Object.create(null)
    await expect(made.around(() => Promise.reject(error))).rejects.toBe(error)
  })
})

describe('a job', () => {
  it('gets back what it returns, and its own error, thrown or rejected', async () => {
    const made = heartbeat('a', { onProblem: () => {} })
    expect(await made.around(async () => 'done')).toBe('done')
    const error = new Error('its own')
    const thrower = (): never => {
      throw error
    }
    await expect(made.around(thrower)).rejects.toBe(error)
    await expect(made.around(() => Promise.reject(error))).rejects.toBe(error)
  })

  it('ends once, however often it says so', () => {
    const { told, made } = spied()
    const run = made.start()
    run.ok({ duration: '2s' })
    run.ok()
    run.fail('too late')
    expect(told).toEqual(['start::', 'ok::2000'])
  })
})

describe('beats', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('come at once and every interval until they are ended', async () => {
    const { told, made } = spied()
    const stop = made.every('30s')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toEqual(['ok::', 'ok::', 'ok::'])
    stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toHaveLength(3)
  })

  it('come when the connection broke, since its will is out', async () => {
    const { told, made } = spied()
    made.every('1h')
    await vi.advanceTimersByTimeAsync(0)
    for (const lost of made.courier?.onLost ?? []) lost()
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual(['ok::', 'ok::'])
  })

  it('are fails when the probe says no or throws, and none while it hangs', async () => {
    const { told, made } = spied()
    const answers: (() => unknown)[] = [
      () => false,
      () => Promise.reject(new Error('no database')),
      () => new Promise(() => {}),
    ]
    made.every('30s', () => answers.shift()?.() as undefined)
    await vi.advanceTimersByTimeAsync(300_000)
    expect(told).toEqual(['fail:its probe said no:', 'fail:Error: no database:'])
  })

  it('of checkpoints carry the time since the one before, and come once a second at most', async () => {
    const { told, made } = spied()
    for (let step = 0; step < 25; step++) {
      made.checkpoint({ loss: 0.3 })
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(told).toEqual(['ok::', 'ok::1000', 'ok::1000'])
  })
})

describe('on the wire', () => {
  it('a signal that was kept says so, one that was not does not', () => {
    const signal = signalOf('a/b', 'fail', { message: 'a\nb', metrics: { temp: 1.5, 'no name': 1 }, duration: '1m30s' })
    expect(pathOf(signal, 0)).toBe('/hb/a/b/fail?duration=90&m.temp=1.5&msg=a+b')
    expect(pathOf(signal, 90_500)).toContain('&age=90.5&')
    const place = { boot: 9, seq: 412 }
    expect(JSON.parse(payloadOf(signal, 0, place))).toEqual({ ...place, dur: 90, msg: 'a b', m: { temp: 1.5 } })
    expect(JSON.parse(payloadOf(signal, 90_500, place))).toMatchObject({ age: 90.5 })
  })

  it('a message of any length and any characters fits into a request', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (message) => {
        expect(pathOf(signalOf('a', 'log', { message }), 0).length).toBeLessThan(12_000)
      }),
    )
    for (const character of ['a', '漢', '😀', '\u0000'])
      expect(pathOf(signalOf('a', 'log', { message: character.repeat(5000) }), 0).length).toBeLessThan(12_000)
  })

  it.each([
    ['90s', 90_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    [1500, 1500],
    ['90', undefined],
    ['', undefined],
    [-1, undefined],
    [Number.NaN, undefined],
    [null, undefined],
  ])('a length of time: %j', (written, wait) => {
    expect(waitOf(written)).toBe(wait)
  })
})
