// What a worker answers to whoever asks it how it is. A gateway that is away is no reason to restart the worker.
import type { Heartbeat } from './heartbeat.ts'
import { type Wait, waitOf } from './wait.ts'

export type HeartbeatHealth = {
  readonly name: string
  /** `failed`: a fail came after the last ok. `stale`: the last ok is too old. `unseen`: neither yet. */
  readonly state: 'ok' | 'failed' | 'stale' | 'unseen'
  /** Milliseconds; null: there was none. */
  readonly lastOkAge: number | null
  /** Signals that the gateway does not have yet. */
  readonly pending: number
  /** Signals that were given up. */
  readonly dropped: number
  /** null: nothing was tried yet. */
  readonly gatewayReachable: boolean | null
}

export type Health = { readonly status: 'ok' | 'failed'; readonly heartbeats: readonly HeartbeatHealth[] }

/** As much of an answer as Express and Fastify have in common. */
export type Response = { status(code: number): { send(body: unknown): unknown } }

export type HealthOptions = {
  /** How old the last ok may be; without it, age alone makes nothing stale. Counts from the making of the handler. */
  readonly staleAfter?: Wait
}

/**
 * A handler for Express and Fastify: 200 with the state of the heartbeats as JSON, 503 when one failed or is stale.
 * Whether the gateway can be reached is shown and decides nothing: otherwise its outage would restart every worker.
 *
 * @example
 * const worker = heartbeat('worker', { url: process.env.OVERDUE_URL })
 * worker.every('30s') // worker hears: ok
 * const app = fastify()
 * app.get('/healthz', healthHandler([worker], { staleAfter: '2m' }))
 */
export function healthHandler(
  heartbeats: readonly Heartbeat[],
  { staleAfter }: HealthOptions = {},
): (request: unknown, response: Response) => void {
  const limit = waitOf(staleAfter) ?? Number.POSITIVE_INFINITY
  const since = performance.now()
  return (_, response) => {
    const health = healthOf(heartbeats, limit, since)
    response.status(health.status === 'ok' ? 200 : 503).send(health)
  }
}

function healthOf(heartbeats: readonly Heartbeat[], limit: number, since: number): Health {
  const now = performance.now()
  const all = heartbeats.map(({ name, lastOkAt, lastFailAt = Number.NEGATIVE_INFINITY, courier }): HeartbeatHealth => {
    const isStale = now - (lastOkAt ?? since) > limit
    const hasFailed = lastFailAt > (lastOkAt ?? Number.NEGATIVE_INFINITY)
    return {
      name,
      state: hasFailed ? 'failed' : isStale ? 'stale' : lastOkAt === undefined ? 'unseen' : 'ok',
      lastOkAge: lastOkAt === undefined ? null : Math.round(now - lastOkAt),
      pending: courier?.pending ?? 0,
      dropped: courier?.dropped ?? 0,
      gatewayReachable: courier?.reachable ?? null,
    }
  })
  const isWell = all.every(({ state }) => state === 'ok' || state === 'unseen')
  return { status: isWell ? 'ok' : 'failed', heartbeats: all }
}
