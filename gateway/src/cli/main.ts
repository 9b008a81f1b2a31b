// `overdue …`: finds the command and gives it what it needs of the process. Each command answers with an exit code:
// 0 good, 1 what was asked about is bad, 2 usage.
import { readFileSync } from 'node:fs'
import { CHECK_USAGE, check } from './check.ts'
import { EXPLAIN_USAGE, explain } from './explain.ts'
import { NEXT_USAGE, next } from './next.ts'
import { PING_USAGE, ping } from './ping.ts'

type Command = { readonly usage: string; run(args: readonly string[]): Promise<number> }

const write = (line: string): void => void process.stdout.write(`${line}\n`)
const readFile = (path: string): string => readFileSync(path, 'utf8')

const COMMANDS: Readonly<Record<string, Command>> = {
  ping: { usage: PING_USAGE, run: (args) => ping(args, process.env, write) },
  next: { usage: NEXT_USAGE, run: (args) => next(args, process.stdin.setEncoding('utf8'), write) },
  check: { usage: CHECK_USAGE, run: async (args) => check(args, process.env, readFile, write) },
  explain: { usage: EXPLAIN_USAGE, run: (args) => explain(args, process.env, readFile, write) },
}

// A reader that has seen enough (`| head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
const [name = 'help', ...args] = process.argv.slice(2)
process.exitCode = await run(name, args)

async function run(name: string, args: readonly string[]): Promise<number> {
  if (name === '--version') {
    const { version } = JSON.parse(readFile(new URL('../../package.json', import.meta.url).pathname)) as {
      version: string
    }
    write(version)
    return 0
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command !== undefined) return command.run(args)
  const isHelp = name === 'help' || name === '--help' || name === '-h'
  if (!isHelp) write(`expected a command, got "${name}"`)
  for (const { usage } of Object.values(COMMANDS)) write(usage)
  return isHelp ? 0 : 2
}
