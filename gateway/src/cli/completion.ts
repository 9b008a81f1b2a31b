// `overdue completion`: what a shell needs to complete commands, options and the names of heartbeats. Made from the
// usages, so that it knows what they say.
import { type Spoken, scriptFor } from './completion-scripts.ts'
import { reach } from './gateway-api.ts'
import { allHeartbeats } from './heartbeat-list.ts'
import { FLAG, misused, readArgs, type Shell } from './shell.ts'

export const COMPLETION_USAGE = `overdue completion bash|zsh|fish   # source <(overdue completion bash); names come from the gateway
overdue completion --names`

/** Exit code: 0, 2 usage. `usages`: of each command. */
export async function completion(
  args: readonly string[],
  shell: Shell,
  usages: Readonly<Record<string, string>>,
): Promise<number> {
  const read = readArgs(args, { names: FLAG })
  if ('problem' in read) return misused(shell, read.problem, COMPLETION_USAGE)
  const [kind, ...more] = read.positionals
  if (read.values.names && kind === undefined) return await writeNames(shell)
  const script = read.values.names || more.length > 0 ? undefined : scriptFor(kind ?? '', spokenOf(usages))
  if (script === undefined) return misused(shell, 'expected bash, zsh, fish or --names', COMPLETION_USAGE)
  shell.write(script)
  return 0
}

/** Somebody waits for the key that they pressed. */
const LONGEST_WAIT = 1_000

/** Nothing where nobody answers: an error in the middle of a line helps nobody. */
async function writeNames(shell: Shell): Promise<0> {
  const api = reach(shell)
  const items = 'problem' in api ? api : await allHeartbeats(api, {}, LONGEST_WAIT)
  if (Array.isArray(items) && items.length > 0) shell.write(items.map(({ name }) => name).join('\n'))
  return 0
}

function spokenOf(usages: Readonly<Record<string, string>>): Spoken {
  return Object.entries(usages).map(([command, usage]) => ({
    command,
    options: [...new Set(usage.match(/(?<![\w-])--[a-z][a-z-]*/g))].sort(),
    // A word of its own, not the value of an option.
    takesName: /^overdue \w+ \(?(?:INCIDENT\|)?NAME/m.test(usage),
  }))
}
