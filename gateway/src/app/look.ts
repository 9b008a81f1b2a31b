// What the parts of the partition's loop see of it, and how they answer a command.
import type { Fact } from '../domain/fact.ts'
import type { Reply } from './ports.ts'
import type { Registry } from './registry.ts'
import type { LiveScene } from './scene.ts'

export type Look = {
  readonly registry: Registry
  /** As the settings are now. */
  scene(): LiveScene
  /** Looks at the mute of an incident again, soon. */
  recheck(incident: string): void
}

export type Answered = { readonly reply: Reply; readonly facts: readonly Fact[] }

export function done(facts: readonly Fact[]): Answered {
  return { reply: { kind: 'done' }, facts }
}

export function refused(why: 'unknown' | 'already'): Answered {
  return { reply: { kind: 'refused', why }, facts: [] }
}
