// What a reload may change of who is heard and how: the rules of signals, and the keys of heartbeats.
import { systemClock as clock } from './adapters/clock.ts'
import { createKeys, type Keys } from './adapters/keys.ts'
import type { Watch } from './app/watch.ts'
import { readPromise } from './config/promise.ts'
import type { Settings } from './config/settings.ts'
import type { Terms } from './domain/heartbeat.ts'
import type { Checked } from './domain/problem.ts'

export type LiveRules = Pick<Settings, 'defaults' | 'zone' | 'file' | 'url' | 'published' | 'adopt'> &
  Pick<Settings['signals'], 'create' | 'denied'> & {
    /** Undefined: where somebody listens decides. */
    readonly open: boolean | undefined
    readonly grafanaToken: string | undefined
    checkTerms(said: unknown, base?: Terms): Checked<Terms>
  }

export function liveRules(settings: Settings): LiveRules {
  const { signals, defaults, zone, file, url, policies, grafana, published, adopt } = settings
  const open = signals.open === 'auto' ? undefined : signals.open
  const known = { zone, policies: new Set(policies.map(({ name }) => name)) }
  const checkTerms = (body: unknown, base?: Terms) =>
    readPromise(body, {
      base: { ...(base ?? defaults), declaredBy: 'api' },
      isScheduled: base !== undefined,
      ...known,
    })
  const { token: grafanaToken } = grafana
  return {
    open,
    create: signals.create,
    denied: signals.denied,
    defaults,
    zone,
    file,
    url,
    checkTerms,
    grafanaToken,
    published,
    adopt,
  }
}

export function keysFor({ heartbeats, signals }: Settings, master: Buffer, { registry }: Watch): Keys {
  const { roster, casebook } = registry
  return createKeys({
    master,
    nameOf: (id) => (roster.termsOf(id) === undefined ? undefined : roster.nameOf(id)),
    idOf: (name) => (roster.find(name) === -1 ? undefined : roster.find(name)),
    declared: new Map(heartbeats.flatMap(({ name, key }) => (key === undefined ? [] : [[key, name] as const]))),
    ...(signals.pingKey !== undefined && { pingKey: signals.pingKey }),
    rotated: (name) => casebook.grants.keyOf(name),
    now: clock.now,
  })
}
