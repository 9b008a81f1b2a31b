// The beat of the evaluator. Each turn stamps the time, lets the loop read every socket that was readable by then, and
// only then says that time moved: a signal that had arrived by the stamp is heard before its silence is judged.
import type { Duration, Instant } from '../domain/time.ts'

/** Calls `tick` about every `period`, and at once while more is due, until the returned function is called. */
export function startTicker(
  period: Duration,
  now: () => Instant,
  tick: (heardUntil: Instant) => void,
  isBehind: () => boolean = () => false,
): () => void {
  let isStopped = false
  const turn = (): void => {
    const heardUntil = now()
    // Timers run before the poll phase, immediates after it; what is set in an immediate runs after the next poll phase.
    setImmediate(() => {
      if (isStopped) return
      tick(heardUntil)
      if (isBehind()) turn()
      else timer = setTimeout(turn, period)
    })
  }
  let timer = setTimeout(turn, period)
  return () => {
    isStopped = true
    clearTimeout(timer)
  }
}
