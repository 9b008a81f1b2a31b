import { describe, expect, it } from 'vitest'
import { Counters } from '../app/counters.ts'
import { grant } from '../app/grant.ts'
import type { Command, Outcome, Reply } from '../app/ports.ts'
import { Registry } from '../app/registry.ts'
import { Sightings } from '../app/sightings.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { HOUR } from '../domain/time.ts'
import { createDeviceDeeds } from './device-deeds.ts'
import { createDoor, type Pass } from './device-door.ts'

/** A door on a clock that stands still unless it is told to move; commands are on disk when `write` says so. */
function open() {
  const registry = new Registry()
  const { devices } = registry.casebook.grants
  const clock = { now: 0 }
  const [sightings, counters] = [new Sightings(), new Counters()]
  const logged: object[] = []
  const unwritten: ((outcome: Outcome) => void)[] = []
  const ledger = {
    isSlow: false,
    request(command: Command): Promise<{ reply: Reply; outcome: Outcome }> {
      const { reply } = grant(registry, command as Parameters<typeof grant>[1], clock.now)
      if (!ledger.isSlow) return Promise.resolve({ reply, outcome: 'durable' })
      return new Promise((resolve) => unwritten.push((outcome) => resolve({ reply, outcome })))
    },
  }
  const now = () => clock.now
  const keys = { nameOf: (key: string) => (key === 'key of pump-1/battery' ? 'pump-1/battery' : undefined) }
  const log = (_fact: string, fields: object) => logged.push(fields)
  const door = createDoor({ devices, ledger, sightings, counters, live: { keys }, now, log })
  const deeds = createDeviceDeeds({ devices, ledger, live: { file: 'overdue.yaml' }, now })
  const admit = (user: string, password: string) => door.admit(user, Buffer.from(password))
  const issue = async (device: string, expiresAt?: number) => tokenOf(await deeds.issue(device, expiresAt, 'ana'))
  const invite = async (count: number, expiresAt?: number) =>
    tokenOf(await deeds.invite({ name: 'b', prefix: 'pump-', count, terms: DEFAULT_TERMS, expiresAt, by: 'ana' }))
  const refused = () => [...counters.entries()].map(([, reason, count]) => `${reason} ${count}`)
  return { devices, clock, sightings, logged, unwritten, ledger, door, deeds, admit, issue, invite, refused }
}

function tokenOf(given: object): string {
  if (!('token' in given)) throw new Error(`no token: ${JSON.stringify(given)}`)
  return String(given.token)
}

