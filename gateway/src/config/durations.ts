// Durations of the file, with the least that makes sense where they stand.
import { type Duration, formatDuration, parseDuration } from '../domain/time.ts'
import { type Report, show } from './report.ts'

/** Longer than any schedule or retention: a hundred years. */
export const MOST: Duration = 36_525 * 86_400_000

/** Undefined when absent or wrong. */
export function readDuration(
  text: string | undefined,
  path: string,
  report: Report,
  least: Duration = 0,
): Duration | undefined {
  if (text === undefined) return undefined
  const duration = parseDuration(text)
  if (duration === undefined) report.add(path, 'a duration such as 90s, 15m or 1h30m', show(text))
  else if (duration < least) report.add(path, `at least ${formatDuration(least)}`, formatDuration(duration))
  else if (duration > MOST) report.add(path, `at most ${formatDuration(MOST)}`, show(text))
  else return duration
  return undefined
}
