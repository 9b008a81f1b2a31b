// `overdue check`: every problem of a configuration file, each with its place.
import { resolve } from 'node:path'
import { readDocument } from '../config/document.ts'
import { readEnvironment } from '../config/env.ts'
import { oncallGaps } from '../config/oncall-gaps.ts'
import { formatProblem, isWrong, type Problem } from '../domain/problem.ts'
import { misused, type Shell } from './shell.ts'

export const CHECK_USAGE = 'overdue check FILE'

/** Exit code: 0 good, 1 not, 2 usage. */
export function check(args: readonly string[], { env, readFile, write, now }: Shell): number {
  const [file, ...more] = args
  if (file === undefined || more.length > 0 || file.startsWith('-'))
    return misused({ write }, 'expected one file', CHECK_USAGE)
  const problems: Problem[] = []
  const environment = readEnvironment(env, readFile)
  if (isWrong(environment)) problems.push(...environment.problems)
  const text = read(file, readFile)
  if (typeof text !== 'string') problems.push(text)
  else {
    const settings = readDocument(text, {
      env,
      file: resolve(file),
      readFile,
      environment: isWrong(environment) ? {} : environment.value,
      hostZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    })
    problems.push(...(isWrong(settings) ? settings.problems : oncallGaps(settings.value.oncall, now())))
    if (!isWrong(settings) && problems.length === 0) {
      const { heartbeats, channels, policies } = settings.value
      write(
        `${file} is good: ${heartbeats.length} heartbeats, ${channels.length} channels, ${policies.length} policies`,
      )
      return 0
    }
  }
  for (const problem of problems) write(formatProblem(problem))
  return 1
}

function read(file: string, readFile: (path: string) => string): string | Problem {
  try {
    return readFile(file)
  } catch (error) {
    return { path: file, expected: 'a file that can be read', found: (error as Error).message }
  }
}
