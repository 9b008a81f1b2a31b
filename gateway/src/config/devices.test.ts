import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'

const TOKEN = 'dev_AAAAAAAAAAAAAAAAAAAAAA'

function read(text: string) {
  const readFile = (): string => `${TOKEN}\n`
  return readDocument(text, { env: {}, environment: {}, file: 'overdue.yaml', readFile, hostZone: 'UTC' })
}

describe('devices of the file', () => {
  it('have a name and a token, which may be in another file', () => {
    const checked = read('devices: [{ name: pump-17, token: "${file:/run/secrets/pump-17}" }]')
    expect('value' in checked && checked.value.devices).toEqual([{ name: 'pump-17', token: TOKEN }])
  })

  it.each([
    [`{ token: ${TOKEN} }`, 'devices[0].name: expected the first level of a name: up to 63 letters'],
    [`{ name: pump-17/battery, token: ${TOKEN} }`, 'devices[0].name: expected the first level of a name'],
    [`{ name: "+", token: ${TOKEN} }`, 'devices[0].name: expected the first level of a name'],
    ['{ name: pump-17 }', 'devices[0].token: expected dev_ and 22 letters, digits, "-" or "_", got nothing'],
    ['{ name: pump-17, token: hunter2 }', 'got something else of 7 characters'],
    [`{ name: a, token: ${TOKEN} }, { name: a, token: ${TOKEN}A }`, 'devices[1].name: expected a name of its own'],
    [`{ name: a, token: ${TOKEN} }, { name: b, token: ${TOKEN} }`, 'devices[1].token: expected a token of its own'],
    [`{ name: a, token: ${TOKEN}, every: 5m }`, 'devices[0].every'],
  ])('are refused as %s', (list, problem) => {
    const checked = read(`devices: [${list}]`)
    const problems = isWrong(checked) ? checked.problems.map(formatProblem).join('\n') : ''
    expect(problems).toContain(problem)
    expect(problems).not.toContain('hunter2')
  })
})
