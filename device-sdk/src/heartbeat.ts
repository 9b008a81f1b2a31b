// One heartbeat as a job or a worker uses it. Turns calls into signals and hands them to the courier; decides nothing
// about when they are sent. Nothing here throws into the job, and only `flush` makes anybody wait.
import type { Courier } from './courier.ts'
import { courierFor, type Options } from './options.ts'
import { type Problem, teller } from './problem.ts'
import { beatEvery, type Probe } from './pulse.ts'
import { Run } from './run.ts'
import { type Details, type Kind, reasonOf, signalOf } from './signal.ts'
import { LONGEST_TIMER, type Wait, waitOf } from './wait.ts'
import { nameProblem } from './wire.ts'

/**
 * A heartbeat by its name: one or two levels of letters, digits, `-` and `_`, like `nightly-backup` or
 * `pump-17/battery`. Never throws: with options that can't be used it stays silent, and `onProblem` or a process
 * warning says why.
 *
 * @param options - `url` or `mqtt`, and `key` where the gateway asks for one. Heartbeats made with the same object
 * share its connection.
 * @example
 * const backup = heartbeat('nightly-backup', { url: process.env.OVERDUE_URL, key: process.env.OVERDUE_TOKEN })
 * backup.ok() // nightly-backup hears: ok
 */
export function heartbeat(name: string, options: Options): Heartbeat {
  return new Heartbeat(name, options ?? {})
}

/** Made by `heartbeat(name, options)`. */
export class Heartbeat {
  readonly name: string
  /** Milliseconds of a clock that only runs forward; undefined: not yet. @internal */
  lastOkAt: number | undefined
  /** @internal */
  lastFailAt: number | undefined
  /** Why it can't be used. @internal */
  readonly flaw: string | undefined
  /** @internal */
  readonly courier: Courier | undefined
  readonly #tell: (problem: Problem) => void
  #checkpointAt: number | undefined

  /** @internal */
  constructor(name: string, options: Options) {
    this.name = String(name)
    this.#tell = teller(options.onProblem)
    const way = nameProblem(this.name) ?? courierFor(options, this.name)
    if (typeof way === 'string') {
      this.flaw = way
      this.#tell({ kind: 'options', text: `heartbeat ${JSON.stringify(this.name)} stays silent: ${way}` })
    } else this.courier = way
  }

  /**
   * All is well, or the work was done: moves the deadline.
   *
   * @param details - message, metrics; `duration` of the work; `next`, when the next one will come.
   * @example
   * const fridge = heartbeat('fridge', { url: process.env.OVERDUE_URL })
   * fridge.ok({ metrics: { temp: 4.5 }, next: '15m' }) // fridge hears: ok
   */
  ok(details: Details = {}): void {
    this.#say('ok', details)
  }

