import { expect, it } from 'vitest'
import { exportFile } from './export.ts'
import { run as runCommand, serveApi } from './shell.stage.ts'

it('writes the YAML as it is', async () => {
  const { url, asked } = await serveApi({ body: 'heartbeats:\n  - { name: a, every: 5m }\n' })
  const env = { OVERDUE_URL: url, OVERDUE_TOKEN: 'ovd_mine' }
  const { code, lines } = await runCommand(exportFile, [], { env })
  expect([code, lines]).toEqual([0, ['heartbeats:\n  - { name: a, every: 5m }']])
  expect(asked).toEqual(['GET /api/v1/export Bearer ovd_mine'])
})

it('writes no problem where the YAML is expected', async () => {
  const { url } = await serveApi({ status: 401, body: {} })
  const warned: string[] = []
  const { code, lines } = await runCommand(exportFile, [], {
    ...{ env: { OVERDUE_URL: url }, warn: (line) => void warned.push(line) },
  })
  expect([code, lines, warned]).toEqual([1, [], [expect.stringMatching(/does not know this token/)]])
})

it('takes nothing', async () => {
  expect((await runCommand(exportFile, ['a'])).code).toBe(2)
})
