// The part of the API that mutes: silences and maintenance windows, shown, made and ended.
import { randomBytes } from 'node:crypto'
import type { Ledger } from '../app/ports.ts'
import { listMutes, muteItem } from '../app/read-mutes.ts'
import type { Registry } from '../app/registry.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Mute } from '../domain/mute.ts'
import { isWrong } from '../domain/problem.ts'
import type { Instant } from '../domain/time.ts'
import { carryOut } from './http-command.ts'
import { readMute } from './http-mute-body.ts'
import type { Flaw } from './http-problem.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { STATE_QUERY, type StateQuery } from './http-shapes-incidents.ts'
import { BY_QUERY, type ByQuery, MUTE, MUTES, SILENCE_BODY, WINDOW_BODY, type WindowBody } from './http-shapes-mutes.ts'

export type MuteWorld = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'request'>
  /** Read anew for each request: a reload changes it. */
  readonly live: {
    /** The file that declares silences and maintenance windows. */
    readonly file: string
  }
  scene(): Pick<LiveScene, 'mutes' | 'zone'>
  now(): Instant
}

export function muteRoutes(world: MuteWorld): readonly Route[] {
  return [
    ...routesOf(world, {
      ...{ kind: 'silence', path: '/api/v1/silences', body: SILENCE_BODY, prefix: 'silence' },
      ...{ list: 'Silences that are in force or will be', one: 'One silence', ended: 'It pages again' },
      made: 'Mutes what it matches, for a while',
      example: { match: { groups: ['hall-7'] }, for: '2h', by: 'ana', reason: 'new racks' },
    }),
    ...routesOf(world, {
      ...{ kind: 'maintenance', path: '/api/v1/maintenance', body: WINDOW_BODY, prefix: 'window' },
      ...{
        list: 'Maintenance windows that are in force or will be',
        one: 'One window',
        ended: 'It is not planned any more',
      },
      made: 'Plans a window, once or by cron',
      example: { match: { tags: ['db'] }, cron: '0 2 * * sun', zone: 'Europe/Riga', for: '2h', by: 'ana' },
    }),
  ]
}

/** Makes it, and answers with what it is. */
export async function makeMute(
  { registry, ledger, now }: Pick<MuteWorld, 'registry' | 'ledger' | 'now'>,
  prefix: 'silence' | 'window',
  words: Omit<Mute, 'id' | 'declaredBy'>,
): Promise<Answer> {
  const mute: Mute = { id: `${prefix}-${randomBytes(12).toString('base64url')}`, ...words, declaredBy: 'api' }
  const refusal = await carryOut(ledger, { kind: 'mute', mute })
  return refusal ?? { status: 201, json: muteItem(mute, registry.casebook, now()) }
}

type Kind = {
  readonly kind: Mute['kind']
  readonly path: string
  readonly prefix: 'silence' | 'window'
  readonly body: object
  readonly list: string
  readonly one: string
  readonly made: string
  readonly ended: string
  readonly example: object
}

function routesOf(world: MuteWorld, { kind, path, prefix, body: shape, ...says }: Kind): readonly Route[] {
  const { registry, ledger, live, scene, now } = world
  const { casebook } = registry
  const [reads, writes] = [{ for: 'read' }, { for: 'write' }] as const
  const find = (id: string): Mute | undefined =>
    [...scene().mutes()].find((mute) => mute.kind === kind && mute.id === id)

  const make = ({ body }: Asked<unknown, WindowBody>): Answer | Promise<Answer> => {
    const read = readMute(body, kind, scene().zone, now())
    if (isWrong(read)) return { problem: 'bad-request', flaws: read.problems.map(ofBody) }
    return makeMute(world, prefix, { kind, ...read.value, by: body.by, reason: body.reason ?? '' })
  }
  const end = async ({ params, query: { by } }: Asked<ByQuery>): Promise<Answer> => {
    const mute = find(params['id'] as string)
    if (mute === undefined) return { problem: 'not-found' }
    if (mute.declaredBy === 'file') return declaredBy(live.file)
    return (await carryOut(ledger, { kind: 'unmute', mute: mute.id, by })) ?? { status: 204 }
  }
  return [
    {
      ...{ method: 'GET', path, ...reads, query: STATE_QUERY, docs: { summary: says.list, json: MUTES } },
      answer: ({ query: { state = 'open' } }: Asked<StateQuery>) => ({
        status: 200,
        json: listMutes(scene().mutes(), casebook, { kind, state }, now()),
      }),
    },
    {
      ...{ method: 'GET', path: `${path}/:id`, ...reads, docs: { summary: says.one, json: MUTE } },
      answer({ params }) {
        const mute = find(params['id'] as string)
        return mute === undefined ? { problem: 'not-found' } : { status: 200, json: muteItem(mute, casebook, now()) }
      },
    },
    {
      ...{
        method: 'POST',
        path,
        ...writes,
        body: shape,
        docs: { summary: says.made, json: MUTE, example: says.example },
      },
      answer: make,
    },
    {
      ...{ method: 'DELETE', path: `${path}/:id`, ...writes, query: BY_QUERY, docs: { summary: says.ended } },
      answer: end,
    },
  ]
}

function declaredBy(file: string): Answer {
  const flaw = { path: 'id', expected: 'one that no file declares', found: `one that ${file} declares` }
  return { problem: 'declared-by-file', flaws: [flaw] }
}

function ofBody({ path, ...rest }: Flaw): Flaw {
  return { path: `body.${path}`, ...rest }
}
