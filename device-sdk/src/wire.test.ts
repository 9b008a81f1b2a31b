import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isEventWord, isName, nameProblem, OK, parseEvent, parsePayload, parseTopic } from './ear.ts'

const level = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('a name', () => {
  it('has one or two levels, the second none that reads as an event', () => {
    fc.assert(
      fc.property(level, level, (first, second) => {
        expect(isName(first)).toBe(true)
        expect(isName(`${first}/${second}`)).toBe(!isEventWord(second))
      }),
    )
  })

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a/b/c',
    '-a',
    'a b',
    'a+b',
    'a#',
    '$SYS',
    'ä',
    'a\u0000',
    'a/ok',
    'a/OK',
    'a/17',
    'x'.repeat(64),
  ])('is refused with a reason: %j', (text) => {
    expect(isName(text)).toBe(false)
    expect(nameProblem(text)).toMatch(/^name: /)
  })
})

describe('a topic', () => {
  it('is the name, and the event behind it', () => {
    fc.assert(
      fc.property(level, level, (first, second) => {
        fc.pre(!isEventWord(second))
        expect(parseTopic(`hb/${first}`)).toEqual({ name: first, event: OK })
        expect(parseTopic(`hb/${first}/${second}`)).toEqual({ name: `${first}/${second}`, event: OK })
        expect(parseTopic(`hb/${first}/start`)).toEqual({ name: first, event: { kind: 'start' } })
        expect(parseTopic(`site/${first}/${second}/fail`, 'site')).toEqual({
          name: `${first}/${second}`,
          event: { kind: 'fail' },
        })
      }),
    )
  })

  it.each(['hb', 'hb/', 'hbx/a', 'a', 'hb/a/b/c', 'hb/a/b/c/start', 'hb//start'])(
    'is refused with a reason: %s',
    (topic) => {
      expect(parseTopic(topic)).toHaveProperty('problem')
    },
  )
})

describe('an event', () => {
  it.each([
    ['run', { kind: 'start' }],
    ['complete', { kind: 'ok' }],
    ['bye', { kind: 'bye' }],
    ['0', { kind: 'ok', exit: 0 }],
    ['255', { kind: 'fail', exit: 255 }],
    ['TERM', { kind: 'fail', killedBy: 'TERM' }],
    ['SIGKILL', { kind: 'fail', killedBy: 'KILL' }],
    ['256', undefined],
    ['term', undefined],
    ['starts', undefined],
  ])('%s', (word, event) => {
    const parsed = parseEvent(word)
    if (event === undefined) expect(parsed).toBeUndefined()
    else expect(parsed).toMatchObject(event)
  })
})

describe('a payload', () => {
  it.each([
    ['', {}],
    ['up', { kind: 'ok' }],
    ['ONLINE', { kind: 'ok' }],
    ['1', { kind: 'ok' }],
    ['false', { kind: 'fail' }],
    ['lost', { kind: 'fail' }],
    ['0', { kind: 'fail' }],
    ['hello there', { message: 'hello there' }],
    ['{"s":"fail","rid":"7d0c1c1e-5d0a-4b7e-9a1e-0c8f6a1f7b11","dur":12.4}', { kind: 'fail', durationS: 12.4 }],
    ['{"seq":412,"boot":9,"up":36000,"age":3,"next":600}', { seq: 412, boot: 9, upS: 36000, ageS: 3, nextS: 600 }],
    ['{"m":{"temp":21.5,"bad":"x"},"msg":"a\\u0007b","what":1}', { metrics: { temp: 21.5 }, message: 'a b' }],
    ['{"s":', { message: '{"s":' }],
  ])('%s', (text, fields) => {
    expect(parsePayload(bytes(text), OK)).toMatchObject(fields)
  })

  it('reads the same from CBOR as from JSON', () => {
    // {"seq": 412, "s": "ok", "dur": 12.5}
    const cbor = new Uint8Array([
      0xa3, 0x63, 0x73, 0x65, 0x71, 0x19, 0x01, 0x9c, 0x61, 0x73, 0x62, 0x6f, 0x6b, 0x63, 0x64, 0x75, 0x72, 0xf9, 0x4a,
      0x40,
    ])
    expect(parsePayload(cbor, OK)).toEqual(parsePayload(bytes('{"seq":412,"s":"ok","dur":12.5}'), OK))
  })

  it('never throws, whatever a device sends, and never carries a control character on', () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map(bytes)), (payload) => {
        const { message = '' } = parsePayload(payload, OK)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
        expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
      }),
      { numRuns: 2000 },
    )
  })
})
