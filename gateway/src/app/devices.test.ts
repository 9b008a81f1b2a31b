import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Enrolment } from '../domain/device.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { HOUR, type Instant } from '../domain/time.ts'
import { Casebook, type CasebookContent } from './casebook.ts'
import type { Devices } from './devices.ts'
import { grant } from './grant.ts'
import type { DeviceGrant } from './grant-device.ts'
import { Registry } from './registry.ts'
import { Sightings } from './sightings.ts'

const mark = (secret: string) => ({ digest: `sha of ${secret}`, last4: secret.slice(-4) })

function credential(secret: string, madeAt: Instant, expiresAt?: Instant) {
  return { id: `cred-${secret}`, ...mark(secret), madeAt, by: 'ana', ...(expiresAt !== undefined && { expiresAt }) }
}

function enrolment(id: string, count: number, more: Partial<Enrolment> = {}): Enrolment {
  const made = { name: id, prefix: 'pump-', count, taken: 0, terms: DEFAULT_TERMS, madeAt: 0, by: 'ana' }
  return { id, ...mark(id), ...made, ...more }
}

/** A registry, and what its commands are answered with. */
function open() {
  const registry = new Registry()
  const { devices } = registry.casebook.grants
  const ask = (command: DeviceGrant, now: Instant): string => {
    const { reply } = grant(registry, command, now)
    return reply.kind === 'done' ? 'done' : reply.why
  }
  const isGood = (secret: string, now: Instant) => devices.withDigest(mark(secret).digest, now) !== undefined
  return { registry, devices, ask, isGood }
}

describe('the token of a device', () => {
  it('is good until it expires, and then another can be made', () => {
    const { ask, isGood } = open()
    ask({ kind: 'makeCredential', device: 'pump-1', made: credential('a', 0, HOUR) }, 0)
    expect([isGood('a', HOUR - 1), isGood('a', HOUR), isGood('b', 0)]).toEqual([true, false, false])
    const again = { kind: 'makeCredential', device: 'pump-1', made: credential('b', 0) } as const
    expect([ask(again, HOUR - 1), ask(again, HOUR), isGood('b', HOUR), isGood('a', 0)]).toEqual([
      ...['already', 'done'],
      ...[true, false],
    ])
  })

  it('and the one before are good for as long as the rotation says, never a third', () => {
    const { ask, isGood, devices } = open()
    const rotate = (secret: string, now: Instant) =>
      ask(
        { kind: 'rotateCredential', device: 'pump-1', credential: secret, ...mark(secret), overlap: 10, by: 'ana' },
        now,
      )
    expect(rotate('x', 0)).toBe('unknown')
    ask({ kind: 'makeCredential', device: 'pump-1', made: credential('a', 0, HOUR) }, 0)
    expect([rotate('b', 100), isGood('a', 109), isGood('a', 110), isGood('b', 110)]).toEqual([
      'done',
      true,
      false,
      true,
    ])
    rotate('c', 105)
    expect([isGood('a', 105), isGood('b', 105), isGood('b', 115), isGood('c', 115)]).toEqual([false, true, false, true])
    expect([isGood('c', HOUR), rotate('d', HOUR)]).toEqual([false, 'unknown'])
    expect([devices.isGood('pump-1', 'b', 105), devices.isGood('pump-1', 'b', 115)]).toEqual([true, false])
    expect([devices.isGood('pump-1', 'c', 115), devices.isGood('pump-2', 'c', 115)]).toEqual([true, false])
  })

  it('is gone at once when it is revoked; the device stays known, and out, until it gets another', () => {
    const { ask, isGood, devices } = open()
    const revoke = { kind: 'revokeCredential', device: 'pump-1', by: 'ana' } as const
    expect(ask(revoke, 0)).toBe('unknown')
    ask({ kind: 'makeEnrolment', enrolment: enrolment('e', 5) }, 0)
    ask({ kind: 'makeCredential', device: 'pump-1', made: credential('a', 0) }, 0)
    let lost = 0
    devices.lost = () => lost++
    expect([ask(revoke, 1), isGood('a', 1), lost, ask(revoke, 1)]).toEqual(['done', false, 1, 'already'])
    expect(devices.device('pump-1')).toEqual({ name: 'pump-1', since: 0, revoked: { at: 1, by: 'ana' } })
    expect(ask({ kind: 'enrol', device: 'pump-1', enrolment: 'e' }, 2)).toBe('already')
    expect(ask({ kind: 'makeCredential', device: 'pump-1', made: credential('b', 2) }, 2)).toBe('done')
    expect([isGood('a', 3), isGood('b', 3)]).toEqual([false, true])
  })

  it('is found by its digest, whichever of twenty thousand it is', () => {
    const { registry, devices, isGood } = open()
    for (let n = 0; n < 20_000; n++)
      grant(registry, { kind: 'makeCredential', device: `pump-${n}`, made: credential(`secret ${n}`, 0) }, 0)
    expect(devices.size).toBe(20_000)
    for (let n = 0; n < 20_000; n += 999) expect(isGood(`secret ${n}`, 0)).toBe(true)
  })
})

