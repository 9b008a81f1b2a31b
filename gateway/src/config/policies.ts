// Policies: who is paged at which step. There always is one called `default`.
import { ACK_TIMEOUT, type During, type Policy, type Step } from '../domain/escalation.ts'
import { isWrong } from '../domain/problem.ts'
import type { Duration } from '../domain/time.ts'
import { parseWindow } from '../domain/window.ts'
import { zoneNamed } from '../domain/zone.ts'
import { readName } from './channels.ts'
import { readDuration } from './durations.ts'
import type { PolicyFields, StepFields } from './fields.ts'
import { nearest, type Report, show } from './report.ts'

export type PolicyRules = {
  /** What `page` may name: channels, responders and on-call schedules. */
  readonly targets: ReadonlySet<string>
  /** Names of all channels. */
  readonly everyone: readonly string[]
  /** Of hours that name none. */
  readonly zone: string
}

/** Where none is called `default`, one is made that pages everyone at once. */
export function readPolicies(
  list: readonly (PolicyFields | undefined)[],
  rules: PolicyRules,
  report: Report,
): readonly Policy[] {
  const { everyone } = rules
  const names = new Set<string>()
  const policies = list.flatMap((policy, index): Policy[] => {
    if (policy === undefined) return []
    const path = `policies[${index}]`
    const name = readName(policy.name, `${path}.name`, names, report)
    const steps = policy.steps ?? []
    if (steps.length === 0) report.add(`${path}.steps`, 'at least one step', 'nothing')
    const ackTimeout = readDuration(policy.ackTimeout, `${path}.ackTimeout`, report, LEAST_TIMEOUT) ?? ACK_TIMEOUT
    const read = steps.flatMap((step, place) =>
      step === undefined ? [] : [readStep(step, `${path}.steps[${place}]`, rules, report)],
    )
    const fallback = readPage(policy.fallback, `${path}.fallback`, rules, report)
    return [{ name, ackTimeout, steps: read, fallback }]
  })
  if (names.has('default')) return policies
  const steps = everyone.length === 0 ? [] : [{ after: 0, page: everyone }]
  return [{ name: 'default', ackTimeout: ACK_TIMEOUT, steps, fallback: [] }, ...policies]
}

const LEAST_TIMEOUT: Duration = 1_000
const LEAST_REPEAT: Duration = 1_000
/** A page every minute for a week. */
const MOST_REPEATS = 10_080

function readStep(step: StepFields, path: string, rules: PolicyRules, report: Report): Step {
  const page = readPage(step.page, `${path}.page`, rules, report)
  if (page.length === 0 && (step.page ?? []).length === 0) report.add(`${path}.page`, NAMES, 'nothing')
  const repeat = step.repeat === undefined ? undefined : readRepeat(step.repeat, `${path}.repeat`, report)
  const during = readDuring(step, path, rules.zone, report)
  return {
    after: readDuration(step.after, `${path}.after`, report) ?? 0,
    page,
    ...(step.severity !== undefined && { severity: step.severity }),
    ...(during !== undefined && { during }),
    ...(repeat !== undefined && { repeat }),
  }
}

const NAMES = 'the names of channels, responders or on-call schedules'

function readPage(
  page: readonly (string | undefined)[] = [],
  path: string,
  { targets }: PolicyRules,
  report: Report,
): readonly string[] {
  page.forEach((name, index) => {
    if (name === undefined || targets.has(name)) return
    const expected = `the name of a channel, responder or on-call schedule${nearest(name, targets)}`
    report.add(`${path}[${index}]`, expected, show(name))
  })
  return [...new Set(page.filter((name) => name !== undefined))]
}

function readDuring(step: StepFields, path: string, fileZone: string, report: Report): During | undefined {
  const { hours, on, zone = fileZone, outside } = step
  if (hours === undefined) {
    for (const key of ['on', 'zone', 'outside'] as const)
      if (step[key] !== undefined) report.add(`${path}.${key}`, 'hours beside it', 'none')
    return undefined
  }
  const days = on === undefined ? '' : String(on)
  const window = parseWindow(hours, days, `${path}.hours`, `${path}.on`)
  if (isWrong(window)) for (const problem of window.problems) report.add(problem.path, problem.expected, problem.found)
  const isZone = zoneNamed(zone) !== undefined
  if (!isZone) report.add(`${path}.zone`, 'an IANA zone such as Europe/Riga', show(zone))
  if (isWrong(window) || !isZone) return undefined
  return { window: hours, on: days, zone, otherwise: outside ?? 'wait' }
}

function readRepeat(
  { every, times }: NonNullable<StepFields['repeat']>,
  path: string,
  report: Report,
): NonNullable<Step['repeat']> {
  if (every === undefined) report.add(`${path}.every`, 'a duration', 'nothing')
  if (times === undefined) report.add(`${path}.times`, 'how many times', 'nothing')
  else if (times > MOST_REPEATS) report.add(`${path}.times`, `at most ${MOST_REPEATS}`, show(times))
  return { every: readDuration(every, `${path}.every`, report, LEAST_REPEAT) ?? 0, times: times ?? 0 }
}
