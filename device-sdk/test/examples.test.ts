import { expect, it } from 'vitest'
import { Heartbeat } from '../src/heartbeat.ts'
import * as index from '../src/index.ts'
import { Run } from '../src/run.ts'
import { examples } from './examples.ts'

it('every public function and method has an example', () => {
  const methods = [Heartbeat, Run].flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
  const all = [...Object.keys(index), ...methods.filter((name) => name !== 'constructor')]
  expect(
    examples()
      .map(({ of }) => of)
      .sort(),
  ).toEqual(all.sort())
})
