// By which ways somebody is reached at the moment, and when each last was.
import type { Instant } from '../domain/time.ts'
import type { ConsoleWorld } from './world.ts'

export type WayNow = {
  /** `ana › push`. */
  readonly path: string
  readonly channel: string
  /** Undefined: nobody ever was. */
  readonly at: Instant | undefined
  readonly kind: string | undefined
}

/** Last reached first; a way that was never proven comes last. */
export function ways({ scene, registry, now }: ConsoleWorld, target: string): readonly WayNow[] {
  const { drills } = registry.casebook
  const all = drills.reached()
  return scene()
    .waysTo(target, now())
    .map(({ path, channel }) => {
      // The same last steps, whatever policy or schedule led to them.
      const last = drills.reachedBy(path) ?? all.findLast((reached) => reached.path.endsWith(` › ${path}`))
      return { path, channel, at: last?.at, kind: last?.kind }
    })
    .sort((one, other) => (other.at ?? 0) - (one.at ?? 0))
}
