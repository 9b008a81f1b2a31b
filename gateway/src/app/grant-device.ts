// Commands that say which devices may speak: tokens of devices made, rotated and revoked, and enrolments that admit some.
import { type Credential, objectionTo, secretsOf } from '../domain/device.ts'
import type { GatewayFact } from '../domain/fact.ts'
import type { Instant } from '../domain/time.ts'
import type { Devices } from './devices.ts'
import type { Command } from './ports.ts'

export const DEVICE_KINDS = [
  'enrol',
  'makeCredential',
  'rotateCredential',
  'revokeCredential',
  'declareCredentials',
  'makeEnrolment',
  'revokeEnrolment',
] as const
export type DeviceGrant = Extract<Command, { kind: (typeof DEVICE_KINDS)[number] }>

/** The facts, not folded yet; or why there are none. */
export function grantDevice(
  devices: Devices,
  command: DeviceGrant,
  now: Instant,
): readonly GatewayFact[] | 'unknown' | 'already' {
  const times = { at: now, seenAt: now }
  switch (command.kind) {
    case 'enrol':
      return enrol(devices, command.device, command.enrolment, now)
    case 'makeCredential': {
      const { device: name, made, enrolment } = command
      const admitted = enrolment === undefined ? [] : enrol(devices, name, enrolment, now)
      if (typeof admitted === 'string') return admitted
      const device = devices.device(name)
      if (device !== undefined && secretsOf(device, now).length > 0) return 'already'
      return [...admitted, { type: 'credential.made', ...times, device: name, made }]
    }
    case 'rotateCredential': {
      const { device: name, credential, digest, last4, overlap, by } = command
      const device = devices.device(name)
      if (device === undefined || secretsOf(device, now).length === 0) return 'unknown'
      const previousUntil = now + overlap
      return [{ type: 'credential.rotated', ...times, device: name, credential, digest, last4, previousUntil, by }]
    }
    case 'revokeCredential': {
      const { device: name, by } = command
      const device = devices.device(name)
      if (device === undefined) return 'unknown'
      return device.revoked === undefined ? [{ type: 'credential.revoked', ...times, device: name, by }] : 'already'
    }
    case 'declareCredentials':
      return declare(devices, command.declared, now)
    case 'makeEnrolment': {
      const { enrolment } = command
      if (devices.enrolment(enrolment.id) !== undefined) return 'already'
      return [{ type: 'enrolment.made', ...times, enrolment: enrolment.id, made: enrolment }]
    }
    default: {
      const enrolment = devices.enrolment(command.enrolment)
      if (enrolment === undefined) return 'unknown'
      if (enrolment.revokedAt !== undefined) return 'already'
      return [{ type: 'enrolment.revoked', ...times, enrolment: command.enrolment, by: command.by }]
    }
  }
}

/** None where the device is in already. */
function enrol(
  devices: Devices,
  name: string,
  id: string,
  now: Instant,
): readonly GatewayFact[] | 'unknown' | 'already' {
  const enrolment = devices.enrolment(id)
  if (enrolment === undefined) return 'unknown'
  const device = devices.device(name)
  if (objectionTo(enrolment, name, device, now) !== undefined) return 'already'
  if (device?.enrolment === id) return []
  return [{ type: 'device.enrolled', at: now, seenAt: now, device: name, enrolment: id }]
}

/** Only what changes. */
function declare(
  devices: Devices,
  declared: readonly { readonly device: string; readonly made: Credential }[],
  now: Instant,
): readonly GatewayFact[] {
  const times = { at: now, seenAt: now }
  const names = new Set(declared.map(({ device }) => device))
  const gone = devices.devices().filter(({ name, credential }) => credential?.isOfFile === true && !names.has(name))
  const made = declared.filter(({ device, made: { digest } }) => {
    const { credential } = devices.device(device) ?? {}
    return credential?.isOfFile !== true || credential.digest !== digest
  })
  return [
    ...gone.map(({ name }): GatewayFact => ({ type: 'credential.revoked', ...times, device: name, by: 'file' })),
    ...made.map((each): GatewayFact => ({ type: 'credential.made', ...times, ...each })),
  ]
}
