import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'

function read(text: string) {
  const readFile = (): string => {
    throw new Error('ENOENT: no such file')
  }
  return readDocument(text, { env: {}, environment: {}, file: '/etc/overdue.yaml', readFile, hostZone: 'Europe/Riga' })
}

function published(text: string) {
  const checked = read(text)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value.published
}

describe('what is public', () => {
  it('is nothing where the file says nothing', () => {
    expect(published('')).toEqual({ groups: [], badges: false, descriptions: false })
    expect(published('public:\n')).toEqual({ groups: [], badges: false, descriptions: false })
  })

  it('is what the file names', () => {
    expect(published('public: { groups: [web, "hall 7"], badges: true }\n')).toEqual({
      groups: ['web', 'hall 7'],
      badges: true,
      descriptions: false,
    })
  })

  it.each([
    ['{ groups: [""] }', 'public.groups[0]: expected the name of a group, of at most 100 characters, got ""'],
    ['{ groups: [web, web] }', 'public.groups[1]: expected each group once, got "web" again'],
    ['{ groups: web }', 'public.groups: expected a list of groups, got "web"'],
    ['{ groups: [7] }', 'public.groups[0]: expected the name of a group, got 7'],
    ['{ badges: yes please }', 'public.badges: expected true or false, got "yes please"'],
    ['{ badge: true }', 'public.badge: expected a key that exists, nearest: "badges", got an unknown one'],
    ['true', 'public: expected a map with groups, badges and descriptions, got true'],
  ])('%s is told to be wrong, and where', (text, expected) => {
    const checked = read(`public: ${text}\n`)
    expect(isWrong(checked) && checked.problems.map(formatProblem)).toEqual([expected])
  })
})
