import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Ages } from './ages.ts'
import { Courier, type CourierOptions, retryWait } from './courier.ts'
import type { Answer, Link } from './link.ts'
import type { Problem } from './problem.ts'
import { type Details, type Kind, signalOf } from './signal.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const TAKEN: Answer = { kind: 'taken' }
const AWAY: Answer = { kind: 'away', why: 'nobody listens' }

type Try = { readonly message: string | undefined; readonly seq: number; readonly age: number; answer(a: Answer): void }

/** A link whose tries are answered by hand, or all alike by `always`. */
class Stage implements Link {
  readonly window: number
  readonly tries: Try[] = []
  readonly problems: Problem[] = []
  readonly courier: Courier
  always: Answer | undefined
  held = false
  left = 0
  gaveUp = 0
  onLost = (): void => {}

  constructor(options: Partial<CourierOptions> = {}, window = 1) {
    this.window = window
    const tell = (problem: Problem): number => this.problems.push(problem)
    this.courier = new Courier(this, { capacity: 1000, exitWithin: 2000, tell, ...options })
  }

  send({ message }: Parameters<Link['send']>[0], seq: number, age: () => number): Promise<Answer> {
    return new Promise((resolve) => {
      this.tries.push({ message, seq, age: age(), answer: resolve })
      if (this.always !== undefined) resolve(this.always)
    })
  }

  hold(held: boolean): void {
    this.held = held
  }

  giveUp(): void {
    this.gaveUp++
  }

  isOpen(): boolean {
    return false
  }

  leave(): void {
    this.left++
  }

  add(message: string, kind: Kind = 'ok', details: Details = {}): void {
    this.courier.add(signalOf('a', kind, { message, ...details }))
  }

  /** What was tried, in order. */
  tried(): string {
    return this.tries.map(({ message }) => message).join(' ')
  }

  async answer(answer: Answer, at: number = this.tries.length - 1): Promise<void> {
    this.tries[at]?.answer(answer)
    await vi.advanceTimersByTimeAsync(0)
  }
}

describe('a courier', () => {
  it('sends the oldest first, one at a time, and forgets what was taken', async () => {
    const stage = new Stage()
    for (const message of ['1', '2', '3']) stage.add(message)
    expect(stage.tried()).toBe('1')
    await stage.answer(TAKEN)
    await stage.answer(TAKEN)
    expect(stage.tried()).toBe('1 2 3')
    expect(stage.courier.pending).toBe(1)
    await stage.answer(TAKEN)
    expect(stage.courier.pending).toBe(0)
  })

  it('keeps what was not taken, and sends it in order with the time that has passed since', async () => {
    const stage = new Stage()
    stage.add('1')
    await stage.answer(AWAY)
    await vi.advanceTimersByTimeAsync(100)
    stage.add('2')
    expect(stage.tried()).toBe('1')
    stage.always = TAKEN
    await vi.advanceTimersByTimeAsync(1000)
    expect(stage.tried()).toBe('1 1 2')
    const [first, again, second] = stage.tries
    expect(first?.age).toBe(0)
    expect(again?.seq).toBe(first?.seq)
    expect(again?.age).toBeGreaterThanOrEqual(500)
    expect(again?.age).toBe((second?.age ?? 0) + 100)
    expect(stage.problems.map(({ kind }) => kind)).toEqual(['away'])
  })

  it('keeps no more than its buffer holds: the oldest gives way, but for those under way', async () => {
    const stage = new Stage({ capacity: 3 })
    for (const message of ['1', '2', '3', '4', '5']) stage.add(message)
    stage.always = TAKEN
    await stage.answer(TAKEN)
    expect(stage.tried()).toBe('1 4 5')
    expect(stage.courier.dropped).toBe(2)
    expect(stage.problems[0]?.text).toBe('a: ok is lost: more than 3 are kept')
  })

  it('drops what the gateway refuses and goes on with the next', async () => {
    const stage = new Stage()
    stage.add('1')
    stage.add('2')
    await stage.answer({ kind: 'refused', why: 'answered 404: not found' })
    expect(stage.tried()).toBe('1 2')
    expect(stage.problems).toEqual([{ kind: 'dropped', text: 'a: ok is lost: answered 404: not found' }])
  })

  it('drops what is older than the gateway can date', async () => {
    const stage = new Stage()
    stage.add('1')
    await stage.answer({ ...AWAY, retryAfter: 8 * 86_400_000 } as Answer)
    await vi.advanceTimersByTimeAsync(8 * 86_400_000 - 1000)
    stage.add('2')
    await vi.advanceTimersByTimeAsync(1000)
    expect(stage.tried()).toBe('1 2')
  })

  it('lets several be under way where the link allows it, and repeats only those that were not taken', async () => {
    const stage = new Stage({}, 2)
    for (const message of ['1', '2', '3']) stage.add(message)
    expect(stage.tried()).toBe('1 2')
    await stage.answer(AWAY, 0)
    await stage.answer(TAKEN, 1)
    stage.always = TAKEN
    await vi.advanceTimersByTimeAsync(1000)
    expect(stage.tried()).toBe('1 2 1 3')
    expect(stage.courier.pending).toBe(0)
  })

  it('waits as long as the gateway asks', async () => {
    const stage = new Stage()
    stage.add('1')
    await stage.answer({ ...AWAY, retryAfter: 30_000 } as Answer)
    await vi.advanceTimersByTimeAsync(29_999)
    expect(stage.tries).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(stage.tries).toHaveLength(2)
  })

  it('closes the connection after a bye, unless something follows it', async () => {
    const stage = new Stage()
    stage.add('1', 'bye')
    stage.add('2')
    await stage.answer(TAKEN)
    await stage.answer(TAKEN)
    expect(stage.left).toBe(0)
    stage.add('3', 'bye')
    await stage.answer(TAKEN)
    expect(stage.left).toBe(1)
  })
})

