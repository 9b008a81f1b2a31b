// What the gateway has in hand besides the heartbeats themselves: incidents, storms, mutes, pages that no channel has
// settled, drills, windows in which it was blind, channels that fail, who stands in on call, who may speak to it. Folded
// from the facts.
import type { Device } from '../domain/device.ts'
import { type Fact, type GatewayFact, type HeartbeatFact, isHeartbeatFact } from '../domain/fact.ts'
import { completed, evolveIncident, type Incident } from '../domain/incident.ts'
import type { Mute } from '../domain/mute.ts'
import type { StandIn } from '../domain/oncall.ts'
import type { Source } from '../domain/signal.ts'
import { type BlindWindow, BlindWindows, type Deafness } from './blind-windows.ts'
import { Drills } from './drills.ts'
import { Grants, type GrantsContent } from './grants.ts'
import { Storms } from './storms.ts'

const CLOSED_INCIDENTS_KEPT = 10_000
/** Who ends a mute that was over long ago. */
export const FORGOTTEN = 'age'

/** A page or a notice that no channel has settled. */
export type Unsettled = Extract<Fact, { type: 'page.queued' | 'notice.queued' }>
export type Settled = Extract<Fact, { type: 'page.settled' | 'notice.settled' }>
export type FailedChannel = Extract<GatewayFact, { type: 'channel.failed' }>

/** As a snapshot keeps it. */
export type CasebookContent = {
  readonly incidents: readonly Incident[]
  readonly unsettled: readonly Unsettled[]
  readonly blind: readonly BlindWindow[]
  readonly failedChannels: readonly FailedChannel[]
  /** Absent in what an earlier version kept. */
  readonly mutes?: readonly Mute[]
  readonly storms?: ReturnType<Storms['content']>
  readonly drills?: ReturnType<Drills['content']>
  readonly overrides?: readonly StandIn[]
  readonly grants?: GrantsContent
  readonly devices?: readonly Device[]
  readonly deaf?: readonly Deafness[]
}

export class Casebook {
  readonly incidents: Map<string, Incident> = new Map()
  readonly openIncidents: Set<string> = new Set()
  readonly unsettled: Map<string, Unsettled> = new Map()
  readonly #windows = new BlindWindows()
  readonly blind: readonly BlindWindow[] = this.#windows.passed
  /** The ears that hear nothing at present. */
  readonly deaf: ReadonlyMap<Source, Deafness> = this.#windows.begun
  readonly failedChannels: Map<string, FailedChannel> = new Map()
  /** Made by somebody's word; those of the file are not here. */
  readonly mutes: Map<string, Mute> = new Map()
  readonly storms: Storms = new Storms()
  readonly drills: Drills = new Drills()
  /** Oldest first; those of the file are not here. */
  readonly overrides: Map<string, StandIn> = new Map()
  readonly grants: Grants = new Grants()
  /** Resolved, and every page settled: what may be forgotten, oldest first. */
  readonly #done = new Set<string>()
  /** Open incidents by what mutes them. */
  readonly #muted = new Map<string, Set<string>>()
  /** Something changed since the last snapshot. */
  isDirty = false

  fold(fact: Fact): void {
    if (fact.type === 'signal.received') return
    this.isDirty = true
    this.grants.fold(fact)
    if (isHeartbeatFact(fact)) {
      if ('incident' in fact) this.#foldIncident(fact)
      if (fact.type === 'page.queued') this.unsettled.set(fact.page, fact)
      if (fact.type === 'page.settled') this.#settle(fact)
    } else this.#foldGateway(fact)
  }

  /** Open incidents, oldest first. */
  *open(): Iterable<Incident> {
    for (const id of this.openIncidents) yield this.incidents.get(id) as Incident
  }

  /** Open incidents that are muted by a silence, a window, a parent or a storm. */
  mutedBy(by: NonNullable<Incident['mute']>['by'], what: string): ReadonlySet<string> {
    return this.#muted.get(`${by}:${what}`) ?? NONE
  }

