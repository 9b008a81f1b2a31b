// What the gateway has in hand besides the heartbeats themselves: incidents, pages that no channel has settled,
// windows in which it was blind, channels that fail. Folded from the facts.
import { type Fact, type GatewayFact, type HeartbeatFact, isHeartbeatFact } from '../domain/fact.ts'
import { evolveIncident, type Incident } from '../domain/incident.ts'

const CLOSED_INCIDENTS_KEPT = 10_000
const BLIND_WINDOWS_KEPT = 1_000

/** A page or a notice that no channel has settled. */
export type Unsettled = Extract<Fact, { type: 'page.queued' | 'notice.queued' }>
export type BlindWindow = Extract<GatewayFact, { type: 'blind.passed' }>
export type FailedChannel = Extract<GatewayFact, { type: 'channel.failed' }>

/** As a snapshot keeps it. */
export type CasebookContent = {
  readonly incidents: readonly Incident[]
  readonly unsettled: readonly Unsettled[]
  readonly blind: readonly BlindWindow[]
  readonly failedChannels: readonly FailedChannel[]
}

export class Casebook {
  readonly incidents: Map<string, Incident> = new Map()
  readonly openIncidents: Set<string> = new Set()
  readonly unsettled: Map<string, Unsettled> = new Map()
  readonly blind: BlindWindow[] = []
  readonly failedChannels: Map<string, FailedChannel> = new Map()
  /** Something changed since the last snapshot. */
  isDirty = false

  fold(fact: Fact): void {
    if (fact.type === 'signal.received') return
    this.isDirty = true
    if (isHeartbeatFact(fact) && 'incident' in fact) this.#foldIncident(fact)
    switch (fact.type) {
      case 'page.queued':
      case 'notice.queued':
        this.unsettled.set(fact.page, fact)
        return
      case 'page.settled':
      case 'notice.settled':
        this.unsettled.delete(fact.page)
        return
      case 'blind.passed':
        this.blind.push(fact)
        if (this.blind.length > BLIND_WINDOWS_KEPT) this.blind.shift()
        return
      case 'channel.failed':
        this.failedChannels.set(fact.channel, fact)
        return
      case 'channel.recovered':
        this.failedChannels.delete(fact.channel)
        return
      default:
    }
  }

  /** Open incidents, oldest first. */
  *open(): Iterable<Incident> {
    for (const id of this.openIncidents) yield this.incidents.get(id) as Incident
  }

  content(): CasebookContent {
    return {
      incidents: [...this.incidents.values()],
      unsettled: [...this.unsettled.values()],
      blind: this.blind,
      failedChannels: [...this.failedChannels.values()],
    }
  }

  adopt(content: CasebookContent): void {
    for (const incident of content.incidents) this.#keep(incident)
    for (const page of content.unsettled) this.unsettled.set(page.page, page)
    this.blind.push(...content.blind)
    for (const failed of content.failedChannels) this.failedChannels.set(failed.channel, failed)
  }

  #foldIncident(fact: HeartbeatFact & { readonly incident: string }): void {
    const incident = evolveIncident(this.incidents.get(fact.incident), fact)
    if (incident === undefined) return
    this.#keep(incident)
    if (this.incidents.size - this.openIncidents.size > CLOSED_INCIDENTS_KEPT) this.#forgetOldest()
  }

  #keep(incident: Incident): void {
    this.incidents.set(incident.id, incident)
    if (incident.state === 'resolved') this.openIncidents.delete(incident.id)
    else this.openIncidents.add(incident.id)
  }

  #forgetOldest(): void {
    for (const [id, incident] of this.incidents) {
      if (incident.state !== 'resolved') continue
      this.incidents.delete(id)
      return
    }
  }
}
