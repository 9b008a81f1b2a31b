import { expect, test } from 'vitest'
import { quietly } from './log-quietly.ts'

test('of one kind a line is written every ten seconds, with how many were left out between', () => {
  let now = 1_000
  const lines: unknown[] = []
  const log = quietly(
    (fact, fields) => lines.push([fact, fields]),
    () => now,
  )
  for (let second = 0; second < 10; second++, now += 1_000) log('publish.refused', 'denied', { second })
  log('publish.refused', 'denied', { second: 10 })
  log('publish.refused', 'unknown', {})
  now += 10_000
  log('publish.refused', 'denied', { second: 20 })
  expect(lines).toEqual([
    ['publish.refused', { second: 0 }],
    ['publish.refused', { second: 10, suppressed: 9 }],
    ['publish.refused', {}],
    ['publish.refused', { second: 20 }],
  ])
})
