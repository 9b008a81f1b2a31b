// The part of Alertmanager's API that mutes: every silence and window is one of its silences, and what Grafana makes is one of
// ours.
import { randomBytes } from 'node:crypto'
import { isFitting, type Matcher } from '../domain/matcher.ts'
import { type Mute, nextSpell, type Spell, spellAt } from '../domain/mute.ts'
import { matchersOf } from '../domain/mute-matchers.ts'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { formatInstant, type Instant, NEVER } from '../domain/time.ts'
import { ALERTMANAGER } from './grafana-alerts.ts'
import { type RawQuery, readFilter, sayNo, textsOf } from './grafana-asked.ts'
import { readSilence, SILENCE, type SilencePosted } from './grafana-silence-body.ts'
import { carryOut } from './http-command.ts'
import type { MuteWorld } from './http-mutes.ts'
import type { Answer, Asked, Route } from './http-route.ts'

export function silenceRoutes(world: Omit<MuteWorld, 'registry'>): readonly Route[] {
  const { ledger, scene, now } = world
  const find = (id: string): Mute | undefined => [...scene().mutes()].find((mute) => mute.id === id)
  const route = (method: Route['method'], path: string, summary: string, answer: Route['answer']): Route => ({
    ...{ method, path: `${ALERTMANAGER}${path}`, for: 'grafana', docs: { summary }, answer },
  })

  const list = ({ query }: Asked<RawQuery>): Answer => {
    const filter = readFilter(textsOf(query, 'filter'))
    if (isWrong(filter)) return sayNo(400, filter.problems.map(formatProblem).join('; '))
    const shown = [...scene().mutes()].map((mute) => silenceOf(mute, world.live.file, now()))
    return { status: 200, json: shown.filter(({ matchers }) => isAskedFor(matchers, filter.value)).sort(inOrder) }
  }
  const show = ({ params }: Asked): Answer => {
    const mute = find(params['id'] as string)
    return mute === undefined ? NOT_FOUND : { status: 200, json: silenceOf(mute, world.live.file, now()) }
  }
  /** The new one first, so that nobody is paged between the two. */
  const make = async ({ body }: Asked<unknown, SilencePosted>): Promise<Answer> => {
    const old = body.id ? find(body.id) : undefined
    if (body.id && old === undefined) return NOT_FOUND
    const fixed = old && whyFixed(old, world.live.file)
    if (fixed !== undefined) return sayNo(409, fixed)
    const kind = old?.kind ?? 'silence'
    const read = readSilence(body, kind, now())
    if (isWrong(read)) return sayNo(400, read.problems.map(formatProblem).join('; '))
    const id = `${kind === 'silence' ? kind : 'window'}-${randomBytes(12).toString('base64url')}`
    const mute: Mute = { id, kind, ...read.value, declaredBy: 'api' }
    const problem =
      (await carryOut(ledger, { kind: 'mute', mute })) ??
      (old && (await carryOut(ledger, { kind: 'unmute', mute: old.id, by: mute.by })))
    // Somebody else may have ended the old one meanwhile.
    if (problem !== undefined && 'problem' in problem && problem.problem === 'unavailable') return UNAVAILABLE
    return { status: 200, json: { silenceID: id } }
  }
  const expire = async ({ params }: Asked): Promise<Answer> => {
    const mute = find(params['id'] as string)
    if (mute === undefined) return NOT_FOUND
    const fixed = whyFixed(mute, world.live.file)
    if (fixed !== undefined) return sayNo(409, fixed)
    const problem = await carryOut(ledger, { kind: 'unmute', mute: mute.id, by: 'Grafana' })
    if (problem === undefined) return { status: 200, json: {} }
    return 'problem' in problem && problem.problem === 'not-found' ? NOT_FOUND : UNAVAILABLE
  }
  return [
    route('GET', '/silences', 'Silences and maintenance windows, as Alertmanager has them', list),
    { ...route('POST', '/silences', 'Mutes; with the id of one, in its place', make), body: SILENCE },
    route('GET', '/silence/:id', 'One of them', show),
    route('DELETE', '/silence/:id', 'It pages again', expire),
  ]
}

const NOT_FOUND = sayNo(404, 'silence not found')
const UNAVAILABLE = sayNo(503, 'it can’t be made durable at the moment: try again')

type Silence = {
  readonly id: string
  readonly status: { readonly state: 'active' | 'pending' | 'expired' }
  readonly startsAt: string
  readonly endsAt: string
  readonly matchers: readonly Matcher[]
}

/** Why it can't be changed from here. */
function whyFixed({ id, when, declaredBy }: Mute, file: string): string | undefined {
  if (declaredBy === 'file') return `${file} declares ${id}: change it there`
  if ('until' in when) return undefined
  return `${id} repeats (${when.cron}), and Alertmanager has no such silences: change it over /api/v1/maintenance`
}

function silenceOf(mute: Mute, file: string, now: Instant): Silence {
  const { id, match, by, reason } = mute
  const { state, from, until } = stretchOf(mute, now)
  const fixed = whyFixed(mute, file)
  const more = {
    ...{ createdBy: by, annotations: {}, updatedAt: formatInstant(Math.min(from, now)) },
    comment: fixed === undefined ? reason : `${reason}${reason === '' ? '' : ' — '}${fixed}`,
  }
  const times = { startsAt: formatInstant(from), endsAt: formatInstant(until) }
  return { id, status: { state }, ...times, matchers: matchersOf(match), ...more }
}

/** The stretch in which it is in force, else the next one, else the last. */
function stretchOf(mute: Mute, now: Instant): Spell & { readonly state: 'active' | 'pending' | 'expired' } {
  const spell = spellAt(mute, now)
  if (spell !== undefined) return { state: 'active', ...spell }
  const next = nextSpell(mute, now)
  if ('until' in mute.when) return { state: next === NEVER ? 'expired' : 'pending', ...mute.when }
  return next === NEVER
    ? { state: 'expired', from: 0, until: 0 }
    : { state: 'pending', from: next, until: next + mute.when.for }
}

/** Each of the filter's matchers is one of its own, or fits what its own says of that label. */
function isAskedFor(own: readonly Matcher[], filter: readonly Matcher[]): boolean {
  return filter.every((asked) => {
    const same = own.filter(({ name }) => name === asked.name)
    return same.some((one) => isSame(one, asked)) || isFitting(asked, same[0]?.value ?? '')
  })
}

function isSame(one: Matcher, other: Matcher): boolean {
  return one.value === other.value && one.isRegex === other.isRegex && one.isEqual === other.isEqual
}

const ORDER = { active: 0, pending: 1, expired: 2 } as const

/** Active ones by their end, then pending ones by their beginning, then expired ones, the latest first. */
function inOrder(a: Silence, b: Silence): number {
  const state = a.status.state
  if (state !== b.status.state) return ORDER[state] - ORDER[b.status.state]
  if (state === 'pending') return a.startsAt < b.startsAt ? -1 : 1
  return a.endsAt < b.endsAt === (state === 'active') ? -1 : 1
}