  /**
   * The work begins.
   *
   * @returns the run, which ends by its own `ok` or `fail`. A run that never ends is reported as overrun.
   * @example
   * const report = heartbeat('report', { url: process.env.OVERDUE_URL })
   * const run = report.start()
   * run.ok() // report hears: start, ok
   */
  start(details: Details = {}): Run {
    return new Run((kind, more, id) => this.#say(kind, more, id), details)
  }

  /**
   * It failed: opens an incident. Inside a run use the run's own `fail`.
   *
   * @param reason - an error or a text, which becomes the message.
   * @example
   * const disk = heartbeat('disk', { url: process.env.OVERDUE_URL })
   * disk.fail('3 % left', { metrics: { free: 0.03 } }) // disk hears: fail
   */
  fail(reason?: unknown, details: Details = {}): void {
    this.#say('fail', { message: reasonOf(reason), ...details })
  }

  /**
   * A line for the history; it changes no deadline and no verdict.
   *
   * @example
   * const disk = heartbeat('disk', { url: process.env.OVERDUE_URL })
   * disk.log('cleaned up', { metrics: { freed: 12e9 } }) // disk hears: log
   */
  log(message: string, details: Details = {}): void {
    this.#say('log', { ...details, message })
  }

  /**
   * A silence that is planned: a deep sleep, a shutdown. Over MQTT the connection is then closed in good order.
   *
   * @param details - `next`: when the next signal will come. Without it the deadline stays where it is.
   * @example
   * const sensor = heartbeat('sensor', { url: process.env.OVERDUE_URL })
   * sensor.bye({ next: '6h' }) // sensor hears: bye
   */
  bye(details: Details = {}): void {
    this.#say('bye', details)
  }

  /**
   * Runs a job at once and tells its start, its end, its duration and its error.
   *
   * @param job - is given the run, for `log`; may be async.
   * @returns what the job returns. Throws what the job throws, and nothing of its own.
   * @example
   * const backup = heartbeat('nightly-backup', { url: process.env.OVERDUE_URL })
   * const rows = await backup.around(async (run) => {
   *   run.log('copying')
   *   return 120
   * }) // nightly-backup hears: start, log, ok
   */
  async around<T>(job: (run: Run) => T | PromiseLike<T>): Promise<T> {
    const run = this.start()
    try {
      const result = await job(run)
      run.ok()
      return result
    } catch (error) {
      run.fail(error)
      throw error
    }
  }

  /**
   * Beats at once and then again and again, for workers that run on. The timer does not keep the process alive.
   *
   * @param interval - 1 s to 24 days; anything else is told as a problem and beats nothing.
   * @param probe - asked before each beat; what it returns are the beat's details, `false` or an error is a fail. While
   * it has not answered nothing is told, so that a worker that hangs is missed. Without one a beat says no more than
   * that timers fire.
   * @returns ends the beats.
   * @example
   * const worker = heartbeat('worker', { url: process.env.OVERDUE_URL })
   * const stop = worker.every('30s', () => ({ metrics: { waiting: 3 } })) // worker hears: ok
   */
  every(interval: Wait, probe?: Probe): () => void {
    const wait = waitOf(interval)
    if (wait === undefined || wait < 1000 || wait > LONGEST_TIMER) {
      this.#tell({ kind: 'options', text: `${this.name}: every: expected 1s to 24d, got ${JSON.stringify(interval)}` })
      return () => {}
    }
    return beatEvery(wait, this, probe)
  }

  /**
   * One more step of long work is done: an epoch, a batch. An ok with the time since the last checkpoint as its
   * duration, so that a step of unusual length is noticed. At most one a second is sent; what comes sooner is left out.
   * Steps deserve a heartbeat of their own: the whole work has other durations.
   *
   * @example
   * const epochs = heartbeat('training/epoch', { url: process.env.OVERDUE_URL })
   * epochs.checkpoint({ loss: 0.31 }, 'epoch 1') // training/epoch hears: ok
   */
  checkpoint(metrics: Readonly<Record<string, number>> = {}, message?: string): void {
    const now = performance.now()
    const passed = this.#checkpointAt === undefined ? undefined : now - this.#checkpointAt
    if (passed !== undefined && passed < 1000) return
    this.#checkpointAt = now
    const details: Details = { metrics, ...(message !== undefined && { message }) }
    this.#say('ok', passed === undefined ? details : { ...details, duration: passed })
  }

  /**
   * Waits until the gateway has taken or refused all signals, for instance before `process.exit()`. Keeps the process alive.
   *
   * @param within - how long at most; 5 s unless said otherwise.
   * @returns false when a try failed or the time is over: what is left is kept and tried again.
   * @example
   * const backup = heartbeat('nightly-backup', { url: process.env.OVERDUE_URL })
   * backup.ok()
   * const delivered = await backup.flush('2s') // nightly-backup hears: ok
   */
  async flush(within: Wait = '5s'): Promise<boolean> {
    const wait = Math.min(waitOf(within) ?? 5000, LONGEST_TIMER)
    return (await this.courier?.flush(wait)) ?? false
  }

  #say(kind: Kind, details: Details, run?: string): void {
    try {
      const signal = signalOf(this.name, kind, details ?? {}, run)
      if (kind === 'ok') this.lastOkAt = signal.at
      if (kind === 'fail') this.lastFailAt = signal.at
      this.courier?.add(signal)
    } catch (error) {
      this.#tell({ kind: 'options', text: `${this.name}: ${kind} can't be told: ${reasonOf(error)}` })
    }
  }
}
