// `overdue …`: finds the command and gives it what it needs of the process. Each command answers with an exit code:
// 0 good, 1 what was asked about is bad, 2 usage. Only the command that is asked for is loaded.
import { readFileSync } from 'node:fs'

type Command = { readonly usage: string; run(args: readonly string[]): number | Promise<number> }

const { env } = process
const write = (line: string): void => void process.stdout.write(`${line}\n`)
const readFile = (path: string): string => readFileSync(path, 'utf8')

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  ping: async () => {
    const { PING_USAGE: usage, ping } = await import('./ping.ts')
    return { usage, run: (args) => ping(args, env, write) }
  },
  next: async () => {
    const { NEXT_USAGE: usage, next } = await import('./next.ts')
    return { usage, run: (args) => next(args, process.stdin.setEncoding('utf8'), write) }
  },
  check: async () => {
    const { CHECK_USAGE: usage, check } = await import('./check.ts')
    return { usage, run: (args) => check(args, env, readFile, write, Date.now()) }
  },
  explain: async () => {
    const { EXPLAIN_USAGE: usage, explain } = await import('./explain.ts')
    return { usage, run: (args) => explain(args, env, readFile, write) }
  },
  drill: async () => {
    const { DRILL_USAGE: usage, drill } = await import('./drill.ts')
    return { usage, run: (args) => drill(args, env, readFile, write) }
  },
  audit: async () => {
    const { AUDIT_USAGE: usage, audit } = await import('./audit.ts')
    return { usage, run: (args) => audit(args, env, readFile, () => readFileSync(0, 'utf8'), write, Date.now()) }
  },
}

// A reader that has seen enough (`| head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
const [name, ...args] = process.argv.slice(2)
process.exitCode = await run(name, args)

async function run(name: string | undefined, args: readonly string[]): Promise<number> {
  if (name === undefined) return await showUsage(Object.keys(COMMANDS), 2)
  if (name === '--version') return showVersion()
  if (isHelp(name))
    return await showUsage(args[0] !== undefined && isCommand(args[0]) ? [args[0]] : Object.keys(COMMANDS), 0)
  if (!isCommand(name)) {
    const { nearest, show } = await import('../config/report.ts')
    write(`expected a command${nearest(name, Object.keys(COMMANDS))}, got ${show(name)}`)
    return await showUsage(Object.keys(COMMANDS), 2)
  }
  return args.some((word) => word === '--help' || word === '-h')
    ? await showUsage([name], 0)
    : await (await load(name)).run(args)
}

async function showUsage(names: readonly string[], code: number): Promise<number> {
  for (const name of names) write((await load(name)).usage)
  return code
}

function showVersion(): number {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  write((JSON.parse(text) as { version: string }).version)
  return 0
}

function isHelp(word: string): boolean {
  return word === 'help' || word === '--help' || word === '-h'
}

function isCommand(name: string): boolean {
  return Object.hasOwn(COMMANDS, name)
}

function load(name: string): Promise<Command> {
  return (COMMANDS[name] as () => Promise<Command>)()
}
