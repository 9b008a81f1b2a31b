import { expect, it } from 'vitest'
import type { Outcome, Reply } from '../app/ports.ts'
import { carryOut } from './http-command.ts'

const pause = { kind: 'pause', name: 'a', by: 'ana' } as const

it.each<[string, Reply, Outcome, object | undefined]>([
  ['is done when it is on disk', { kind: 'done' }, 'durable', undefined],
  ['is not done on a full disk', { kind: 'done' }, 'full', { problem: 'unavailable' }],
  ['is not done by a gateway that ends', { kind: 'done' }, 'closed', { problem: 'unavailable' }],
  ['finds nothing', { kind: 'refused', why: 'unknown' }, 'durable', { problem: 'not-found' }],
  ['comes too late', { kind: 'refused', why: 'already' }, 'durable', { problem: 'already' }],
])('a command %s', async (_, reply, outcome, answer) => {
  expect(await carryOut({ request: async () => ({ reply, outcome }) }, pause)).toEqual(answer)
})
