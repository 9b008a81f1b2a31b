// What a device can be called: the first level of a heartbeat's name.
import { nameProblem } from '@overdue/device-sdk/wire'

/** Undefined: it is one. */
export function deviceProblem(text: string): string | undefined {
  if (text.includes('/')) return 'expected one level, got a /'
  return nameProblem(text)?.replace(/^name: /, '')
}
