// Whatever is asked: the handler leaves it alone or answers from a short list, and 200 means that the ledger has it.
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSignalHandler, type LiveRules } from '../src/adapters/http-signal.ts'
import { createKeys } from '../src/adapters/keys.ts'
import { Counters } from '../src/app/counters.ts'
import type { Arrival, Outcome } from '../src/app/ports.ts'
import { DEFAULT_TERMS } from '../src/domain/heartbeat.ts'
import { checkSchedule } from '../src/domain/schedule.ts'
import { formatInstant } from '../src/domain/time.ts'

const NOW = 1_800_000_000_000
const NAMES = ['nightly-backup', 'pump-17/battery', 'Fridge']
const PING_KEY = 'fqood64fmmnucenztu01wx'
const keys = createKeys({
  master: Buffer.alloc(16, 3),
  nameOf: (id) => NAMES[id],
  idOf: (name) => (NAMES.includes(name) ? NAMES.indexOf(name) : undefined),
  declared: new Map(),
  pingKey: PING_KEY,
})

type Case = { readonly open: boolean; readonly create: LiveRules['create']; readonly outcome: Outcome }
type Asked = {
  readonly status: number | undefined
  readonly arrivals: readonly Arrival[]
  readonly silences: readonly string[]
}

function ask(method: string, url: string, authorization: string, { open, create, outcome }: Case): Asked {
  const arrivals: Arrival[] = []
  const silences: string[] = []
  const handle = createSignalHandler({
    intake: {
      has: (name) => NAMES.includes(name),
      clash: (name) => NAMES.find((known) => known !== name && known.toLowerCase() === name.toLowerCase()),
      receive: (arrival, settled) => {
        arrivals.push(arrival)
        settled(outcome)
      },
      hold: () => () => {},
      silence: (name, _order, settled) => {
        silences.push(name)
        settled(outcome)
      },
    },
    counters: new Counters(),
    now: () => NOW,
    open: () => open,
    bodiesKeep: 100,
    checkSchedule,
    live: { keys, create, defaults: DEFAULT_TERMS, zone: 'UTC' },
  })
  const request = new IncomingMessage(new Socket())
  Object.assign(request, { method, url, headers: { authorization } })
  const response = new ServerResponse(request)
  const taken = handle(request, response)
  if (taken) expect(response.writableEnded).toBe(true)
  return { status: taken ? response.statusCode : undefined, arrivals, silences }
}

const uuid = keys.uuidOf('nightly-backup') as string
const segment = fc.oneof(
  fc.constantFrom(...NAMES, 'ping', 'hb', PING_KEY, uuid, keys.keyOf('Fridge') as string, 'new', 'fridge'),
  fc.constantFrom('start', 'fail', 'log', 'bye', 'will', 'silence', 'exit', '0', '255', '256', 'TERM', 'Start', ''),
  fc.constantFrom('%', '%2F', '%00', '%ff', '..', '#', 'x'.repeat(64)),
  fc.string({ maxLength: 40 }),
  fc.uuid(),
)
const key = fc.constantFrom(
  'state',
  'result',
  'rid',
  'duration',
  'age',
  'next',
  'grace',
  'msg',
  'm.a',
  'create',
  'every',
  'for',
)
const value = fc.oneof(
  fc.constantFrom('1', 'ok', 'run', 'fail', 'success', '1m30s', '1500ms', '9'.repeat(400), `${'9'.repeat(16)}w`, ''),
  fc.constantFrom('%', '%ff%fe', '%00', '+', '-1', 'NaN', '1e400', uuid, 'x'.repeat(3000)),
  fc.string({ maxLength: 20 }),
)
const query = fc
  .array(fc.tuple(key, value), { maxLength: 6 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'))
const path = fc.tuple(fc.constantFrom('/', '/ping/', '/hb/', 'http://x/ping/', ''), fc.array(segment, { maxLength: 4 }))
/** What chance alone would rarely hit upon: a name that differs by case alone from one that is known. */
const clashing = fc.constantFrom(`/ping/${PING_KEY}/fridge?create=1`, '/ping/FRIDGE?create=1', '/hb/nightly-Backup')
const url = fc.oneof(
  clashing,
  fc
    .tuple(path, fc.option(query))
    .map(([[base, rest], text]) => `${base}${rest.join('/')}${text === null ? '' : `?${text}`}`),
  fc.string(),
)
const method = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('GET', 'HEAD', 'POST') }, fc.string({ maxLength: 8 }))
const bearer = fc.oneof(fc.constantFrom('', `Bearer ${PING_KEY}`, `bearer ${uuid}`), fc.string({ maxLength: 30 }))
const rules: fc.Arbitrary<Case> = fc.record({
  open: fc.boolean(),
  create: fc.constantFrom<LiveRules['create']>('auto', true, false, DEFAULT_TERMS),
  outcome: fc.constantFrom<Outcome>('durable', 'full', 'closed'),
})

const STATUSES = [undefined, 200, 201, 400, 401, 404, 405, 409, 503]

it('any request is left alone or answered from the list, and only what is on disk is acknowledged', () => {
  const met = new Set<number | undefined>()
  fc.assert(
    fc.property(method, url, bearer, rules, (method, url, bearer, rules) => {
      const { status, arrivals, silences } = ask(method, url, bearer, rules)
      met.add(status)
      expect(STATUSES).toContain(status)
      const heard = [...arrivals.map(({ name }) => name), ...silences]
      expect(heard).toHaveLength(status === 200 || status === 201 || status === 503 ? 1 : 0)
      if (status === 503) expect(rules.outcome).not.toBe('durable')
      if (status === 200 || status === 201) {
        expect(rules.outcome).toBe('durable')
        expect(status === 201).toBe(arrivals[0]?.create !== undefined)
        expect(NAMES.includes(heard[0] as string)).toBe(status === 200)
      }
    }),
    { numRuns: 20_000 },
  )
  expect([...met].sort()).toEqual([...STATUSES].sort())
})

it('whatever times a ping claims, they lead to instants that can be written', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (pairs) => {
      const text = pairs.map((pair) => pair.join('=')).join('&')
      const { arrivals } = ask('GET', `/ping/nightly-backup?${text}`, '', {
        ...{ open: true, create: 'auto', outcome: 'durable' },
      })
      for (const { signal } of arrivals) {
        const { at, duration = 0, next = 0, grace = 0, message = '' } = signal
        formatInstant(at + next + grace)
        expect(Number.isInteger(duration)).toBe(true)
        expect(message.length).toBeLessThanOrEqual(2000)
      }
    }),
    { numRuns: 5_000 },
  )
})

it('nobody speaks for a heartbeat without a key where signals are not open', () => {
  fc.assert(
    fc.property(method, url, (method, url) => {
      const { arrivals, silences } = ask(method, url, '', { open: false, create: true, outcome: 'durable' })
      if (arrivals.length + silences.length > 0)
        expect(url).toMatch(new RegExp(`${uuid}|${PING_KEY}|${keys.keyOf('Fridge')}`, 'i'))
    }),
    { numRuns: 10_000 },
  )
})
