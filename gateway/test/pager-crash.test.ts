import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type About, sweep } from './pager-crash-story.ts'

const SOUND = join(import.meta.dirname, 'pager-crash-points.ts')
const mutant = (name: string) => join(import.meta.dirname, 'mutants', `${name}.ts`)

describe('kill -9 at every point between the decision of a page and the record of its delivery', () => {
  it.each<[string, About]>([
    ['an incident', 'incident'],
    ['a storm', 'storm'],
  ])(
    'loses no page of %s, sends none under two ids, and none again that was on record',
    {
      timeout: 480_000,
    },
    async (what, about) => {
      const { points, faults } = await sweep(about, SOUND)
      console.log(`Killed at ${points.length} points between the decision about ${what} and its record.`)
      expect(faults).toEqual([])
      expect(points.length).toBeGreaterThan(25)
    },
  )

  it.each([
    ['a page is on record before it is sent', 'settle-early', /never came/],
    ['every try has an id of its own', 'fresh-ids', /came under 2 ids/],
    ['the queue is not taken up again', 'forget-queue', /never came/],
  ])('catches a gateway in which %s', { timeout: 240_000 }, async (_, name, fault) => {
    const { faults } = await sweep('incident', mutant(name), { untilFault: true })
    expect(faults.join('\n')).toMatch(fault)
  })
})
