// What happened in the life of an incident or a storm, for people: bounded, with the beginning and the newest kept.
import type { Instant } from './time.ts'

export type TimelineEntry = {
  readonly at: Instant
  readonly seenAt: Instant
  readonly type: string
  readonly note: string
}

/** A timeline that grows longer than this keeps its first half and its newest. */
export const LONGEST_TIMELINE = 200

export function withEntry(
  timeline: readonly TimelineEntry[],
  fact: { readonly at: Instant; readonly seenAt: Instant; readonly type: string },
  note: string,
): readonly TimelineEntry[] {
  const next = [...timeline, { at: fact.at, seenAt: fact.seenAt, type: fact.type, note }]
  return next.length <= LONGEST_TIMELINE
    ? next
    : [...next.slice(0, LONGEST_TIMELINE / 2), ...next.slice(1 - LONGEST_TIMELINE / 2)]
}
