// The part of the API about devices: who they are, their tokens, and what they were refused. A token is shown once.
import { type DevicesWorld, denialItem, deviceItems, listDevices } from '../app/read-devices.ts'
import { isWrong } from '../domain/problem.ts'
import type { Duration } from '../domain/time.ts'
import type { DeviceDeeds, Given } from './device-deeds.ts'
import { createLimit } from './http-limit.ts'
import type { Answer, Asked, Caller, Route } from './http-route.ts'
import {
  DENIALS,
  DEVICE,
  DEVICE_BODY,
  DEVICES,
  DEVICES_QUERY,
  type DeviceBody,
  type DevicesQuery,
  ENROL_BODY,
  ENROLLED,
  type EnrolBody,
  NEW_DEVICE,
} from './http-shapes-devices.ts'
import { ROTATE_BODY, type RotateBody } from './http-shapes-tokens.ts'
import { readExpiry, readOverlap } from './http-token-routes.ts'
import { tokenIn } from './http-tokens.ts'
import { createPace } from './in-turns.ts'

export function deviceRoutes(world: DevicesWorld, deeds: DeviceDeeds): readonly Route[] {
  const { devices, sightings, now } = world
  const failures = createLimit(MOST_FAILURES)

  async function one(name: string, token?: string, status: 200 | 201 = 200): Promise<Answer> {
    const device = devices.device(name)
    if (device === undefined) return { problem: 'not-found' }
    const [item] = await deviceItems(world, [device], createPace(WITHIN))
    return { status, json: { ...item, ...(token !== undefined && { token }) } }
  }

  const shown = (name: string, given: Given, status: 200 | 201): Answer | Promise<Answer> =>
    'token' in given ? one(name, given.token, status) : given.refusal

  async function issue({ body, caller }: Asked<unknown, DeviceBody>): Promise<Answer> {
    const expires = readExpiry(body, now())
    if (isWrong(expires)) return { problem: 'bad-request', flaws: expires.problems }
    return shown(body.device, await deeds.issue(body.device, expires.value, (caller as Caller).name), 201)
  }

  async function rotate({ params, body, caller }: Asked<unknown, RotateBody>): Promise<Answer> {
    const overlap = readOverlap(body.overlap)
    if (isWrong(overlap)) return { problem: 'bad-request', flaws: overlap.problems }
    const name = params['device'] as string
    return shown(name, await deeds.rotate(name, overlap.value, (caller as Caller).name), 200)
  }

  /** Whoever guesses at tokens does so slowly. */
  async function enrol({ body, headers, address }: Asked<unknown, EnrolBody>): Promise<Answer> {
    if (failures.blockedUntil(address, now()) !== undefined) return { problem: 'too-many' }
    const token = tokenIn(String(headers['authorization'] ?? ''), false)
    const given = await deeds.enrol(token, body.device)
    if ('token' in given)
      return { status: 201, json: { device: body.device, token: given.token, topic: `hb/${body.device}` } }
    if ('problem' in given.refusal && given.refusal.problem === 'unauthorized') failures.count(address, now())
    return given.refusal
  }

  const path = '/api/v1/devices'
  return [
    {
      ...{ method: 'GET', path, for: 'read', query: DEVICES_QUERY },
      docs: { summary: 'Devices with credentials, in the order in which they came', json: DEVICES },
      answer: async ({ query: { after = 0, limit = 100 } }: Asked<DevicesQuery>) => ({
        status: 200,
        json: await listDevices(world, { after, limit }, createPace(WITHIN)),
      }),
    },
    {
      ...{ method: 'GET', path: `${path}/:device`, for: 'read', docs: { summary: 'One device', json: DEVICE } },
      answer: ({ params }) => one(params['device'] as string),
    },
    {
      ...{ method: 'POST', path, for: 'admin', body: DEVICE_BODY, answer: issue },
      docs: {
        summary: 'Gives a device a token, and shows it this once',
        json: NEW_DEVICE,
        example: { device: 'pump-17', for: '365d' },
      },
    },
    {
      ...{ method: 'POST', path: `${path}/:device/rotate`, for: 'admin', body: ROTATE_BODY, answer: rotate },
      docs: { summary: 'Gives it another token; the one before is good for a day, or for `overlap`', json: NEW_DEVICE },
    },
    {
      ...{ method: 'DELETE', path: `${path}/:device`, for: 'admin' },
      docs: { summary: 'Its token is good no more, no enrolment lets it in, and its connections end' },
      answer: async ({ params, caller }) =>
        (await deeds.revoke(params['device'] as string, (caller as Caller).name)) ?? { status: 204 },
    },
    {
      ...{ method: 'POST', path: `${path}/enrol`, for: 'nobody', body: ENROL_BODY, answer: enrol },
      docs: {
        summary: 'With an enrolment token as `Bearer`: gives a device a token of its own',
        json: ENROLLED,
        example: { device: 'pump-18' },
      },
    },
    {
      ...{ method: 'GET', path: '/api/v1/denials', for: 'read' },
      docs: { summary: 'What devices were refused since the gateway started, latest first', json: DENIALS },
      answer: () => ({ status: 200, json: { items: sightings.denials().map(denialItem), next: null } }),
    },
  ]
}

/** From one address in a minute. */
const MOST_FAILURES = 60
const WITHIN: Duration = 25
