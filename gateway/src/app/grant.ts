// Commands that say who may speak to the gateway: tokens of the API, keys of heartbeats, and what devices have.
import type { GatewayFact } from '../domain/fact.ts'
import { DAY, type Duration, type Instant } from '../domain/time.ts'
import { isGoodToken } from '../domain/token.ts'
import { FORGOTTEN } from './casebook.ts'
import { DEVICE_KINDS, type DeviceGrant, grantDevice } from './grant-device.ts'
import { type Answered, done, refused } from './look.ts'
import type { Command } from './ports.ts'
import type { Registry } from './registry.ts'

const OWN_KINDS = ['makeToken', 'rotateToken', 'revokeToken', 'rotateKey'] as const
const KINDS: ReadonlySet<string> = new Set([...OWN_KINDS, ...DEVICE_KINDS])
type Grant = Extract<Command, { kind: (typeof OWN_KINDS)[number] }> | DeviceGrant

/** Tokens that expired so long ago are forgotten. */
const EXPIRED_KEPT: Duration = 30 * DAY

export function isGrant(command: Command): command is Grant {
  return KINDS.has(command.kind)
}

export function grant(registry: Registry, command: Grant, now: Instant): Answered {
  const { grants } = registry.casebook
  const times = { at: now, seenAt: now }
  const fold = (...facts: readonly GatewayFact[]): Answered => {
    for (const fact of facts) registry.fold(fact)
    return done(facts)
  }
  switch (command.kind) {
    case 'makeToken': {
      const { token } = command
      if (grants.token(token.id) !== undefined) return refused('already')
      const old = grants.tokens().filter((each) => !isGoodToken(each, now - EXPIRED_KEPT))
      return fold(
        { type: 'token.made', ...times, token: token.id, made: token },
        ...old.map(({ id }): GatewayFact => ({ type: 'token.revoked', ...times, token: id, by: FORGOTTEN })),
      )
    }
    case 'rotateToken': {
      const { token, digest, last4, overlap, by } = command
      if (grants.token(token) === undefined) return refused('unknown')
      return fold({ type: 'token.rotated', ...times, token, digest, last4, previousUntil: now + overlap, by })
    }
    case 'revokeToken': {
      const { token, by } = command
      return grants.token(token) === undefined
        ? refused('unknown')
        : fold({ type: 'token.revoked', ...times, token, by })
    }
    case 'rotateKey': {
      const { name, overlap, by } = command
      if (registry.find(name) === -1) return refused('unknown')
      const generation = ((grants.keyOf(name)?.generation ?? 0) + 1) % GENERATIONS
      return fold({ type: 'key.rotated', ...times, of: name, generation, previousUntil: now + overlap, by })
    }
    default: {
      const facts = grantDevice(grants.devices, command, now)
      return typeof facts === 'string' ? refused(facts) : fold(...facts)
    }
  }
}

/** As many as a key has room for. */
const GENERATIONS = 65_536