describe('the door', () => {
  it('lets in by a key of the device, by its token, and by nothing of another', async () => {
    const { admit, issue, refused, logged } = open()
    const token = await issue('pump-1')
    expect(admit('pump-1', 'key of pump-1/battery')).toEqual({ user: 'pump-1', grant: 'key' })
    expect(admit('pump-1', token)).toEqual({ user: 'pump-1', grant: expect.stringMatching(/^cred-/) })
    for (const [user, password] of [
      ['pump-2', 'key of pump-1/battery'],
      ['pump-2', token],
      ['pump-1', ''],
      ['pump-1', token.toUpperCase()],
      ['pump-1', `${token} `],
      ['pump-1', 'dev_AAAAAAAAAAAAAAAAAAAAAA'],
      ['pump-1', 'enr_AAAAAAAAAAAAAAAAAAAAAA'],
    ] as const)
      expect([user, password, admit(user, password)]).toEqual([user, password, undefined])
    expect(refused().sort()).toEqual(['not its token 1', 'password 6'])
    expect(JSON.stringify(logged)).not.toContain(token)
  })

  it('knows when somebody who is in may not stay', async () => {
    const { admit, issue, door, deeds, clock } = open()
    const first = await issue('pump-1', HOUR)
    const byKey = admit('pump-1', 'key of pump-1/battery') as Pass
    const byFirst = admit('pump-1', first) as Pass
    const second = tokenOf(await deeds.rotate('pump-1', 10, 'ana'))
    const bySecond = admit('pump-1', second) as Pass
    const gone = () => [byKey, byFirst, bySecond].map((pass) => door.isGone(pass))
    expect(gone()).toEqual([false, false, false])
    clock.now = 10
    expect(gone()).toEqual([false, true, false])
    expect(admit('pump-1', first)).toBeUndefined()
    clock.now = HOUR
    expect(gone()).toEqual([false, true, true])
  })

  it('says why a token is not good any more, and keeps that for the device', async () => {
    const { admit, issue, deeds, sightings, clock } = open()
    const token = await issue('pump-1', HOUR)
    clock.now = HOUR
    void admit('pump-1', token)
    expect(sightings.denialOf('pump-1')).toMatchObject({ reason: 'expired', count: 1, at: HOUR })
    await deeds.revoke('pump-1', 'ana')
    void admit('pump-1', token)
    expect(sightings.denialOf('pump-1')).toMatchObject({ reason: 'device revoked', count: 2 })
    for (let n = 0; n < 2_000; n++) void admit(`stranger-${n}`, 'guess')
    expect(sightings.denials()).toHaveLength(1)
  })

  it('lets a new device in when its enrolment is on disk, and not twice', async () => {
    const { admit, invite, ledger, unwritten, devices } = open()
    const token = await invite(1)
    ledger.isSlow = true
    const [first, again] = [admit('pump-1', token), admit('pump-1', token)]
    expect([first, again].every((each) => each instanceof Promise)).toBe(true)
    expect(unwritten).toHaveLength(1)
    unwritten[0]?.('durable')
    expect(await first).toMatchObject({ user: 'pump-1', grant: expect.stringMatching(/^enrol-/) })
    expect(await again).toMatchObject({ user: 'pump-1' })
    expect(admit('pump-1', token)).toMatchObject({ user: 'pump-1' })
    expect(devices.enrolments()[0]?.taken).toBe(1)
  })

  it('keeps a device out whose enrolment can not be written', async () => {
    const { admit, invite, ledger, unwritten, refused } = open()
    const token = await invite(1)
    ledger.isSlow = true
    const entering = admit('pump-1', token)
    unwritten[0]?.('full')
    expect(await entering).toBeUndefined()
    expect(refused()).toEqual(['full 1'])
  })

  it('keeps a device out that was revoked while its enrolment was written', async () => {
    const { admit, invite, deeds, ledger, unwritten } = open()
    const token = await invite(1)
    ledger.isSlow = true
    const entering = admit('pump-1', token)
    void deeds.revoke('pump-1', 'ana')
    for (const written of unwritten) written('durable')
    expect(await entering).toBeUndefined()
  })

  it('gives a pass that declares fifty names, and each of them again', async () => {
    const { admit, invite } = open()
    const pass = (await admit('pump-1', await invite(1))) as Pass
    const names = Array.from({ length: 51 }, (_, n) => `pump-1/n${n}`)
    const declared = names.map((name) => pass.create?.(name) !== undefined)
    expect(declared).toEqual([...names.slice(1).map(() => true), false])
    expect(pass.create?.('pump-1/n0')).toEqual({ ...DEFAULT_TERMS })
  })

  it.each([
    ['a/b', 'user name'],
    ['x'.repeat(64), 'user name'],
    ['pump-\u0000', 'user name'],
    ['pump-ü', 'user name'],
    ['fan-1', 'prefix'],
  ])('does not enrol %j: %s', async (user, reason) => {
    const { admit, invite, refused, devices } = open()
    expect(admit(user, await invite(5))).toBeUndefined()
    expect([refused(), devices.size]).toEqual([[`${reason} 1`], 0])
  })
})

describe('an Authorization header', () => {
  it('proves names of the device whose token it has, as Bearer or Basic', async () => {
    const { door, issue, sightings, clock } = open()
    const token = await issue('pump-1', HOUR)
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`
    for (const header of [`Bearer ${token}`, `bearer  ${token} `, basic(`pump-1:${token}`)])
      for (const name of ['pump-1', 'pump-1/battery']) expect(door.passFor(header, name)?.user).toBe('pump-1')
    expect(sightings.useOf('pump-1')).toEqual({ at: 0, over: 'http' })
    for (const header of [
      `Bearer ${token}x`,
      `Token ${token}`,
      token,
      '',
      'Bearer',
      'Basic',
      basic(token),
      basic(`pump-2:${token}`),
      basic(`pump-1:${token}:x`),
      basic(`:${token}`),
    ])
      expect([header, door.passFor(header, 'pump-1')]).toEqual([header, undefined])
    expect(sightings.denials()).toEqual([])
    for (const name of ['pump-2', 'pump-11', 'pump', 'PUMP-1'])
      expect(door.passFor(`Bearer ${token}`, name)).toBeUndefined()
    expect(sightings.denialOf('pump-1')).toMatchObject({ count: 4, topic: 'PUMP-1', reason: 'denied' })
    clock.now = HOUR
    expect(door.passFor(`Bearer ${token}`, 'pump-1')).toBeUndefined()
  })
})

describe('a certificate', () => {
  it('lets its device in, unless that was revoked; who is in by one is out then', async () => {
    const { door, issue, deeds, refused } = open()
    const pass = door.certify('pump-1')
    expect(pass).toEqual({ user: 'pump-1', grant: 'certificate' })
    await issue('pump-1')
    expect([door.isGone(pass as Pass), door.certify('pump-1') !== undefined]).toEqual([false, true])
    await deeds.revoke('pump-1', 'ana')
    expect([door.isGone(pass as Pass), door.certify('pump-1'), refused()]).toEqual([
      true,
      undefined,
      ['device revoked 1'],
    ])
  })
})
