// Long lists, made in small turns between which signals are heard.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Duration } from '../domain/time.ts'

/** A turn ends with the item in which it gets this old. */
const TURN: Duration = 5

export async function inTurns<T, U>(items: Iterable<T>, each: (item: T) => U): Promise<readonly U[]> {
  const made: U[] = []
  let beganAt = performance.now()
  for (const item of items) {
    made.push(each(item))
    if (performance.now() - beganAt < TURN) continue
    await nextTurn()
    beganAt = performance.now()
  }
  return made
}
