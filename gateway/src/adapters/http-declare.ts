// The part of the API that declares heartbeats: made, changed and removed by hand, but for those that a file declares.
import { nameProblem } from '@overdue/device-sdk/wire'
import type { Newcomers } from '../app/newcomers.ts'
import type { Ledger } from '../app/ports.ts'
import type { Registry } from '../app/registry.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import { type Checked, isWrong } from '../domain/problem.ts'
import { describeRing, ringThrough } from '../domain/ring.ts'
import { DAY, type Duration } from '../domain/time.ts'
import { carryOut } from './http-command.ts'
import { readFor } from './http-mute-body.ts'
import type { Flaw } from './http-problem.ts'
import { ownHeartbeat } from './http-read.ts'
import type { Answer, Asked, Route } from './http-route.ts'
import { OWN_HEARTBEAT, ROTATE_KEY_BODY, type RotateKeyBody } from './http-shapes.ts'
import type { Keys } from './keys.ts'

export type DeclareRules = {
  readonly registry: Registry
  readonly ledger: Pick<Ledger, 'request'>
  readonly newcomers: Pick<Newcomers, 'termsOf'>
  /** What `checkTerms` takes, as a schema. */
  readonly termsShape: object
  /** Read anew for each request: a reload changes it. */
  readonly live: {
    readonly keys: Keys
    /** The file that declares heartbeats. */
    readonly file: string
    /** The terms that a body states, written as in the file; `base` says what it doesn't, without one it states all. */
    checkTerms(body: unknown, base?: Terms): Checked<Terms>
  }
}

export function declareRoutes({ registry, ledger, newcomers, live, termsShape }: DeclareRules): readonly Route[] {
  const common = { path: '/api/v1/heartbeats/:name', for: 'write' } as const
  const docs = { body: termsShape, json: OWN_HEARTBEAT }
  const termsOf = (name: Name) => registry.roster.termsOf(registry.find(name))

  /** `promised`: a parent that the rule of a new arrival names; it may arrive later. */
  async function declare(name: Name, checked: Checked<Terms>, status: 200 | 201, promised = ''): Promise<Answer> {
    const isPromised = !isWrong(checked) && checked.value.parent === promised && termsOf(promised) === undefined
    const parentFlaws = (terms: Terms) => (isPromised ? [] : flawsOfParent(registry, terms.parent, name))
    const flaws = isWrong(checked) ? checked.problems : parentFlaws(checked.value)
    if (isWrong(checked) || flaws.length > 0) return { problem: 'bad-request', flaws: flaws.map(ofBody) }
    const refusal = await carryOut(ledger, { kind: 'declare', name, terms: checked.value })
    if (refusal !== undefined) return refusal
    const number = registry.find(name)
    return number === -1 ? { problem: 'not-found' } : { status, json: ownHeartbeat(registry, live.keys, number) }
  }

  /** Of a known heartbeat that the API may change. */
  const own =
    (answer: (name: Name, terms: Terms, body: unknown) => Answer | Promise<Answer>): Route['answer'] =>
    ({ params, body }: Asked) => {
      const name = params['name'] as string
      const terms = termsOf(name)
      if (terms === undefined) return { problem: 'not-found' }
      return terms.declaredBy === 'file' ? declaredBy(live.file) : answer(name, terms, body)
    }

  const replace = own((name, _terms, body) => declare(name, live.checkTerms(body), 200))
  const put: Route['answer'] = (asked: Asked) => {
    const name = asked.params['name'] as string
    if (termsOf(name) !== undefined) return replace(asked)
    const proposed = newcomers.termsOf(name)
    const refused = unnameable(name, registry.roster.clash(name))
    return refused ?? declare(name, live.checkTerms(asked.body, proposed), 201, proposed?.parent)
  }
  const change = own((name, terms, body) => declare(name, live.checkTerms(body, terms), 200))
  const remove = own(async (name) => (await carryOut(ledger, { kind: 'remove', name, by: 'api' })) ?? { status: 204 })
  const rotate = async ({ params, body: { by, overlap: text } }: Asked<unknown, RotateKeyBody>): Promise<Answer> => {
    const name = params['name'] as string
    if (termsOf(name) === undefined) return { problem: 'not-found' }
    // A key that the file gives can only be changed there.
    if (live.keys.keyOf(name) === undefined) return declaredBy(live.file)
    const overlap = text === undefined ? { value: OVERLAP } : readFor(text, 0, LONGEST_OVERLAP)
    if (isWrong(overlap))
      return { problem: 'bad-request', flaws: overlap.problems.map((flaw) => ({ ...flaw, path: 'body.overlap' })) }
    const refusal = await carryOut(ledger, { kind: 'rotateKey', name, overlap: overlap.value, by })
    const number = registry.find(name)
    return refusal ?? { status: 200, json: ownHeartbeat(registry, live.keys, number) }
  }
  return [
    {
      ...common,
      method: 'PUT',
      docs: {
        ...docs,
        summary:
          'Declares it: 201 when it is new, else 200; a new arrival that a rule covers has the rule’s terms where the body says none',
        example: EXAMPLE,
      },
      answer: put,
    },
    { ...common, method: 'PATCH', docs: { ...docs, summary: 'Changes the terms that are named' }, answer: change },
    { ...common, method: 'DELETE', docs: { summary: 'It is not watched any more' }, answer: remove },
    {
      ...{ method: 'POST', path: `${common.path}/rotate-key`, for: 'write', body: ROTATE_KEY_BODY, answer: rotate },
      docs: {
        summary: 'Gives it another key; the one before is good for a day, or for `overlap`',
        json: OWN_HEARTBEAT,
      },
    },
  ]
}