describe('an age', () => {
  it('dates what follows no earlier than what went before', async () => {
    const stage = new Stage()
    stage.add('1')
    stage.add('2')
    await vi.advanceTimersByTimeAsync(30)
    await stage.answer(TAKEN)
    stage.add('3')
    await vi.advanceTimersByTimeAsync(10)
    await stage.answer(TAKEN)
    // When it arrives, the first is taken to be 30 ms younger than it is: so is the second, and the third.
    expect(stage.tries.map(({ age }) => age)).toEqual([0, 0, 0])
  })

  it('is right again after a pause, and after a try that failed', () => {
    const ages = new Ages()
    ages.next(performance.now())
    ages.answered()
    vi.advanceTimersByTime(1000)
    const at = performance.now()
    // For as long as a connection takes.
    vi.advanceTimersByTime(300)
    expect(ages.next(at)).toBe(300)
    ages.broken()
    vi.advanceTimersByTime(5000)
    expect(ages.next(at)).toBe(5300)
  })
})

describe('a flush', () => {
  it('tries at once, keeps the process alive meanwhile, and is true when all is taken', async () => {
    const stage = new Stage()
    stage.add('1')
    await stage.answer(AWAY)
    const flushed = stage.courier.flush(5000)
    expect([stage.tried(), stage.held]).toEqual(['1 1', true])
    await stage.answer(TAKEN)
    expect([await flushed, stage.held]).toEqual([true, false])
  })

  it('is false at the first try of its own that failed, and keeps everything', async () => {
    const stage = new Stage()
    stage.add('1')
    const flushed = stage.courier.flush(5000)
    await stage.answer(AWAY)
    expect(stage.tried()).toBe('1 1')
    await stage.answer(AWAY)
    expect([await flushed, stage.held, stage.courier.pending]).toEqual([false, false, 1])
  })

  it('is false when its time is over', async () => {
    const stage = new Stage()
    stage.add('1')
    const flushed = stage.courier.flush(5000)
    await vi.advanceTimersByTimeAsync(5000)
    expect([await flushed, stage.held]).toEqual([false, false])
  })

  it('at the end of the process happens where no try failed since the newest signal, and once', async () => {
    const stage = new Stage()
    stage.add('1')
    await stage.answer(AWAY)
    stage.courier.lastTry()
    expect(stage.tried()).toBe('1')
    stage.add('2')
    stage.courier.lastTry()
    expect(stage.tried()).toBe('1 1')
    await vi.advanceTimersByTimeAsync(2000)
    expect([stage.held, stage.gaveUp]).toEqual([false, 1])
    stage.courier.lastTry()
    expect([stage.held, stage.tried()]).toEqual([false, '1 1'])
  })
})

it('waits between half of and all of 1 s, 2 s, 4 s … 60 s, never the same for all', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2000 }), fc.double({ min: 0, max: 1, noNaN: true }), (failure, jitter) => {
      const most = Math.min(1000 * 2 ** (failure - 1), 60_000)
      const wait = retryWait(failure, jitter)
      expect(wait).toBeLessThanOrEqual(most)
      expect(wait).toBeGreaterThanOrEqual(most / 2)
    }),
  )
})