  content(): CasebookContent {
    return {
      incidents: [...this.incidents.values()],
      unsettled: [...this.unsettled.values()],
      blind: this.blind,
      failedChannels: [...this.failedChannels.values()],
      mutes: [...this.mutes.values()],
      overrides: [...this.overrides.values()],
      ...{ storms: this.storms.content(), drills: this.drills.content() },
      ...{ grants: this.grants.content(), devices: [...this.grants.devices.devices()] },
      deaf: [...this.deaf.values()],
    }
  }

  adopt({ incidents, unsettled, blind, failedChannels, mutes = [], storms = [], ...later }: CasebookContent): void {
    const { drills, overrides = [], grants, devices = [], deaf = [] } = later
    for (const incident of incidents) this.#keep(undefined, completed(incident))
    for (const page of unsettled) this.unsettled.set(page.page, page)
    this.#windows.adopt(blind, deaf)
    for (const failed of failedChannels) this.failedChannels.set(failed.channel, failed)
    for (const mute of mutes) this.mutes.set(mute.id, mute)
    this.storms.adopt(storms)
    if (drills !== undefined) this.drills.adopt(drills)
    for (const override of overrides) this.overrides.set(override.id, override)
    if (grants !== undefined) this.grants.adopt(grants, devices)
  }

  #foldGateway(fact: GatewayFact): void {
    this.storms.fold(fact)
    this.#windows.fold(fact)
    switch (fact.type) {
      case 'notice.queued':
        this.unsettled.set(fact.page, fact)
        return
      case 'notice.settled':
        return this.#settle(fact)
      case 'channel.failed':
        this.failedChannels.set(fact.channel, fact)
        return
      case 'channel.recovered':
        this.failedChannels.delete(fact.channel)
        return
      case 'mute.declared':
        this.mutes.set(fact.mute.id, fact.mute)
        return
      case 'mute.ended':
        return this.#endMute(fact)
      case 'drill.begun':
        return this.drills.begin(fact)
      case 'override.made':
        this.overrides.set(fact.override.id, fact.override)
        return
      case 'override.ended':
        this.overrides.delete(fact.override)
        return
      default:
    }
  }

  /** One that a link made stays known, or the link could be used again. */
  #endMute({ mute: id, by, at }: Extract<GatewayFact, { type: 'mute.ended' }>): void {
    const mute = this.mutes.get(id)
    if (mute?.declaredBy !== 'link' || !('until' in mute.when) || by === FORGOTTEN) this.mutes.delete(id)
    else this.mutes.set(id, { ...mute, when: { from: mute.when.from, until: Math.min(mute.when.until, at) } })
  }

  #settle(fact: Settled): void {
    const page = this.unsettled.get(fact.page)
    this.unsettled.delete(fact.page)
    if (page !== undefined) this.drills.settle(page, fact)
  }

  #foldIncident(fact: HeartbeatFact & { readonly incident: string }): void {
    const before = this.incidents.get(fact.incident)
    const incident = evolveIncident(before, fact)
    if (incident === undefined) return
    this.#keep(before, incident)
  }

  #keep(before: Incident | undefined, incident: Incident): void {
    const { id, state, mute } = incident
    this.incidents.set(id, incident)
    if (state === 'resolved') this.openIncidents.delete(id)
    else this.openIncidents.add(id)
    if (isDone(incident)) this.#close(id)
    else this.#done.delete(id)
    if (before?.mute === mute && before?.state === state) return
    if (before?.mute !== undefined) this.#muted.get(keyOf(before.mute))?.delete(id)
    if (mute !== undefined && state !== 'resolved') this.#mutedSet(keyOf(mute)).add(id)
    this.storms.place(incident)
  }

  #mutedSet(key: string): Set<string> {
    const set = this.#muted.get(key) ?? new Set()
    this.#muted.set(key, set)
    return set
  }

  /** A page that waits for its channel is put together when it is sent, so its incident has to be known until then. */
  #close(id: string): void {
    this.#done.add(id)
    if (this.#done.size <= CLOSED_INCIDENTS_KEPT) return
    const [oldest = ''] = this.#done
    this.#done.delete(oldest)
    this.incidents.delete(oldest)
  }
}

const NONE: ReadonlySet<string> = new Set()

function keyOf({ by, what }: NonNullable<Incident['mute']>): string {
  return `${by}:${what}`
}

function isDone({ state, pages }: Incident): boolean {
  return state === 'resolved' && pages.every(({ outcome }) => outcome !== undefined)
}
