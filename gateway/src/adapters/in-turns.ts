// Long lists, made in small turns between which signals are heard.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pace } from '../app/read.ts'
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

/** For an answer that may be short, and should be there after so long. */
export function createPace(lasts: Duration): Pace {
  const begunAt = performance.now()
  let turnAt = begunAt
  return {
    pause() {
      if (performance.now() - turnAt < TURN) return undefined
      return nextTurn().then(() => {
        turnAt = performance.now()
      })
    },
    isLate: () => performance.now() - begunAt > lasts,
  }
}