describe('an enrolment', () => {
  it('lets in so many devices, each once, that are called so, until its end', () => {
    const { ask, devices } = open()
    const enrol = (device: string, now = 0) => ask({ kind: 'enrol', device, enrolment: 'e' }, now)
    expect(enrol('pump-1')).toBe('unknown')
    ask({ kind: 'makeEnrolment', enrolment: enrolment('e', 2, { expiresAt: HOUR }) }, 0)
    expect([enrol('fan-1'), enrol('pump-1'), enrol('pump-1'), enrol('pump-2'), enrol('pump-3')]).toEqual([
      ...['already', 'done', 'done', 'done', 'already'],
    ])
    expect(devices.enrolment('e')?.taken).toBe(2)
    expect([devices.isGood('pump-1', 'e', HOUR - 1), devices.isGood('pump-1', 'e', HOUR)]).toEqual([true, false])
    expect(enrol('pump-1', HOUR)).toBe('already')
    ask({ kind: 'revokeEnrolment', enrolment: 'e', by: 'ana' }, 1)
    expect(devices.isGood('pump-1', 'e', 2)).toBe(false)
  })

  it('is no longer good for a device that has a token of its own, and drives out nobody who is in', () => {
    const { ask, devices, isGood } = open()
    ask({ kind: 'makeEnrolment', enrolment: enrolment('e', 1) }, 0)
    const own = { kind: 'makeCredential', device: 'pump-1', made: credential('a', 0), enrolment: 'e' } as const
    expect([ask(own, 0), isGood('a', 0), devices.enrolment('e')?.taken]).toEqual(['done', true, 1])
    expect(ask({ kind: 'enrol', device: 'pump-1', enrolment: 'e' }, 0)).toBe('already')
    expect(ask({ ...own, device: 'pump-2' }, 0)).toBe('already')
    expect(devices.isGood('pump-1', 'e', 0)).toBe(true)
  })
})

describe('tokens that the file gives', () => {
  const declare = (...pairs: readonly (readonly [string, string])[]): DeviceGrant => ({
    kind: 'declareCredentials',
    declared: pairs.map(([device, secret]) => ({ device, made: { ...credential(secret, 0), isOfFile: true } })),
  })

  it('go where the file says, change places, and are gone when it says nothing of them', () => {
    const { registry, devices, isGood } = open()
    const facts = (command: DeviceGrant) => grant(registry, command, 0).facts.map(({ type }) => type)
    const holder = (secret: string) => devices.withDigest(mark(secret).digest, 0)?.device.name
    expect(facts(declare(['pump-1', 'a'], ['pump-2', 'b']))).toEqual(['credential.made', 'credential.made'])
    expect(facts(declare(['pump-1', 'a'], ['pump-2', 'b']))).toEqual([])
    expect(facts(declare(['pump-1', 'b'], ['pump-2', 'a']))).toHaveLength(2)
    expect([holder('a'), holder('b')]).toEqual(['pump-2', 'pump-1'])
    facts({ kind: 'makeCredential', device: 'made', made: credential('c', 0) })
    expect(facts(declare(['pump-1', 'b'], ['made', 'd']))).toEqual(['credential.revoked', 'credential.made'])
    expect([isGood('a', 0), isGood('b', 0), isGood('c', 0), isGood('d', 0)]).toEqual([false, true, false, true])
    expect(facts(declare())).toEqual(['credential.revoked', 'credential.revoked'])
  })
})

