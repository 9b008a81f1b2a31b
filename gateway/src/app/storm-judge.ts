// Storms in the partition's loop: they open when enough incidents come together, are looked at each tick, and let their
// heartbeats go when they end.
import type { Deed, Fact, GatewayFact } from '../domain/fact.ts'
import type { Heartbeat } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import { STORM_WINDOW, type Storm, takesOver } from '../domain/storm.ts'
import { acknowledgeStorm, judgeStorm, recheckStorm, resolveStorm } from '../domain/storm-decide.ts'
import type { Instant } from '../domain/time.ts'
import { type Answered, done, type Look, refused } from './look.ts'
import type { Command } from './ports.ts'
import type { Storms } from './storms.ts'

export class StormJudge {
  readonly #look: Look
  #isNew = true
  #hasOtherMutes = false

  constructor(look: Look) {
    this.#look = look
  }

  /** An incident that pages, or waits to. */
  note(heartbeat: Heartbeat, now: Instant): readonly Fact[] {
    const { incident } = heartbeat.state.more
    const { weather } = this.#look.scene()
    if (incident === undefined || (incident.turns > 1 && incident.mute === undefined)) return []
    const opened = this.#fold(weather.note(heartbeat, incident, now))
    if (opened.length === 0) return []
    for (const suspect of weather.suspects()) this.#look.recheck(suspect.id)
    return [...opened, ...opened.flatMap((fact) => this.#takeOver(fact, now))]
  }

  tick(now: Instant): readonly Fact[] {
    const recalled = this.#isNew ? this.#recall(now) : NO_FACTS
    this.#isNew = false
    const muted = this.#hasOtherMutes ? this.recheck(now) : NO_FACTS
    const judged = [...this.#storms.open()].flatMap((storm) =>
      this.#fold(judgeStorm(storm, this.#storms.members(storm.id), this.#look.scene(), now)),
    )
    return recalled.length + muted.length === 0 ? judged : [...recalled, ...muted, ...judged]
  }

  /** The configuration changed: at the next tick the mutes are looked at again. */
  expectOtherMutes(): void {
    this.#hasOtherMutes = true
  }

  /** A mute came or went. */
  recheck(now: Instant): readonly Fact[] {
    this.#hasOtherMutes = false
    return [...this.#storms.open()].flatMap((storm) => this.#fold(recheckStorm(storm, this.#look.scene(), now)))
  }

  request(command: Extract<Command, { kind: 'acknowledge' | 'resolve' }>, now: Instant): Answered {
    const storm = this.#storms.get(command.incident)
    if (storm === undefined) return refused('unknown')
    const { kind, incident: _, ...deed } = command
    const isUsed = deed.link !== undefined && storm.usedLinks.includes(deed.link)
    if (
      isUsed ||
      storm.state === 'resolved' ||
      (kind === 'acknowledge' && storm.state === 'acknowledged' && !storm.warned)
    )
      return refused('already')
    const facts =
      kind === 'acknowledge'
        ? acknowledgeStorm(storm, deed, this.#look.scene(), now)
        : resolveStorm(storm, 0, deed, this.#look.scene(), now)
    return done(this.#fold(facts))
  }

  membersOf(storm: string): readonly Incident[] {
    const { incidents } = this.#look.registry
    return [...this.#storms.openMembers(storm)].map((id) => incidents.get(id) as Incident)
  }

  /** What was about to page or had just done so when the process before this one ended is as close together as it was. */
  #recall(now: Instant): readonly Fact[] {
    const { registry } = this.#look
    const fresh = [...registry.open()].filter(
      ({ mute, seenAt, state }) => state === 'triggered' && (mute?.by === 'gathering' || seenAt > now - STORM_WINDOW),
    )
    return fresh.flatMap(({ heartbeat }) => {
      const number = registry.find(heartbeat)
      return number === -1 ? [] : this.note(registry.heartbeat(number), now)
    })
  }

  get #storms(): Storms {
    return this.#look.registry.casebook.storms
  }

  #takeOver(fact: GatewayFact, now: Instant): readonly Fact[] {
    const wide = fact.type === 'storm.opened' ? this.#storms.get(fact.storm) : undefined
    if (wide === undefined) return []
    const deed: Deed = { by: `storm ${wide.id}` }
    return [...this.#storms.open()]
      .filter((narrow: Storm) => takesOver(wide, narrow))
      .flatMap((narrow) =>
        this.#fold(resolveStorm(narrow, this.#storms.members(narrow.id).open, deed, this.#look.scene(), now)),
      )
  }

  #fold(facts: readonly GatewayFact[]): readonly GatewayFact[] {
    for (const fact of facts) {
      this.#look.registry.fold(fact)
      if (fact.type === 'storm.resolved')
        for (const incident of this.#look.registry.casebook.mutedBy('storm', fact.storm)) this.#look.recheck(incident)
    }
    return facts
  }
}

const NO_FACTS: readonly Fact[] = []
