import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type About, sweep } from './pager-crash-story.ts'

const SOUND = join(import.meta.dirname, 'pager-crash-points.ts')
const mutant = (name: string) => join(import.meta.dirname, 'mutants', `${name}.ts`)

describe('kill -9 at every point between the decision of a page and the record of its delivery', () => {
  it.each<[About, number]>([
    ['incident', 25],
    ['storm', 25],
  ])(
    'loses no page of a silent %s, sends none under two ids, and none again that was on record',
    {
      timeout: 180_000,
    },
    async (about, atLeast) => {
      const { points, faults } = await sweep(about, SOUND)
      console.log(`Killed at ${points.length} points between the decision about a ${about} and its record.`)
      expect(faults).toEqual([])
      expect(points.length).toBeGreaterThanOrEqual(atLeast)
    },
  )

  it.each([
    ['a page is on record before it is sent', 'settle-early'],
    ['every try has an id of its own', 'fresh-ids'],
    ['the queue is not taken up again', 'forget-queue'],
  ])('catches a gateway in which %s', { timeout: 120_000 }, async (_, name) => {
    const { faults } = await sweep('incident', mutant(name), { untilFault: true })
    expect(faults).not.toEqual([])
  })
})
