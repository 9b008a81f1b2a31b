// The part of the API about who stands in on call: overrides shown, made and ended. Those of the file are changed there.
import { randomBytes } from 'node:crypto'
import type { Casebook } from '../app/casebook.ts'
import type { Ledger } from '../app/ports.ts'
import { listOverrides, overrideItem } from '../app/read-oncall.ts'
import type { LiveScene } from '../app/scene.ts'
import type { StandIn } from '../domain/oncall.ts'
import { DAY, type Duration, formatDuration, type Instant } from '../domain/time.ts'
import { carryOut } from './http-command.ts'
import { INSTANT, readInstant } from './http-instant.ts'
import type { Flaw } from './http-problem.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { BY_QUERY, type ByQuery } from './http-shapes-mutes.ts'
import { OVERRIDE, OVERRIDE_BODY, OVERRIDES, type OverrideBody } from './http-shapes-oncall.ts'

export type OverrideWorld = {
  readonly casebook: Pick<Casebook, 'overrides'>
  readonly ledger: Pick<Ledger, 'request'>
  scene(): Pick<LiveScene, 'onCall' | 'hasResponder'>
  now(): Instant
}

const PATH = '/api/v1/oncall/:name/overrides'
/** An override ends within so long from now. */
const LONGEST_AHEAD: Duration = 400 * DAY

export function overrideRoutes({ casebook, ledger, scene, now }: OverrideWorld): readonly Route[] {
  async function make({ params, body }: Asked<unknown, OverrideBody>): Promise<Answer> {
    const oncall = params['name'] as string
    if (scene().onCall(oncall) === undefined) return { problem: 'not-found' }
    const [from, to] = [readInstant(body.from), readInstant(body.to)]
    const flaws = flawsOf(body, from, to)
    if (from === undefined || to === undefined || flaws.length > 0) return { problem: 'bad-request', flaws }
    const id = `override-${randomBytes(12).toString('base64url')}`
    const override: StandIn = { id, oncall, who: body.who, from, to, by: body.by }
    const refusal = await carryOut(ledger, { kind: 'override', override })
    return refusal ?? { status: 201, json: overrideItem(override) }
  }

  function flawsOf(
    { who, ...says }: OverrideBody,
    from: Instant | undefined,
    to: Instant | undefined,
  ): readonly Flaw[] {
    const wrong: Flaw[] = []
    const add = (key: string, expected: string, found: string): void => {
      wrong.push({ path: `body.${key}`, expected, found: JSON.stringify(found) })
    }
    if (!scene().hasResponder(who)) add('who', 'the name of a responder', who)
    if (from === undefined) add('from', INSTANT, says.from)
    if (to === undefined) add('to', INSTANT, says.to)
    else if (from !== undefined && to <= from) add('to', 'an instant after from', says.to)
    else if (to <= now()) add('to', 'an instant ahead', says.to)
    else if (to > now() + LONGEST_AHEAD) add('to', `at most ${formatDuration(LONGEST_AHEAD)} from now`, says.to)
    return wrong
  }

  return [
    {
      ...{ method: 'GET', path: PATH, for: 'read' },
      docs: { summary: 'Who stands in, now and later; a later override lies above an earlier one', json: OVERRIDES },
      answer({ params }): Answer {
        const schedule = scene().onCall(params['name'] as string)
        return schedule === undefined ? { problem: 'not-found' } : { status: 200, json: listOverrides(schedule, now()) }
      },
    },
    {
      ...{ method: 'POST', path: PATH, for: 'write', body: OVERRIDE_BODY, answer: make },
      docs: { summary: 'Somebody stands in, from one instant to another', json: OVERRIDE, example: EXAMPLE },
    },
    {
      ...{ method: 'DELETE', path: `${PATH}/:id`, for: 'write', query: BY_QUERY },
      docs: { summary: 'They do not stand in' },
      async answer({ params, query: { by } }: Asked<ByQuery>): Promise<Answer> {
        const override = params['id'] as string
        if (casebook.overrides.get(override)?.oncall !== params['name']) return { problem: 'not-found' }
        return (await carryOut(ledger, { kind: 'endOverride', override, by })) ?? { status: 204 }
      },
    },
  ]
}

const EXAMPLE = { who: 'ben', from: '2026-12-24T09:00:00Z', to: '2026-12-27T09:00:00Z', by: 'ana' }
