// From the environment and the file to a running gateway, until somebody ends it or it can't go on.
import { existsSync, readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createLog } from './adapters/log.ts'
import { readDocument } from './config/document.ts'
import { readEnvironment } from './config/env.ts'
import { restartNeeded } from './config/reload.ts'
import type { Settings } from './config/settings.ts'
import { type Checked, formatProblem, isWrong, type Problem } from './domain/problem.ts'
import { createGateway } from './gateway.ts'
import { greeting } from './greeting.ts'

/** A shutdown that takes longer than this ends as it is: what was acknowledged is on disk. */
const LONGEST_SHUTDOWN = 9_000
const LOOK_AT_FILE_EVERY = 2_000

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const readFile = (path: string): string => readFileSync(path, 'utf8')

const environment = readEnvironment(process.env, readFile)
if (isWrong(environment)) refuse('The environment can’t be used', environment.problems)
const file = environment.value.config ?? 'overdue.yaml'
if (environment.value.config !== undefined && !existsSync(file)) {
  refuse('The configuration can’t be read', [
    { path: 'OVERDUE_CONFIG', expected: 'a file', found: `nothing at ${file}` },
  ])
}
const first = readSettings()
if (isWrong(first)) refuse(`${file} can’t be used`, first.problems)
let settings: Settings = first.value
const { log } = createLog(settings.log)

const gateway = await createGateway(settings, log, version)
if ('refused' in gateway) refuse(gateway.refused, [])
for (const line of greeting(gateway, settings)) console.log(line)

process.on('SIGHUP', reload)
watchFile(file, { interval: LOOK_AT_FILE_EVERY }, (now, before) => {
  if (now.mtimeMs !== before.mtimeMs) reload()
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(0, signal))
void gateway.broken.then((why) => end(1, why))

function readSettings(): Checked<Settings> {
  const text = existsSync(file) ? readFile(file) : ''
  const hostZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return readDocument(text, {
    env: process.env,
    file: text === '' ? '' : file,
    readFile,
    environment: (environment as { value: Extract<typeof environment, { value: unknown }>['value'] }).value,
    hostZone,
  })
}

/** Keeps what it has when the file has a problem. */
function reload(): void {
  const next = readSettings()
  if (isWrong(next)) {
    log('config.refused', { file, problems: next.problems.map(formatProblem) })
    return
  }
  const waiting = restartNeeded(settings, next.value)
  settings = next.value
  void (gateway as Exclude<typeof gateway, { refused: string }>).reconfigure(settings)
  log('config.loaded', { file, heartbeats: settings.heartbeats.length, needsRestart: waiting })
}

async function end(code: number, why: string): Promise<void> {
  log('gateway.ending', { why })
  unwatchFile(file)
  setTimeout(() => process.exit(code === 0 ? 1 : code), LONGEST_SHUTDOWN).unref()
  await (gateway as AsyncDisposable)[Symbol.asyncDispose]()
  process.exit(code)
}

function refuse(what: string, problems: readonly Problem[]): never {
  console.error(`Overdue does not start. ${what}${problems.length > 0 ? ':' : ''}`)
  for (const problem of problems) console.error(`  ${formatProblem(problem)}`)
  process.exit(1)
}
