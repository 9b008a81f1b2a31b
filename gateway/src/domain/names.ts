// What things are called: heartbeats by people, incidents and pages by a rule that gives the same id every time.
import type { Instant } from './time.ts'

/** One or two levels, `nightly-backup` or `pump-17/battery`; the grammar is checked at every edge. */
export type Name = string

/** The same heartbeat, opening and history always give the same id, so a decision made again pages under the same id. */
export function incidentId(heartbeat: Name, openedAt: Instant, signals: number): string {
  return `inc-${digest(`${heartbeat}\n${openedAt}\n${signals}`)}`
}

/** Names one demand on one channel: stable over retries, restarts and repeated decisions. */
export function pageId(subject: string, what: string, channel: string): string {
  return `page-${digest(`${subject}\n${what}\n${channel}`)}`
}

/** One storm of a scope, for one policy, from one instant on. */
export function stormId(scope: string, policy: string, at: Instant): string {
  return `storm-${digest(`${scope}\n${policy}\n${at}`)}`
}

/** Somebody's silence of one heartbeat: asked for twice in the same words at one instant it is one. */
export function silenceId(heartbeat: Name, from: Instant, until: Instant): string {
  return `silence-${digest(`${heartbeat}\n${from}\n${until}`)}`
}

/** A drill that is begun twice at one instant is one. */
export function drillId(of: string, at: Instant): string {
  return `drill-${digest(`${of}\n${at}`)}`
}

/** 106 bits of two interleaved 53-bit mixes (cyrb53, public domain); no secret, only a name. */
function digest(text: string): string {
  return mix(text, 0).toString(36).padStart(11, '0') + mix(text, 0x9e3779b9).toString(36).padStart(11, '0')
}

function mix(text: string, seed: number): number {
  let high = 0xdeadbeef ^ seed
  let low = 0x41c6ce57 ^ seed
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
