import { expect, it } from 'vitest'
import { deedOf, terminalOf } from './exec-signals.ts'

it('passes on what asks to end, and kills when it is asked again, but not for one order that came twice', () => {
  expect(deedOf('SIGTERM', 5000, undefined, 'none')).toBe('pass')
  expect(deedOf('SIGTERM', 5000, 4500, 'none')).toBe(undefined)
  expect(deedOf('SIGINT', 5000, 4000, 'none')).toBe('kill')
})

it.each(['SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGQUIT'] as const)('passes %s on each time', (signal) => {
  for (const endedAt of [undefined, 0, 4999]) expect(deedOf(signal, 5000, endedAt, 'none')).toBe('pass')
})

it.each([
  ['SIGINT', 'foreground', undefined],
  ['SIGQUIT', 'foreground', undefined],
  ['SIGHUP', 'foreground', undefined],
  ['SIGHUP', 'background', undefined],
  ['SIGINT', 'background', 'pass'],
  ['SIGTERM', 'foreground', 'pass'],
  ['SIGTERM', 'background', 'pass'],
] as const)('%s in the %s of a terminal: %s', (signal, terminal, deed) => {
  expect(deedOf(signal, 0, undefined, terminal)).toBe(deed)
})

it.each([
  ['12 (node) S 1 12 12 0 -1 4194304', 'none'],
  ['12 (a) S 1) S 1 12 12 34816 12 4194304', 'foreground'],
  ['12 (node) S 1 12 9 34816 99 4194304', 'background'],
  ['', 'none'],
])('reads %j as %s', (stat, terminal) => {
  expect(terminalOf(stat)).toBe(terminal)
})
