// What somebody says of one heartbeat outside the file, in the file's words and held to the file's rules.
import type { Terms } from '../domain/heartbeat.ts'
import type { Checked } from '../domain/problem.ts'
import { createReport, under } from './report.ts'
import { fitTerms } from './shape.ts'
import { readWholeTerms, type TermsRules } from './terms.ts'

export function readPromise(said: unknown, rules: TermsRules): Checked<Terms> {
  const report = createReport()
  const fields = fitTerms(said, report)
  if (fields === undefined) return { problems: report.problems }
  for (const [key, value] of Object.entries(said as object))
    if (value === null) report.add(under('', key), 'a value, or no such key', 'null')
  const terms = readWholeTerms(fields, '', rules, report)
  return report.problems.length === 0 ? { value: terms } : { problems: report.problems }
}
