// `overdue …`: finds the command and gives it what it needs of the process. Each command answers with an exit code:
// 0 good, 1 what was asked about is bad, 2 usage. Only the command that is asked for is loaded, and no stream is
// touched before it is used: what exec runs gets them as they are.
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Screen, Shell } from './shell.ts'

type Command = { readonly usage: string; run(args: readonly string[]): number | Promise<number> }

const { env } = process
let isWriting = false

const shell: Shell = {
  env,
  readFile: (path) => readFileSync(path, 'utf8'),
  input: () => process.stdin.setEncoding('utf8'),
  write(line) {
    // A reader that has seen enough (`| head -1`) is no error.
    if (!isWriting)
      process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
    isWriting = true
    process.stdout.write(`${line}\n`)
  },
  warn: (line) => void process.stderr.write(`${line}\n`),
  screen(): Screen | undefined {
    const { isTTY, columns, rows } = process.stdout
    return isTTY
      ? { columns: columns || 80, rows: rows || 24, isColoured: !env['NO_COLOR'] && env['TERM'] !== 'dumb' }
      : undefined
  },
  now: Date.now,
  pause,
}

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  exec: async () => {
    const { EXEC_USAGE: usage, exec } = await import('./exec.ts')
    // Whatever is still open is no reason to stay.
    return { usage, run: async (args) => process.exit(await exec(args, env)) }
  },
  ping: async () => {
    const { PING_USAGE: usage, ping } = await import('./ping.ts')
    return { usage, run: (args) => ping(args, shell) }
  },
  next: async () => {
    const { NEXT_USAGE: usage, next } = await import('./next.ts')
    return { usage, run: (args) => next(args, shell) }
  },
  check: async () => {
    const { CHECK_USAGE: usage, check } = await import('./check.ts')
    return { usage, run: (args) => check(args, shell) }
  },
  explain: async () => {
    const { EXPLAIN_USAGE: usage, explain } = await import('./explain.ts')
    return { usage, run: (args) => explain(args, shell) }
  },
  status: async () => {
    const { STATUS_USAGE: usage, status } = await import('./status.ts')
    return { usage, run: (args) => status(args, shell) }
  },
  ack: async () => {
    const { ACK_USAGE: usage, ack } = await import('./answer.ts')
    return { usage, run: (args) => ack(args, shell) }
  },
  resolve: async () => {
    const { RESOLVE_USAGE: usage, resolve } = await import('./answer.ts')
    return { usage, run: (args) => resolve(args, shell) }
  },
  silence: async () => {
    const { SILENCE_USAGE: usage, silence } = await import('./silence.ts')
    return { usage, run: (args) => silence(args, shell) }
  },
  drill: async () => {
    const { DRILL_USAGE: usage, drill } = await import('./drill.ts')
    return { usage, run: (args) => drill(args, shell) }
  },
  audit: async () => {
    const { AUDIT_USAGE: usage, audit } = await import('./audit.ts')
    return { usage, run: (args) => audit(args, shell) }
  },
  export: async () => {
    const { EXPORT_USAGE: usage, exportFile } = await import('./export.ts')
    return { usage, run: (args) => exportFile(args, shell) }
  },
  completion: async () => {
    const { COMPLETION_USAGE: usage, completion } = await import('./completion.ts')
    return { usage, run: async (args) => completion(args, shell, await usages()) }
  },
}

const [name, ...args] = process.argv.slice(2)
process.exitCode = await run(name, args)

async function run(name: string | undefined, args: readonly string[]): Promise<number> {
  if (name === undefined) return await showUsage(Object.keys(COMMANDS), 2)
  if (name === '--version') return showVersion()
  if (isHelp(name))
    return await showUsage(args[0] !== undefined && isCommand(args[0]) ? [args[0]] : Object.keys(COMMANDS), 0)
  if (!isCommand(name)) {
    const { nearest, show } = await import('../config/report.ts')
    shell.write(`expected a command${nearest(name, Object.keys(COMMANDS))}, got ${show(name)}`)
    return await showUsage(Object.keys(COMMANDS), 2)
  }
  const command = await load(name)
  if (!ownOf(args).some((word) => word === '--help' || word === '-h')) return await command.run(args)
  shell.write(command.usage)
  return 0
}

/** What stands behind `--` is another command's. */
function ownOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--')
  return end < 0 ? args : args.slice(0, end)
}

async function showUsage(names: readonly string[], code: number): Promise<number> {
  for (const name of names) shell.write((await load(name)).usage)
  return code
}

async function usages(): Promise<Readonly<Record<string, string>>> {
  const entries = Object.keys(COMMANDS).map(async (name) => [name, (await load(name)).usage] as const)
  return Object.fromEntries(await Promise.all(entries))
}

function showVersion(): number {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  shell.write((JSON.parse(text) as { version: string }).version)
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
