// Policies, with every responder in their steps resolved to channels. There always is one called `default`.
import { ACK_TIMEOUT, type Policy, type Step } from '../domain/escalation.ts'
import type { Duration } from '../domain/time.ts'
import { readName, type Targets } from './channels.ts'
import { readDuration } from './durations.ts'
import type { PolicyFields, StepFields } from './fields.ts'
import { nearest, type Report, show } from './report.ts'

/** Where none is called `default`, one is made that pages `everyone` at once. */
export function readPolicies(
  list: readonly (PolicyFields | undefined)[],
  targets: Targets,
  everyone: readonly string[],
  report: Report,
): readonly Policy[] {
  const names = new Set<string>()
  const policies = list.flatMap((policy, index): Policy[] => {
    if (policy === undefined) return []
    const path = `policies[${index}]`
    const name = readName(policy.name, `${path}.name`, names, report)
    const steps = policy.steps ?? []
    if (steps.length === 0) report.add(`${path}.steps`, 'at least one step', 'nothing')
    const ackTimeout = readDuration(policy.ackTimeout, `${path}.ackTimeout`, report, LEAST_TIMEOUT) ?? ACK_TIMEOUT
    const read = steps.flatMap((step, place) =>
      step === undefined ? [] : [readStep(step, `${path}.steps[${place}]`, targets, report)],
    )
    return [{ name, ackTimeout, steps: read }]
  })
  if (names.has('default')) return policies
  const steps = everyone.length === 0 ? [] : [{ after: 0, page: everyone }]
  return [{ name: 'default', ackTimeout: ACK_TIMEOUT, steps }, ...policies]
}

const LEAST_TIMEOUT: Duration = 1_000
const LEAST_REPEAT: Duration = 1_000
/** A page every minute for a week. */
const MOST_REPEATS = 10_080

function readStep(step: StepFields, path: string, targets: Targets, report: Report): Step {
  const page = step.page ?? []
  if (page.length === 0) report.add(`${path}.page`, 'the names of channels or responders', 'nothing')
  const channels = page.flatMap((name, index) => {
    if (name === undefined) return []
    const found = targets.get(name)
    if (found === undefined) {
      const expected = `the name of a channel or responder${nearest(name, targets.keys())}`
      report.add(`${path}.page[${index}]`, expected, show(name))
    }
    return found ?? []
  })
  const repeat = step.repeat === undefined ? undefined : readRepeat(step.repeat, `${path}.repeat`, report)
  return {
    after: readDuration(step.after, `${path}.after`, report) ?? 0,
    page: [...new Set(channels)],
    ...(step.severity !== undefined && { severity: step.severity }),
    ...(repeat !== undefined && { repeat }),
  }
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
