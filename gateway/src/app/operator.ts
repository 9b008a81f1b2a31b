// Commands that are about no one heartbeat's state: mutes, drills, and who stands in on call.

import { incidentSubject } from '../domain/alert.ts'
import { channelDrill, drillOf } from '../domain/drill.ts'
import type { GatewayFact } from '../domain/fact.ts'
import { isMatch, isSpent, type Mute } from '../domain/mute.ts'
import type { StandIn } from '../domain/oncall.ts'
import { DAY, type Duration, type Instant } from '../domain/time.ts'
import { FORGOTTEN } from './casebook.ts'
import { type Answered, done, type Look, refused } from './look.ts'
import type { Command } from './ports.ts'
import type { StormJudge } from './storm-judge.ts'

const KINDS = ['mute', 'unmute', 'drill', 'override', 'endOverride'] as const
type Order = Extract<Command, { kind: (typeof KINDS)[number] }>

export function isOfOperator(command: Command): command is Order {
  return (KINDS as readonly string[]).includes(command.kind)
}

/** Silences and overrides that ended so long ago are forgotten. */
const SPENT_KEPT: Duration = 30 * DAY

export class Operator {
  readonly #look: Look
  readonly #storms: StormJudge

  constructor(look: Look, storms: StormJudge) {
    this.#look = look
    this.#storms = storms
  }

  request(command: Order, now: Instant): Answered {
    switch (command.kind) {
      case 'mute':
        return this.#mute(command.mute, now)
      case 'unmute':
        return this.#unmute(command.mute, command.by, now)
      case 'override':
        return this.#standIn(command.override, now)
      case 'endOverride':
        return this.#endOverride(command.override, command.by, now)
      default:
        return this.#drill(command, now)
    }
  }

  #mute(mute: Mute, now: Instant): Answered {
    const { registry } = this.#look
    const { casebook } = registry
    if (casebook.mutes.has(mute.id)) return refused('already')
    const spent = [...casebook.mutes.values()].filter((old) => isSpent(old, now - SPENT_KEPT))
    const facts = this.#fold([
      { type: 'mute.declared', at: now, seenAt: now, mute },
      ...spent.map(({ id }): GatewayFact => ({ type: 'mute.ended', at: now, seenAt: now, mute: id, by: FORGOTTEN })),
    ])
    for (const incident of registry.open()) {
      const terms = registry.roster.termsOf(registry.find(incident.heartbeat))
      if (terms !== undefined && isMatch(mute.match, incidentSubject(incident, terms))) this.#look.recheck(incident.id)
    }
    return done([...facts, ...this.#storms.recheck(now)])
  }

  #unmute(id: string, by: string, now: Instant): Answered {
    const { casebook } = this.#look.registry
    const mute = casebook.mutes.get(id)
    if (mute === undefined) return refused('unknown')
    const facts = this.#fold([{ type: 'mute.ended', at: now, seenAt: now, mute: id, by }])
    for (const incident of casebook.mutedBy(mute.kind, id)) this.#look.recheck(incident)
    return done([...facts, ...this.#storms.recheck(now)])
  }

  #drill({ drill, of, by }: Extract<Command, { kind: 'drill' }>, now: Instant): Answered {
    const { registry } = this.#look
    if (registry.casebook.drills.get(drill) !== undefined) return refused('already')
    const scene = this.#look.scene()
    if ('channel' in of) {
      if (!scene.channels.includes(of.channel)) return refused('unknown')
      return done(this.#fold(channelDrill(of.channel, { drill, by }, now)))
    }
    const number = registry.find(of.name)
    if (number === -1) return refused('unknown')
    return done(this.#fold(drillOf(registry.heartbeat(number), { drill, by }, scene, now)))
  }

  #standIn(override: StandIn, now: Instant): Answered {
    const { overrides } = this.#look.registry.casebook
    const scene = this.#look.scene()
    if (overrides.has(override.id)) return refused('already')
    if (scene.onCall(override.oncall) === undefined || !scene.hasResponder(override.who)) return refused('unknown')
    const spent = [...overrides.values()].filter(({ to }) => to < now - SPENT_KEPT)
    return done(
      this.#fold([
        { type: 'override.made', at: now, seenAt: now, override },
        ...spent.map(({ id }): GatewayFact => overrideEnded(id, FORGOTTEN, now)),
      ]),
    )
  }

  #endOverride(id: string, by: string, now: Instant): Answered {
    if (!this.#look.registry.casebook.overrides.has(id)) return refused('unknown')
    return done(this.#fold([overrideEnded(id, by, now)]))
  }

  #fold(facts: readonly GatewayFact[]): readonly GatewayFact[] {
    for (const fact of facts) this.#look.registry.fold(fact)
    return facts
  }
}

function overrideEnded(override: string, by: string, now: Instant): GatewayFact {
  return { type: 'override.ended', at: now, seenAt: now, override, by }
}
