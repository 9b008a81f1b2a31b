// What the gateway shows of devices, of the enrolments that admit some, and of what devices were refused.
import { type Device, type Enrolment, endOf, secretsOf } from '../domain/device.ts'
import { describeSchedule } from '../domain/schedule.ts'
import { formatInstant, type Instant } from '../domain/time.ts'
import type { Devices } from './devices.ts'
import { type List, type Pace, whenever } from './read.ts'
import type { Roster } from './roster.ts'
import type { Denial, Sightings, Use } from './sightings.ts'

export const DEVICE_STATES = ['enrolled', 'good', 'expired', 'revoked'] as const
/** `enrolled`: it has no token of its own yet; `good` and `expired` are about the one that it has. */
export type DeviceState = (typeof DEVICE_STATES)[number]

export type Session = { readonly clientId: string; readonly since: Instant; readonly version: number }
export type SessionItem = { readonly clientId: string; readonly since: string; readonly version: string }
export type DenialItem = {
  readonly device: string
  readonly count: number
  readonly topic: string
  readonly reason: string
  readonly at: string
}

export type DeviceItem = {
  readonly device: string
  readonly state: DeviceState
  readonly since: string
  /** Id of the enrolment that admitted it. */
  readonly enrolment: string | null
  readonly last4: string | null
  readonly madeAt: string | null
  readonly madeBy: string | null
  /** Null: it does not expire. */
  readonly expiresAt: string | null
  /** Until then the token before is good, too. */
  readonly previousUntil: string | null
  /** Since the gateway started; null: not. */
  readonly lastUsedAt: string | null
  readonly lastUsedOver: Use['over'] | null
  readonly connected: SessionItem | null
  readonly denied: DenialItem | null
  /** How many there are under its name. */
  readonly heartbeats: number
}

export const ENROLMENT_STATES = ['open', 'full', 'expired', 'revoked'] as const
export type EnrolmentState = (typeof ENROLMENT_STATES)[number]

export type EnrolmentItem = {
  readonly id: string
  readonly name: string
  readonly prefix: string
  readonly state: EnrolmentState
  readonly count: number
  readonly taken: number
  readonly last4: string
  readonly schedule: string
  readonly madeAt: string
  readonly madeBy: string
  readonly expiresAt: string | null
}

export type DevicesWorld = {
  readonly devices: Devices
  readonly sightings: Sightings
  readonly roster: Pick<Roster, 'numbers' | 'nameOf'>
  /** Who is connected over MQTT, by device. */
  sessions(): ReadonlyMap<string, Session>
  now(): Instant
}

/** In the order in which they came; `after`: how many were told of before. */
export async function listDevices(
  world: DevicesWorld,
  { after, limit }: { readonly after: number; readonly limit: number },
  pace: Pace,
): Promise<List<DeviceItem>> {
  const found = world.devices.devices().drop(after).take(limit).toArray()
  const items = await deviceItems(world, found, pace)
  const next = after + found.length
  return { items, next: next < world.devices.size ? String(next) : null }
}

export async function deviceItems(
  world: DevicesWorld,
  found: readonly Device[],
  pace: Pace,
): Promise<readonly DeviceItem[]> {
  const counts = await countsUnder(new Set(found.map(({ name }) => name)), world.roster, pace)
  const sessions = world.sessions()
  return found.map((device) => deviceItem(device, world, sessions.get(device.name), counts.get(device.name) ?? 0))
}

export function deviceState(device: Device, now: Instant): DeviceState {
  if (device.revoked !== undefined) return 'revoked'
  if (device.credential === undefined) return 'enrolled'
  return secretsOf(device, now).length > 0 ? 'good' : 'expired'
}

export function enrolmentState(enrolment: Enrolment, now: Instant): EnrolmentState {
  return endOf(enrolment, now) ?? (enrolment.taken < enrolment.count ? 'open' : 'full')
}

export function enrolmentItem(enrolment: Enrolment, now: Instant): EnrolmentItem {
  const { id, name, prefix, count, taken, last4, terms, madeAt, by, expiresAt } = enrolment
  return {
    ...{ id, name, prefix, state: enrolmentState(enrolment, now), count, taken, last4 },
    ...{ schedule: describeSchedule(terms.schedule), madeAt: formatInstant(madeAt), madeBy: by },
    expiresAt: whenever(expiresAt),
  }
}

export function denialItem(denial: Denial): DenialItem {
  return { ...denial, at: formatInstant(denial.at) }
}

/** As people write it. */
export function versionOf(version: number): string {
  return { 3: '3.1', 4: '3.1.1', 5: '5' }[version] ?? String(version)
}

function deviceItem(
  device: Device,
  { sightings, now }: DevicesWorld,
  session: Session | undefined,
  heartbeats: number,
): DeviceItem {
  const { name, since, enrolment = null, credential } = device
  const { previous } = credential ?? {}
  const use = sightings.useOf(name)
  const denial = sightings.denialOf(name)
  return {
    ...{ device: name, state: deviceState(device, now()), since: formatInstant(since), enrolment },
    ...{ last4: credential?.last4 ?? null, madeAt: whenever(credential?.madeAt), madeBy: credential?.by ?? null },
    expiresAt: whenever(credential?.expiresAt),
    previousUntil: whenever(previous !== undefined && now() < previous.until ? previous.until : undefined),
    ...{ lastUsedAt: whenever(use?.at), lastUsedOver: use?.over ?? null },
    connected: session === undefined ? null : sessionItem(session),
    denied: denial === undefined ? null : denialItem(denial),
    heartbeats,
  }
}

function sessionItem({ clientId, since, version }: Session): SessionItem {
  return { clientId, since: formatInstant(since), version: versionOf(version) }
}

/** All names are asked once for a whole list: there may be a million. */
async function countsUnder(
  devices: ReadonlySet<string>,
  roster: DevicesWorld['roster'],
  pace: Pace,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  if (devices.size === 0) return counts
  for (const number of roster.numbers()) {
    const name = roster.nameOf(number) as string
    const slash = name.indexOf('/')
    const device = slash < 0 ? name : name.slice(0, slash)
    if (devices.has(device)) counts.set(device, (counts.get(device) ?? 0) + 1)
    if (number % TURN === 0) await pace.pause()
  }
  return counts
}

/** Names between two looks at the clock. */
const TURN = 1_024
