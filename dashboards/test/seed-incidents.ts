// What the spells of the story become: incidents with their pages, a storm that is paged as one, and drills.
import type { Point } from './points.ts'
import { CODE, END, FLEET, HOUR, MINUTE, SPELLS, type Spell, STORM } from './story.ts'

const WAYS: readonly { readonly channel: string; readonly responder: string; readonly latency: number }[] = [
  { channel: 'ops-webhook', responder: 'ana', latency: 180 },
  { channel: 'phone', responder: 'ben', latency: 900 },
  { channel: 'mail', responder: '-', latency: 2400 },
]

export function incidentsAndPages(): readonly Point[] {
  const opening = SPELLS.filter(({ word }) => ['slow', 'overrun', 'missed', 'failed'].includes(word))
  return [...opening.flatMap(incident), ...storm(), ...drills()]
}

function incident(spell: Spell, nth: number): readonly Point[] {
  const { of, word, from, to, by } = spell
  const member = FLEET.find(({ name }) => name === of)
  const { group, owner } = member ?? { group: '-', owner: '-' }
  const isPartOfStorm = from === STORM.from
  const severity = word === 'slow' ? 'warning' : 'critical'
  const ackAfter = (3 + (nth % 9)) * MINUTE
  const event = (event: string, at: number, fields: Point['fields']): Point => ({
    measurement: 'hb_incident',
    tags: {
      heartbeat: of,
      group,
      owner: event === 'resolved' ? ownerAfter(of, owner) : owner,
      severity,
      kind: 'incident',
      event,
    },
    fields: {
      n: 1n,
      code: BigInt(CODE[word]),
      open: 1n,
      incident: `inc-${nth}`,
      text: `${of} is ${word}: ${event}`,
      ...fields,
    },
    at,
  })
  return [
    event('opened', from + 300, { detect_ms: 300 + nth }),
    ...(isPartOfStorm ? [event('muted', from + 400, { by: `storm of ${group}` })] : []),
    ...(by === undefined ? [] : [event('acknowledged', from + ackAfter, { ack_ms: ackAfter, by })]),
    ...(to === undefined ? [] : [event('resolved', to, { duration_ms: to - from, open: 0n, by: 'ok' })]),
    ...(isPartOfStorm ? [] : pages(of, group, 'incident', from, nth)),
  ]
}

/** One of them was given to somebody else while it was slow. */
function ownerAfter(name: string, owner: string): string {
  return name === 'train-model' ? 'ben' : owner
}

function storm(): readonly Point[] {
  const { group, from, to, acknowledged, by } = STORM
  const event = (event: string, at: number, fields: Point['fields']): Point => ({
    measurement: 'hb_incident',
    tags: { heartbeat: '-', group, owner: '-', severity: 'critical', kind: 'storm', event },
    fields: { n: 1n, code: 7n, open: 1n, incident: 'storm-1', text: `25 of ${group} are missed: ${event}`, ...fields },
    at,
  })
  return [
    event('opened', from + 2000, { detect_ms: 2000 }),
    event('acknowledged', from + acknowledged, { ack_ms: acknowledged, by }),
    event('resolved', to, { duration_ms: to - from, open: 0n, by: 'ok' }),
    ...pages('-', group, 'storm', from + 2000, 0),
  ]
}

function pages(heartbeat: string, group: string, about: string, from: number, nth: number): readonly Point[] {
  const outcome = ['delivered', 'delivered', 'delivered', 'refused', 'dropped', 'expired'][nth % 6] as string
  return WAYS.map(({ channel, responder, latency }, step) =>
    page(
      { channel, responder, policy: 'default', kind: `${about}.triggered`, heartbeat, group },
      step === 0 ? 'delivered' : outcome,
      {
        step: BigInt(step + 1),
        latency_ms: latency + nth,
        incident: `inc-${nth}`,
        at: from + step * 5 * MINUTE + latency,
      },
    ),
  )
}

function drills(): readonly Point[] {
  return WAYS.flatMap(({ channel, responder, latency }) =>
    [26 * HOUR, 2 * HOUR].map((ago) =>
      page(
        { channel, responder, policy: '-', kind: 'drill', heartbeat: 'nightly-backup', group: 'backups' },
        'delivered',
        {
          step: 1n,
          latency_ms: latency,
          incident: 'drill-1',
          at: END - ago + latency,
        },
      ),
    ),
  )
}

function page(
  tags: Point['tags'],
  outcome: string,
  { at, ...fields }: { at: number; step: bigint; latency_ms: number; incident: string },
): Point {
  const why =
    outcome === 'refused' ? '404 Not Found' : outcome === 'dropped' ? 'resolved before it was sent' : undefined
  return {
    measurement: 'hb_page',
    tags: { ...tags, outcome },
    fields: {
      n: 1n,
      attempts: outcome === 'dropped' ? 0n : outcome === 'expired' ? 9n : 1n,
      path: `default › ${tags['responder']} › ${tags['channel']}`,
      ...fields,
      ...(why !== undefined && { why }),
    },
    at,
  }
}
