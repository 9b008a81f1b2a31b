import { describe, expect, it } from 'vitest'
import { muteRoutes } from '../src/adapters/http-mutes.ts'
import type { Answer, Asked } from '../src/adapters/http-route.ts'
import type { Mute } from '../src/domain/mute.ts'
import { DAY } from '../src/domain/time.ts'
import { World } from './world.ts'

describe('a mute that the file declares', () => {
  const common = { match: { names: ['a'] }, by: 'file', reason: '', declaredBy: 'file' } as const
  const mutes: Mute[] = [
    { ...common, id: 'patch-night', kind: 'maintenance', when: { cron: '0 2 * * sun', zone: 'UTC', for: 2 * DAY } },
    { ...common, id: 'over', kind: 'maintenance', when: { from: 1_000, until: 2_000 } },
    { ...common, id: 'loud', kind: 'silence', when: { from: 1_000, until: 3_000 } },
  ]
  const { watch } = new World(2_000, { mutes })
  const { registry, ledger, scene } = watch
  const routes = muteRoutes({ registry, ledger, live: { file: 'overdue.yaml' }, scene: () => scene, now: () => 2_000 })
  const ask = (method: string, path: string, asked: Partial<Asked>): Answer | Promise<Answer> | undefined =>
    routes.find((route) => route.method === method && route.path === `/api/v1${path}`)?.answer(asked as Asked)

  it('is listed, but not once it is spent', () => {
    const items = (state?: 'all') =>
      (ask('GET', '/maintenance', { query: { state } }) as unknown as { json: { items: Mute[] } }).json.items
    expect(items().map(({ id }) => id)).toEqual(['patch-night'])
    expect(items('all').map(({ id }) => id)).toEqual(['patch-night', 'over'])
    expect(ask('GET', '/silences/:id', { params: { id: 'loud' } })).toMatchObject({ json: { declaredBy: 'file' } })
  })

  it('is ended in the file', async () => {
    const flaw = { path: 'id', expected: 'one that no file declares', found: 'one that overdue.yaml declares' }
    for (const [path, id] of [
      ['/maintenance/:id', 'patch-night'],
      ['/silences/:id', 'loud'],
    ] as const)
      expect(await ask('DELETE', path, { params: { id }, query: { by: 'ana' } })).toEqual({
        problem: 'declared-by-file',
        flaws: [flaw],
      })
  })
})
