// A window in which we could not hear, made known: how many runs can't be verified for it, and one notice that says so.
import { reach } from '../domain/escalate.ts'
import { inZone } from '../domain/explain.ts'
import type { BlindCause, Fact, GatewayFact } from '../domain/fact.ts'
import { pageId } from '../domain/names.ts'
import type { Source } from '../domain/signal.ts'
import { type Duration, formatDuration, type Instant, isDue, isPast } from '../domain/time.ts'
import { isBad } from '../domain/verdict.ts'
import type { Registry } from './registry.ts'
import type { LiveScene } from './scene.ts'

/** A shorter window excuses nothing worth a word. */
const NOTICED: Duration = 1_000

export type Window = {
  readonly source: Source
  readonly from: Instant
  readonly to: Instant
  readonly cause: BlindCause
}

/** The window as a fact, and, where runs were expected inside it, one notice for each channel of the first step. */
export function blindFacts(window: Window, registry: Registry, scene: LiveScene): readonly Fact[] {
  const { zone } = scene
  const isKnown = registry.casebook.deaf.has(window.source)
  if (window.to - window.from < NOTICED && !isKnown) return []
  const unverified = countExpected(window, registry)
  const passed: GatewayFact = { type: 'blind.passed', at: window.from, seenAt: window.to, ...window, unverified }
  if (unverified === 0) return [passed]
  const runs = unverified === 1 ? '1 run' : `${unverified} runs`
  const text = `The gateway was blind from ${inZone(window.from, zone)} to ${inZone(window.to, zone)} (${formatDuration(window.to - window.from)}, ${window.cause}): ${runs} could not be verified.`
  const policy = scene.policy('default')
  const { ways } = reach(policy, policy.steps[0]?.page ?? [], scene, window.to)
  const notices = ways.map(
    ({ channel, path }): GatewayFact => ({
      type: 'notice.queued',
      at: window.to,
      seenAt: window.to,
      page: pageId(`blind:${window.from}`, 'gateway.blind', channel),
      kind: 'gateway.blind',
      channel,
      path,
      text,
    }),
  )
  return [passed, ...notices]
}

function countExpected({ source, from, to }: Window, registry: Registry): number {
  let expected = 0
  for (const number of registry.roster.numbers()) {
    const kind = registry.roster.termsOf(number)?.schedule.kind
    if (kind !== 'cron' && kind !== 'calendar' && kind !== 'window') continue
    const state = registry.state(number)
    if (isBad(state.verdict) || state.verdict === 'paused') continue
    const heardBySource = source === 'gateway' || state.via === source
    if (heardBySource && isDue(state.dueAt, to) && !isPast(state.deadlineAt, from)) expected++
  }
  return expected
}
