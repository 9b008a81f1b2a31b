import { describe, expect, it } from 'vitest'
import { isSecret, sign } from './channel-sign.ts'

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
const SENT_AT = 1_614_265_330
const BODY = '{"test": 2432232314}'

describe('a webhook signature', () => {
  it('is the one that the Standard Webhooks libraries compute', () => {
    expect(sign([SECRET], ID, SENT_AT, BODY)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
  })

  it('holds one signature for each of two secrets while they rotate', () => {
    const next = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const both = sign([SECRET, next], ID, SENT_AT, BODY).split(' ')
    expect(both).toEqual([sign([SECRET], ID, SENT_AT, BODY), sign([next], ID, SENT_AT, BODY)])
    expect(new Set(both).size).toBe(2)
  })

  it('changes with the id, the instant and the body', () => {
    const signatures = [
      sign([SECRET], ID, SENT_AT, BODY),
      sign([SECRET], `${ID}x`, SENT_AT, BODY),
      sign([SECRET], ID, SENT_AT + 1, BODY),
      sign([SECRET], ID, SENT_AT, `${BODY} `),
    ]
    expect(new Set(signatures).size).toBe(4)
  })
})

describe('a webhook secret', () => {
  const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`

  it('is whsec_ and the base64 of 24 to 64 bytes, padded or not', () => {
    expect([SECRET, secretOf(24), secretOf(25), secretOf(64)].every(isSecret)).toBe(true)
    expect(isSecret(secretOf(25).replace(/=+$/, ''))).toBe(true)
  })

  it.each([
    '',
    'whsec_',
    SECRET.slice(6),
    secretOf(23),
    secretOf(65),
    `${SECRET}!`,
    `${SECRET} `,
    `${SECRET}===`,
    'WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ])('is not %j', (text) => {
    expect(isSecret(text)).toBe(false)
  })
})
