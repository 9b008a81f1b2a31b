// The points of incidents, storms and pages: what happened to them, and what became of each page.
import type { Fact, HeartbeatFact } from '../domain/fact.ts'
import type { GatewayFact } from '../domain/fact-gateway.ts'
import type { Severity, Terms } from '../domain/heartbeat.ts'
import type { Incident } from '../domain/incident.ts'
import type { Storm } from '../domain/storm.ts'
import type { Settled, Unsettled } from './casebook.ts'
import { type Point, VERDICT_CODES } from './series-point.ts'

export type Escalated = {
  readonly heartbeat: string
  readonly group: string
  readonly owner: string
}

/** What the end of each fact's type says of an incident or a storm; other facts of theirs are no points. */
const EVENTS: Readonly<Record<string, string>> = {
  opened: 'opened',
  worsened: 'worsened',
  acknowledged: 'acknowledged',
  acknowledgementExpired: 'expired',
  muted: 'muted',
  unmuted: 'unmuted',
  resolved: 'resolved',
}

/** `before` and `after` the fact; a moment's wait to see whether it is part of a storm is nobody's concern. */
export function incidentPoint(
  fact: HeartbeatFact & { readonly incident: string },
  before: Incident | undefined,
  after: Incident | undefined,
  terms: Pick<Terms, 'group' | 'owner'> | undefined,
  open: number,
  seq: number,
): Point<'hb_incident'> | undefined {
  if (after === undefined || isGathering(before) !== isGathering(after)) return undefined
  const about = { heartbeat: fact.heartbeat, group: terms?.group ?? '', owner: terms?.owner ?? '' }
  const { verdict, severity, openedAt } = after
  return escalationPoint(fact, 'incident', about, { code: VERDICT_CODES[verdict], severity, openedAt, open }, seq)
}

export function stormPoint(
  fact: GatewayFact & { readonly storm: string },
  storm: Storm | undefined,
  open: number,
  seq: number,
): Point<'hb_incident'> | undefined {
  if (storm === undefined) return undefined
  const { scope, severity, openedAt } = storm
  const about = { heartbeat: '', group: scope.kind === 'group' ? scope.group : '', owner: '' }
  return escalationPoint(fact, 'storm', about, { code: VERDICT_CODES.missed, severity, openedAt, open }, seq)
}

/** `queued`: the page or notice as it was decided; unknown only where its fact is older than the ledger. */
export function settledPoint(
  fact: Settled,
  queued: Unsettled | undefined,
  policy: string,
  group: string,
  seq: number,
): Point<'hb_page'> {
  const { path = fact.channel, kind = 'drill', step } = queued ?? {}
  const about = 'incident' in fact ? fact.incident : (fact.storm ?? fact.about)
  return {
    measurement: 'hb_page',
    tags: {
      channel: fact.channel,
      responder: responderOf(path),
      policy,
      kind,
      outcome: fact.outcome,
      heartbeat: 'heartbeat' in fact ? fact.heartbeat : '',
      group,
    },
    fields: {
      n: 1,
      step: step === undefined ? undefined : step + 1,
      attempts: fact.attempts,
      latency_ms: queued === undefined ? undefined : Math.max(0, fact.at - queued.at),
      incident: about,
      path,
      why: fact.outcome === 'delivered' ? undefined : fact.why,
    },
    at: fact.at,
    seq,
  }
}

export function droppedPoint(
  fact: Extract<Fact, { type: 'page.dropped' | 'notice.dropped' }>,
  policy: string,
  group: string,
  seq: number,
): Point<'hb_page'> {
  const [kind, heartbeat, incident] =
    fact.type === 'page.dropped'
      ? [fact.kind, fact.heartbeat, fact.incident]
      : [fact.step === 0 ? 'storm.triggered' : 'storm.grew', '', fact.storm]
  return {
    measurement: 'hb_page',
    tags: { channel: '', responder: '', policy, kind, outcome: 'dropped', heartbeat, group },
    fields: { n: 1, step: fact.step + 1, attempts: 0, incident, why: fact.why },
    at: fact.at,
    seq,
  }
}

type Standing = {
  readonly code: number
  readonly severity: Severity
  readonly openedAt: number
  readonly open: number
}

function escalationPoint(
  fact: Fact,
  kind: 'incident' | 'storm',
  { heartbeat, group, owner }: Escalated,
  { code, severity, openedAt, open }: Standing,
  seq: number,
): Point<'hb_incident'> | undefined {
  const event = EVENTS[fact.type.slice(fact.type.indexOf('.') + 1)]
  if (event === undefined) return undefined
  const since = Math.max(0, fact.at - openedAt)
  const id = (fact as { readonly incident?: string; readonly storm?: string })[kind]
  return {
    measurement: 'hb_incident',
    tags: { heartbeat, group, owner, severity, kind, event },
    fields: {
      n: 1,
      code,
      open,
      detect_ms: 'deadlineAt' in fact && event === 'opened' ? detectedAfter(fact) : undefined,
      ack_ms: event === 'acknowledged' ? since : undefined,
      duration_ms: event === 'resolved' ? since : undefined,
      incident: id,
      by: 'by' in fact && typeof fact.by === 'string' ? fact.by : undefined,
      text: textOf(fact, event),
    },
    at: fact.at,
    seq,
  }
}

function detectedAfter({ deadlineAt, seenAt }: { readonly deadlineAt?: number; readonly seenAt: number }) {
  return deadlineAt === undefined ? undefined : Math.max(0, seenAt - deadlineAt)
}

function textOf(fact: Fact, event: string): string {
  if ('explanation' in fact) return fact.explanation
  const by = 'by' in fact && typeof fact.by === 'string' ? ` by ${fact.by}` : ''
  const more = 'note' in fact && fact.note ? `: ${fact.note}` : 'why' in fact ? `: ${fact.why}` : ''
  return `${event}${by}${more}`
}

/** `primary › ana › ops`: the channel, and before it whoever it reaches; `fallback` is nobody. */
function responderOf(path: string): string {
  const before = path.split(' › ').at(-2)
  return before === undefined || before === 'fallback' ? '' : before
}

function isGathering(incident: Incident | undefined): boolean {
  return incident?.mute?.by === 'gathering'
}