const NAMES = ['pump-1', 'pump-2', 'pump-3', 'fan-1']
const some = (...of: readonly string[]) => fc.constantFrom(...of)

/** Commands as they come, with a secret of their own each. */
const commands = fc.array(
  fc.record({
    kind: some('enrol', 'make', 'makeByEnrolment', 'rotate', 'revoke', 'revokeEnrolment'),
    device: some(...NAMES),
    enrolment: some('e-1', 'e-2'),
    lasts: fc.constantFrom(undefined, 5, 50),
    waits: fc.integer({ min: 0, max: 20 }),
  }),
  { maxLength: 40 },
)

function commandOf({ kind, device, enrolment: id, lasts }: Step, secret: string, now: Instant): DeviceGrant {
  const made = credential(secret, now, lasts === undefined ? undefined : now + lasts)
  switch (kind) {
    case 'enrol':
      return { kind: 'enrol', device, enrolment: id }
    case 'make':
      return { kind: 'makeCredential', device, made }
    case 'makeByEnrolment':
      return { kind: 'makeCredential', device, made, enrolment: id }
    case 'rotate':
      return { kind: 'rotateCredential', device, credential: made.id, ...mark(secret), overlap: lasts ?? 0, by: 'ana' }
    case 'revoke':
      return { kind: 'revokeCredential', device, by: 'ana' }
    default:
      return { kind: 'revokeEnrolment', enrolment: id, by: 'ana' }
  }
}

type Step = typeof commands extends fc.Arbitrary<readonly (infer One)[]> ? One : never

describe('whatever is asked, in whatever order', () => {
  it('an enrolment is never overdrawn, a device has at most two secrets, and a snapshot says the same', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        const { registry, devices } = open()
        const replayed = new Casebook()
        const act = (command: DeviceGrant, now: Instant) => {
          for (const fact of grant(registry, command, now).facts) replayed.fold(fact)
        }
        act({ kind: 'makeEnrolment', enrolment: enrolment('e-1', 1) }, 0)
        act({ kind: 'makeEnrolment', enrolment: enrolment('e-2', 2, { expiresAt: 200 }) }, 0)
        let now = 0
        steps.forEach((step, place) => {
          now += step.waits
          act(commandOf(step, `s${place}`, now), now)
          for (const { taken, count } of devices.enrolments()) expect(taken).toBeLessThanOrEqual(count)
          for (const name of NAMES) expect(goodSecrets(devices, name, place, now)).toBeLessThanOrEqual(2)
        })
        const content = JSON.parse(JSON.stringify(registry.casebook.content())) as CasebookContent
        const adopted = new Casebook()
        adopted.adopt(content)
        expect(adopted.content()).toEqual(content)
        expect(JSON.parse(JSON.stringify(replayed.content()))).toEqual(content)
        for (let place = 0; place < steps.length; place++)
          expect(adopted.grants.devices.withDigest(mark(`s${place}`).digest, now)).toEqual(
            devices.withDigest(mark(`s${place}`).digest, now),
          )
      }),
    )
  })
})

function goodSecrets(devices: Devices, name: string, upTo: number, now: Instant): number {
  let good = 0
  for (let place = 0; place <= upTo; place++)
    if (devices.withDigest(mark(`s${place}`).digest, now)?.device.name === name) good++
  return good
}

describe('what was seen of devices', () => {
  it('remembers the latest refusals, of a thousand devices at most', () => {
    const sightings = new Sightings()
    for (let n = 0; n < 1_001; n++) sightings.denied(`pump-${n}`, `hb/${'x'.repeat(500)}`, 'denied', n)
    sightings.denied('pump-5', 'hb/y', 'invalid', 2_000)
    expect(sightings.denialOf('pump-0')).toBeUndefined()
    expect(sightings.denials()).toHaveLength(1_000)
    expect(sightings.denials()[0]).toEqual({ device: 'pump-5', count: 2, topic: 'hb/y', reason: 'invalid', at: 2_000 })
    expect(sightings.denialOf('pump-9')?.topic).toHaveLength(200)
  })
})
