// What somebody says of one heartbeat outside the file, in the file's words and held to the file's rules.
import type { Terms } from '../domain/heartbeat.ts'
import type { Checked } from '../domain/problem.ts'
import { createReport, nearest, show, under } from './report.ts'
import { fitTerms } from './shape.ts'
import { hasSchedule, readTerms, SCHEDULES } from './terms.ts'

export type PromiseRules = {
  /** What the heartbeat has that `said` does not say. */
  readonly base: Terms
  /** Whether `base` says when signals are expected, so that `said` need not. */
  readonly isScheduled: boolean
  readonly zone: string
  readonly policies: ReadonlySet<string>
}

export function readPromise(said: unknown, { base, isScheduled, zone, policies }: PromiseRules): Checked<Terms> {
  const report = createReport()
  const fields = fitTerms(said, report)
  if (fields === undefined) return { problems: report.problems }
  for (const [key, value] of Object.entries(said as object))
    if (value === null) report.add(under('', key), 'a value, or no such key', 'null')
  if (!isScheduled && !hasSchedule(fields)) report.add('', `one of ${SCHEDULES.join(', ')}`, 'none of them')
  const terms = readTerms(fields, '', base, zone, report)
  if (!policies.has(terms.policy))
    report.add('policy', `the name of a policy${nearest(terms.policy, policies)}`, show(terms.policy))
  return report.problems.length === 0 ? { value: terms } : { problems: report.problems }
}
