// What is wrong with how the pages of a killed gateway came: compares what its receivers saw with the incidents that it
// has afterwards.
import type { Request } from './pager-crash-receiver.ts'

export type Incident = {
  readonly id: string
  readonly heartbeat: string
  readonly state: string
  readonly pages: readonly { readonly id: string; readonly kind: string; readonly outcome: string | null }[]
}

export type Told = {
  readonly requests: readonly Request[]
  readonly incidents: readonly Incident[]
  readonly heartbeats: number
  readonly storms: number
  readonly killed: Kill | undefined
}

export type Kill = {
  readonly at: string
  /** Pages whose end was on disk. */
  readonly recorded: readonly string[]
  /** Requests that had come by then. */
  readonly requests: number
}

export function faultsOf(told: Told): readonly string[] {
  return [...lost(told), ...ofIds(told), ...outOfOrder(told), ...duplicates(told), ...ofSubjects(told)]
}

function* lost({ incidents, requests }: Told): Iterable<string> {
  const came = new Set(requests.filter(({ isAnswered }) => isAnswered).map(({ id }) => id))
  for (const { heartbeat, pages } of incidents)
    for (const { id, kind, outcome } of pages) {
      if (!came.has(id)) yield `${kind} of ${heartbeat} never came`
      if (outcome !== 'delivered') yield `${kind} of ${heartbeat} ended as ${outcome}`
    }
}

function* ofIds({ requests }: Told): Iterable<string> {
  for (const [what, tries] of Map.groupBy(
    requests,
    ({ about, type, channel }) => `${type} of ${about} to ${channel}`,
  )) {
    const ids = new Set(tries.map(({ id }) => id))
    if (ids.size > 1) yield `${what} came under ${ids.size} ids`
  }
}

function* outOfOrder({ requests }: Told): Iterable<string> {
  for (const [what, pages] of Map.groupBy(requests, ({ about, channel }) => `${about} to ${channel}`)) {
    const isEnd = ({ type }: Request) => type.endsWith('.resolved')
    const end = pages.findIndex(isEnd)
    if (end === 0) yield `${what} was resolved before it was triggered`
    if (end !== -1 && !pages.slice(end).every(isEnd)) yield `${what} was triggered after it was resolved`
  }
}

/** A page may come again only where its answer was lost: with the connection, or with the process. */
function* duplicates({ requests, killed }: Told): Iterable<string> {
  for (const [id, tries] of Map.groupBy(requests, (request) => request.id)) {
    const cut = tries.filter(({ isAnswered }) => !isAnswered).length
    const wasLost =
      killed !== undefined &&
      !killed.recorded.includes(id) &&
      requests.slice(0, killed.requests).some((request) => request.id === id && request.isAnswered)
    const allowed = 1 + cut + (wasLost ? 1 : 0)
    if (tries.length > allowed) yield `${tries[0]?.type} ${id} came ${tries.length} times, and ${allowed} are allowed`
  }
}

function* ofSubjects({ incidents, requests, heartbeats, storms }: Told): Iterable<string> {
  for (const [heartbeat, own] of Map.groupBy(incidents, (incident) => incident.heartbeat))
    if (own.length > 1) yield `one silence of ${heartbeat} became ${own.length} incidents`
  const over = incidents.filter(({ state }) => state === 'resolved').length
  if (over !== heartbeats) yield `${heartbeats} heartbeats were silent and came back, and ${over} incidents are over`
  const known = new Set(incidents.flatMap(({ pages }) => pages.map(({ id }) => id)))
  for (const { id, type } of requests)
    if (type.startsWith('incident.') && !known.has(id)) yield `${type} ${id} is no page of any incident`
  const seen = Map.groupBy(requests, ({ type }) => type.split('.', 1)[0])
  const subjects = new Set(seen.get('storm')?.map(({ about }) => about))
  if (subjects.size !== storms) yield `${storms} storms were expected, and ${subjects.size} were paged`
  const ends = new Set(seen.get('storm')?.map(({ type, channel }) => `${type} ${channel}`))
  if (ends.size !== 4 * storms) yield `of a storm came ${[...ends].join(', ')}`
}
