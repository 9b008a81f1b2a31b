// Pings with the token of a device, against a door that knows one.
import { describe, expect, it } from 'vitest'
import { last, PING_KEY, type Stage, stage } from '../../test/ping-stage.ts'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import type { Pass } from './device-door.ts'

const OWN = { headers: { authorization: 'Bearer token of pump-17' } }
const TERMS = { ...DEFAULT_TERMS, group: 'hall-7' }
/** 22 characters that could be a key. */
const KEY_LIKE = 'pump-17AAAAAAAAAAAAAAA'

async function open(isOpen: boolean, create?: Pass['create']): Promise<Stage & { readonly asked: string[] }> {
  const asked: string[] = []
  const world = await stage({
    open: () => isOpen,
    create: 'auto',
    passFor(authorization, name) {
      asked.push(name)
      const isOwn = authorization === OWN.headers.authorization && name.startsWith('pump-17')
      return isOwn ? { user: 'pump-17', grant: 'x', ...(create && { create }) } : undefined
    },
  })
  return Object.assign(world, { asked })
}

describe('with the token of its device', () => {
  it('a ping is heard where one is needed, for names of the device alone', async () => {
    const world = await open(false)
    expect((await world.get('/hb/pump-17/battery', OWN)).status).toBe(200)
    expect(last(world)).toEqual({ name: 'pump-17/battery', kind: 'ok' })
    expect((await world.get('/ping/pump-17/battery/fail', { ...OWN, method: 'POST', body: 'x' })).status).toBe(200)
    expect((await world.get('/ping/pump-17/battery/silence?for=10m', OWN)).status).toBe(200)
    expect((await world.get('/hb/nightly-backup', OWN)).status).toBe(401)
    expect((await world.get('/hb/pump-17/battery')).status).toBe(401)
    expect((await world.get(`/ping/${PING_KEY}/nightly-backup`, OWN)).status).toBe(200)
  })

  it('an unknown name is made where the device may make some, a key-like one too, and else it is not found', async () => {
    const may = await open(false, (name) => (name === 'pump-17/full' ? undefined : TERMS))
    for (const name of ['pump-17', 'pump-17/new', KEY_LIKE])
      expect([name, (await may.get(`/ping/${name}`, OWN)).status]).toEqual([name, 201])
    expect(may.arrivals.map(({ create }) => create?.group)).toEqual(['hall-7', 'hall-7', 'hall-7'])
    expect((await may.get('/ping/pump-17/other', { ...OWN, method: 'POST', body: 'x' })).status).toBe(201)
    expect((await may.get('/ping/pump-17/full', OWN)).status).toBe(404)
    expect((await may.get('/ping/elsewhere', OWN)).status).toBe(401)
    const mayNot = await open(false)
    expect((await mayNot.get('/ping/pump-17/new', OWN)).status).toBe(404)
    expect((await mayNot.get('/ping/pump-17/new?create=1', OWN)).status).toBe(201)
  })

  it('where none is needed nobody looks at it, unless a name would be made', async () => {
    const world = await open(true, () => TERMS)
    for (const path of ['/hb/pump-17/battery', '/hb/nightly-backup', '/ping/nightly-backup/fail?msg=x'])
      expect((await world.get(path, OWN)).status).toBe(200)
    expect(world.asked).toEqual([])
    expect((await world.get('/hb/pump-17/new', OWN)).status).toBe(201)
    expect((await world.get('/hb/elsewhere', OWN)).status).toBe(404)
    expect(world.asked).toEqual(['pump-17/new', 'elsewhere'])
  })
})
