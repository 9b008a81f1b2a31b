// The part of the API about enrolments: tokens that let in so many devices whose names begin alike, and what heartbeats of
// theirs are declared with.
import type { Devices } from '../app/devices.ts'
import { enrolmentItem } from '../app/read-devices.ts'
import type { Enrolment } from '../domain/device.ts'
import type { Terms } from '../domain/heartbeat.ts'
import { type Checked, isWrong } from '../domain/problem.ts'
import type { Instant } from '../domain/time.ts'
import { type DeviceDeeds, MOST_ENROLLED } from './device-deeds.ts'
import type { Answer, Asked, Caller, Route } from './http-route.ts'
import { ENROLMENTS, type EnrolmentBody, enrolmentBody, NEW_ENROLMENT } from './http-shapes-devices.ts'
import { readExpiry } from './http-token-routes.ts'

export type EnrolmentWorld = {
  readonly devices: Devices
  /** What `checkTerms` takes, as a schema. */
  readonly termsShape: object
  /** Read anew for each request: a reload changes it. */
  readonly live: TermsRules
  now(): Instant
}

export type TermsRules = {
  readonly defaults: Terms
  checkTerms(said: unknown, base?: Terms): Checked<Terms>
}

export function enrolmentRoutes(world: EnrolmentWorld, deeds: DeviceDeeds): readonly Route[] {
  const { devices, live, now } = world

  async function make({ body, caller }: Asked<unknown, EnrolmentBody>): Promise<Answer> {
    const expires = readExpiry(body, now())
    const terms = termsOf(live, body.terms)
    if (isWrong(expires) || isWrong(terms)) {
      const ofTerms = isWrong(terms) ? terms.problems.map((flaw) => ({ ...flaw, path: `body.terms.${flaw.path}` })) : []
      return { problem: 'bad-request', flaws: [...(isWrong(expires) ? expires.problems : []), ...ofTerms] }
    }
    const { name, prefix, count } = body
    const by = (caller as Caller).name
    const wish = { name, prefix, count, terms: terms.value, expiresAt: expires.value, by }
    const given = await deeds.invite(wish)
    if (!('token' in given)) return given.refusal
    const item = enrolmentItem(devices.enrolment(given.id) as Enrolment, now())
    return { status: 201, json: { ...item, token: given.token } }
  }

  const common = { path: '/api/v1/enrolments', for: 'admin' } as const
  return [
    {
      ...{ method: 'GET', ...common, docs: { summary: 'Enrolments, oldest first', json: ENROLMENTS } },
      answer: () => ({
        status: 200,
        json: { items: devices.enrolments().map((each) => enrolmentItem(each, now())), next: null },
      }),
    },
    {
      ...{ method: 'POST', ...common, body: enrolmentBody(world.termsShape, MOST_ENROLLED), answer: make },
      docs: {
        summary: 'Makes an enrolment token, and shows it this once',
        json: NEW_ENROLMENT,
        example: { name: 'hall 7', prefix: 'pump-', count: 50, for: '30d', terms: { every: '5m', group: 'hall-7' } },
      },
    },
    {
      ...{ method: 'DELETE', path: `${common.path}/:id`, for: 'admin' },
      docs: { summary: 'It lets nobody in any more; devices that have a token of their own stay' },
      answer: async ({ params, caller }) =>
        (await deeds.withdraw(params['id'] as string, (caller as Caller).name)) ?? { status: 204 },
    },
  ]
}

/** What is not said is the file's `defaults`. */
export function termsOf({ defaults, checkTerms }: TermsRules, said: unknown): Checked<Terms> {
  const checked = checkTerms(said ?? {}, defaults)
  return isWrong(checked) ? checked : { value: { ...checked.value, declaredBy: 'signal' } }
}
