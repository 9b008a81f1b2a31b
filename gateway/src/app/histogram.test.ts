import { expect, it } from 'vitest'
import { Histogram } from './histogram.ts'

it('a figure counts for the first bound that it does not pass, its own included', () => {
  const histogram = new Histogram(1, 10)
  for (const value of [0, 1, 1.5, 10, 11, 1e9]) histogram.add(value)
  expect(histogram.counts).toEqual([2, 2, 2])
  expect(histogram.count).toBe(6)
  expect(histogram.sum).toBe(1e9 + 23.5)
})
