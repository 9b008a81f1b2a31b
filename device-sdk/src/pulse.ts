// Beats that come again and again, each after its probe has answered.
import type { Heartbeat } from './heartbeat.ts'
import type { Details } from './signal.ts'

/** Details for the beat, nothing, or `false` for a fail; may be async, and may throw. */
export type Probe = () => Details | boolean | undefined | void | PromiseLike<Details | boolean | undefined | void>

/** Beats when a connection broke, too: its will is out, and only a signal takes it back. */
export function beatEvery(interval: number, heartbeat: Heartbeat, probe: Probe = () => undefined): () => void {
  let isAsking = false

  async function beat(): Promise<void> {
    if (isAsking) return
    isAsking = true
    try {
      const answer = await probe()
      if (answer === false) heartbeat.fail('its probe said no')
      else heartbeat.ok(typeof answer === 'object' ? answer : {})
    } catch (error) {
      heartbeat.fail(error)
    } finally {
      isAsking = false
    }
  }

  const again = (): void => void beat()
  const timer = setInterval(again, interval).unref()
  heartbeat.courier?.onLost.add(again)
  again()
  return () => {
    clearInterval(timer)
    heartbeat.courier?.onLost.delete(again)
  }
}
