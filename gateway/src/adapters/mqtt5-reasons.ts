// The reason codes of MQTT 5 that are said here, and the words that go with them (MQTT 5.0, section 2.4).
import type { Parting } from './mqtt-hooks.ts'
import type { Refusal } from './mqtt-signal.ts'

export type Reason = { readonly code: number; readonly words: string }

export const REASONS = {
  withWill: 0x04,
  malformed: 0x81,
  protocolError: 0x82,
  clientId: 0x85,
  badLogin: 0x86,
  notAuthorised: 0x87,
  busy: 0x89,
  shuttingDown: 0x8b,
  authMethod: 0x8c,
  keepAlive: 0x8d,
  takenOver: 0x8e,
  filterInvalid: 0x8f,
  topicInvalid: 0x90,
  receiveMaximum: 0x93,
  aliasInvalid: 0x94,
  tooLarge: 0x95,
  quota: 0x97,
  qos: 0x9b,
  noShared: 0x9e,
} as const

/** The codes below 0x80 say that all is well: somebody who reports too early is not to stop reporting. */
export const REFUSED: Readonly<Record<Refusal['refused'], Reason>> = {
  invalid: { code: REASONS.topicInvalid, words: 'expected hb/NAME or hb/NAME/EVENT' },
  outside: { code: REASONS.topicInvalid, words: 'nothing is heard on this topic: expected hb/NAME or hb/NAME/EVENT' },
  denied: { code: REASONS.notAuthorised, words: 'not your topic: a device publishes under hb/USER only' },
  unknown: { code: 0x10, words: 'no heartbeat of this name: it waits among the new arrivals' },
}

/** Said before a connection is cut; what was not acknowledged for want of disk the sender sends again later. */
export const FAREWELL: Readonly<Record<Parting, Reason>> = {
  denied: { code: REASONS.notAuthorised, words: 'not your topic: a device publishes under hb/USER only' },
  revoked: { code: REASONS.notAuthorised, words: 'what you came in with is good no more' },
  full: { code: REASONS.quota, words: 'the disk is full: what was not acknowledged is to be sent again' },
  closed: { code: REASONS.shuttingDown, words: 'the gateway ends' },
}

export const NOT_AUTHORISED: Reason = {
  code: REASONS.notAuthorised,
  words: 'user name or password is wrong, or one is needed',
}
export const UNEXPECTED: Reason = { code: REASONS.protocolError, words: 'a packet that is not expected here' }
export const SILENT: Reason = { code: REASONS.keepAlive, words: 'nothing came for one and a half keep-alives' }
export const BROKEN = {
  malformed: 'a malformed packet',
  tooLarge: 'a packet over the size limit',
  endless: 'a packet that does not end',
} as const
