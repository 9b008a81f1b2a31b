// What a bridge subscribes to, and where its probe goes. Pure.

export type Hears = {
  readonly root: string
  readonly group: string
  readonly topics: readonly string[]
  readonly canary?: string
}

/** What tells this gateway from another one at the same broker. */
export type GatewayId = string

export function canaryTopic({ root, canary }: Hears, gateway: GatewayId): string {
  return canary ?? `${root}/${PROBES}/${gateway}`
}

/** A probe, of this gateway or of another. */
export function isProbe({ root, canary }: Hears, topic: string): boolean {
  return topic === canary || topic.startsWith(`${root}/${PROBES}/`)
}

/** Each gateway hears all. */
export function plainFilters(hears: Hears, gateway: GatewayId): readonly string[] {
  const { root, topics } = hears
  const probe = canaryTopic(hears, gateway)
  return [`${root}/#`, ...topics, ...(probe.startsWith(`${root}/`) ? [] : [probe])]
}

/**
 * The gateways of a group share out what comes. The probe has a group of its own with one member: whether it comes back says
 * whether the broker knows shared subscriptions at all, and it does not go to a neighbour.
 */
export function sharedFilters(hears: Hears, gateway: GatewayId): readonly string[] {
  const { root, topics, group } = hears
  const shared = [`${root}/#`, ...topics].map((filter) => `$share/${group}/${filter}`)
  return [...shared, `$share/${group}-${gateway}/${canaryTopic(hears, gateway)}`]
}

const PROBES = '_probe'