/** What is wrong with the parent that is said for `name`. */
export function flawsOfParent({ roster }: Pick<Registry, 'roster'>, parent: Name, name: Name): readonly Flaw[] {
  if (parent === '') return []
  const isKnown = roster.termsOf(roster.find(parent)) !== undefined
  if (parent !== name && isKnown) {
    const ring = ringThrough(name, parent, (other) => roster.termsOf(roster.find(other))?.parent ?? '')
    return ring
      ? [{ path: 'parent', expected: 'parents that are nobody’s child in turn', found: describeRing(ring) }]
      : []
  }
  const found = parent === name ? 'its own' : JSON.stringify(parent)
  return [{ path: 'parent', expected: 'the name of another heartbeat', found }]
}

const EXAMPLE = { cron: '0 3 * * *', zone: 'Europe/Riga', grace: '30m', owner: 'ana', tags: ['backup', 'db'] }

/** How long the key before a rotation stays good, where nothing is said. */
const OVERLAP: Duration = DAY
const LONGEST_OVERLAP: Duration = 31 * DAY

function declaredBy(file: string): Answer {
  const flaw = { path: 'name', expected: 'a heartbeat that no file declares', found: `one that ${file} declares` }
  return { problem: 'declared-by-file', flaws: [flaw] }
}

/** Why no heartbeat can be called so; `clash` is a known name that differs by case alone. */
export function unnameable(name: Name, clash: Name | undefined): Answer | undefined {
  const problem = nameProblem(name)
  if (problem !== undefined) {
    const expected = `a heartbeat's name (${problem.replace(/^name: /, '')})`
    return { problem: 'bad-request', flaws: [{ path: 'name', expected, found: JSON.stringify(name) }] }
  }
  if (clash === undefined) return undefined
  const found = `${JSON.stringify(name)} beside ${JSON.stringify(clash)}`
  return { problem: 'name-clash', flaws: [{ path: 'name', expected: 'a name that differs by more than case', found }] }
}

function ofBody({ path, ...rest }: Flaw): Flaw {
  return { path: path === '' ? 'body' : `body.${path}`, ...rest }
}
