// What makes heartbeats of topics that devices publish anyway: one adopter for each ear, all by the same rules.
import { createAdopter } from './adapters/adopt.ts'
import type { Adopt } from './adapters/mqtt-signal.ts'
import type { Newcomers } from './app/newcomers.ts'
import type { Watch } from './app/watch.ts'
import type { Settings } from './config/settings.ts'
import type { Source } from './domain/signal.ts'
import type { Instant } from './domain/time.ts'

export type Adopters = {
  for(via: Source): Adopt
  configure(settings: Pick<Settings, 'adopt'>): void
}

export function createAdopters(
  { registry, counters, intake }: Watch,
  newcomers: Newcomers,
  now: () => Instant,
): Adopters {
  const live: { adopt: Settings['adopt'] } = { adopt: [] }
  return {
    for: (via) =>
      createAdopter({
        ...{ intake, live, via },
        bootOf(name) {
          const number = registry.find(name)
          return number === -1 ? 0 : registry.state(number).more.boot
        },
        newcomer(name, terms) {
          counters.add('signals_refused', 'unknown')
          newcomers.note(name, now(), terms)
        },
      }),
    configure({ adopt }) {
      live.adopt = adopt
    },
  }
}
