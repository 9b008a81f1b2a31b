// When each mute is in force: a spell of those that repeat is remembered, since in a storm it is asked for thousands of times.
import { type Mute, type Spell, spellAt } from '../domain/mute.ts'
import type { Instant } from '../domain/time.ts'

export class Spells {
  readonly #last = new Map<Mute, { readonly spell: Spell | undefined; readonly askedAt: Instant }>()

  /** Undefined: it is not in force. */
  at(mute: Mute, now: Instant): Spell | undefined {
    if ('until' in mute.when) return spellAt(mute, now)
    const known = this.#last.get(mute)
    if (known?.askedAt === now) return known.spell
    if (known?.spell !== undefined && known.spell.from <= now && now < known.spell.until) return known.spell
    const spell = spellAt(mute, now)
    this.#last.set(mute, { spell, askedAt: now })
    return spell
  }
}
