import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Answer, createAnswerTokens, linksFor } from './answer-tokens.ts'

const MASTER = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex')
const tokens = createAnswerTokens(MASTER)

const INCIDENT = 'inc-0a1b2c3d4e50f1g2h3i4j5'
const PAGE = 'page-0a1b2c3d4e50f1g2h3i4j5'
const ANSWER: Answer = { action: 'acknowledge', about: INCIDENT, page: PAGE, by: 'ana' }

const id = fc.string({ unit: 'binary', maxLength: 25 })
const answers: fc.Arbitrary<Answer> = fc.record({
  action: fc.constantFrom('acknowledge', 'resolve', 'silence', 'snooze'),
  about: id,
  page: id,
  by: fc.string({ unit: 'binary', maxLength: 18 }),
})
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

describe('an answer token', () => {
  it('says what it was issued for, and says the same each time', () => {
    fc.assert(
      fc.property(answers, (answer) => {
        const token = tokens.issue(answer)
        expect(tokens.read(token)).toEqual(answer)
        expect(createAnswerTokens(MASTER).issue(answer)).toBe(token)
        expect(token).toMatch(/^[\w-]+$/)
      }),
    )
  })

  it('is another for every other action, incident, page and reader, however they are cut', () => {
    fc.assert(
      fc.property(answers, answers, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b))
        expect(tokens.issue(a)).not.toBe(tokens.issue(b))
      }),
    )
    expect(tokens.issue({ ...ANSWER, about: 'ab', page: 'c' })).not.toBe(
      tokens.issue({ ...ANSWER, about: 'a', page: 'bc' }),
    )
  })

  it('is nothing once any one of its characters is any other', () => {
    const token = tokens.issue(ANSWER)
    for (let place = 0; place < token.length; place++) {
      for (const other of `${ALPHABET}=+/ .é\0`) {
        if (other === token[place]) continue
        expect(tokens.read(token.slice(0, place) + other + token.slice(place + 1))).toBeUndefined()
      }
    }
  })

  it('is nothing when a part is missing, or something comes before or after it', () => {
    const token = tokens.issue(ANSWER)
    for (let place = 0; place < token.length; place++) {
      expect(tokens.read(token.slice(0, place))).toBeUndefined()
      expect(tokens.read(token.slice(place + 1))).toBeUndefined()
      expect(tokens.read(token.slice(0, place) + token.slice(place + 1))).toBeUndefined()
    }
    for (const other of `${ALPHABET}=\n `) {
      expect(tokens.read(token + other)).toBeUndefined()
      expect(tokens.read(other + token)).toBeUndefined()
    }
    expect(tokens.read(token + token)).toBeUndefined()
    expect(tokens.read('A'.repeat(100_000))).toBeUndefined()
  })

  it('is nothing that anybody made up', () => {
    fc.assert(fc.property(fc.string(), (text) => tokens.read(text) === undefined))
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        (bytes) => tokens.read(Buffer.from(bytes).toString('base64url')) === undefined,
      ),
    )
  })

  it('of another gateway is nothing here', () => {
    const other = createAnswerTokens(Buffer.from(MASTER).fill(1, 15))
    expect(tokens.read(other.issue(ANSWER))).toBeUndefined()
  })

  it('fits into a message, also for the longest name, and always into a segment of the API', () => {
    expect(tokens.issue(ANSWER).length).toBeLessThanOrEqual(100)
    expect(tokens.issue({ ...ANSWER, by: 'x'.repeat(63) }).length).toBeLessThanOrEqual(200)
    const longest = tokens.issue({
      action: 'silence',
      about: 'a'.repeat(100),
      page: 'p'.repeat(100),
      by: '›'.repeat(99),
    })
    expect(longest.length).toBeLessThan(400)
    expect(tokens.read(longest)).toEqual({
      action: 'silence',
      about: 'a'.repeat(100),
      page: 'p'.repeat(100),
      by: '›'.repeat(24),
    })
    expect(tokens.read(tokens.issue({ ...ANSWER, by: `x${'›'.repeat(30)}` }))?.by).toBe(`x${'›'.repeat(23)}`)
    expect(() => tokens.issue({ ...ANSWER, about: 'a'.repeat(101) })).toThrow('at most 100 bytes')
  })
})

describe('the links of a page', () => {
  it('lead to one token for each thing that its reader can do', () => {
    const links = linksFor(tokens, 'https://beats.example.org/overdue', INCIDENT, PAGE, 'ana')
    for (const action of ['acknowledge', 'resolve', 'silence', 'snooze'] as const) {
      const [, token = ''] = /^https:\/\/beats\.example\.org\/overdue\/answer\/([\w-]+)$/.exec(links[action]) ?? []
      expect(tokens.read(token)).toEqual({ ...ANSWER, action })
    }
  })
})
