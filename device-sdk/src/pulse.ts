// Beats that come again and again, each after its probe has answered.
import type { Heartbeat } from './heartbeat.ts'
import type { Details } from './signal.ts'

/** Details for the beat, nothing, or `false` for a fail; may be async, and may throw. */
export type Probe = () => Answer | PromiseLike<Answer>

// biome-ignore lint/suspicious/noConfusingVoidType: a probe that returns nothing is one
type Answer = Details | boolean | undefined | void

/** Beats when a connection broke, too: its will is out, and only a signal takes it back. */
export function beatEvery(interval: number, heartbeat: Heartbeat, probe: Probe = () => undefined): () => void {
  let isAsking = false

  function tell(answer: Answer): void {
    isAsking = false
    if (answer === false) heartbeat.fail('its probe said no')
    else heartbeat.ok(typeof answer === 'object' ? answer : {})
  }

  function fail(error: unknown): void {
    isAsking = false
    heartbeat.fail(error)
  }

  function beat(): void {
    if (isAsking) return
    isAsking = true
    try {
      const answer = probe()
      if (isPromise(answer)) answer.then(tell, fail)
      else tell(answer)
    } catch (error) {
      fail(error)
    }
  }

  const timer = setInterval(beat, interval).unref()
  heartbeat.courier?.onLost.add(beat)
  beat()
  return () => {
    clearInterval(timer)
    heartbeat.courier?.onLost.delete(beat)
  }
}

function isPromise(answer: Answer | PromiseLike<Answer>): answer is PromiseLike<Answer> {
  return typeof (answer as PromiseLike<Answer> | undefined)?.then === 'function'
}
