// Tokens of devices and of enrolments, as text. 128 random bits in 26 characters, so that a CONNECT fits the small buffers
// of firmware.
import { randomBytes } from 'node:crypto'

export function makeDeviceToken(): string {
  return DEVICE + secret()
}

export function makeEnrolmentToken(): string {
  return ENROLMENT + secret()
}

/** Of a credential or an enrolment: no secret. */
export function makeId(kind: 'cred' | 'enrol'): string {
  return `${kind}-${randomBytes(9).toString('base64url')}`
}

/** What a text can be; anything else is neither. */
export function kindOf(token: string): 'device' | 'enrolment' | undefined {
  if (!SHAPE.test(token)) return undefined
  return token.startsWith(DEVICE) ? 'device' : 'enrolment'
}

const DEVICE = 'dev_'
const ENROLMENT = 'enr_'
const SHAPE = /^(?:dev|enr)_[A-Za-z0-9_-]{22}$/

function secret(): string {
  return randomBytes(16).toString('base64url')
}
