// One run of a job, from its start to its ok or fail: one run id, one duration, ended once.
import { type Details, reasonOf } from './signal.ts'
import type { Wait } from './wait.ts'

/** What a run says through its heartbeat. */
export type Say = (kind: 'start' | 'ok' | 'fail' | 'log', details: Details, run: string) => void

/**
 * One run of a job, from `start()`. Its signals share a run id, so that runs may overlap; its end carries how long it
 * took. Only the first end counts. Nothing here throws or waits.
 */
export class Run {
  /** A UUID. */
  readonly id: string = crypto.randomUUID()
  readonly #say: Say
  readonly #since: number = performance.now()
  #isOver = false

  /** @internal */
  constructor(say: Say, details: Details) {
    this.#say = say
    say('start', details, this.id)
  }

  /**
   * The run succeeded.
   *
   * @param details - message, metrics, and a `duration` where it should not be the time since the start.
   * @example
   * const backup = heartbeat('nightly-backup', { url: process.env.OVERDUE_URL })
   * const run = backup.start()
   * run.ok({ message: 'all copied', metrics: { rows: 120 } }) // nightly-backup hears: start, ok
   */
  ok(details: Details = {}): void {
    this.#end('ok', details)
  }

  /**
   * The run failed: pages whoever its policy names.
   *
   * @param reason - an error or a text, which becomes the message. Whatever else is thrown is turned into text.
   * @example
   * const backup = heartbeat('nightly-backup', { url: process.env.OVERDUE_URL })
   * const run = backup.start()
   * run.fail(new Error('no space left')) // nightly-backup hears: start, fail
   */
  fail(reason?: unknown, details: Details = {}): void {
    this.#end('fail', { message: reasonOf(reason), ...details })
  }

  /**
   * A line for the history of the run; it changes nothing.
   *
   * @example
   * const backup = heartbeat('nightly-backup', { url: process.env.OVERDUE_URL })
   * const run = backup.start()
   * run.log('half way')
   * run.ok() // nightly-backup hears: start, log, ok
   */
  log(message: string, details: Details = {}): void {
    this.#say('log', { ...details, message }, this.id)
  }

  #end(kind: 'ok' | 'fail', details: Details): void {
    if (this.#isOver) return
    this.#isOver = true
    const duration: Wait = performance.now() - this.#since
    this.#say(kind, { duration, ...details }, this.id)
  }
}
