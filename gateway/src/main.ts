// From the environment and the file to a running gateway, until somebody ends it or it can't go on.
import { existsSync, readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createLog } from './adapters/log.ts'
import { readDocument } from './config/document.ts'
import { readEnvironment } from './config/env.ts'
import { gapWarnings } from './config/oncall-gaps.ts'
import { restartNeeded } from './config/reload.ts'
import type { Settings } from './config/settings.ts'
import { type Checked, formatProblem, isWrong, type Problem } from './domain/problem.ts'
import { createGateway, type Gateway } from './gateway.ts'
import { greeting } from './greeting.ts'

/** A shutdown that takes longer than this ends as it is: what was acknowledged is on disk. */
const LONGEST_SHUTDOWN = 9_000
const LOOK_AT_FILE_EVERY = 2_000
const LOOK_AT_PARENT_EVERY = 500

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const readFile = (path: string): string => readFileSync(path, 'utf8')

const environment = good(readEnvironment(process.env, readFile), 'The environment can’t be used')
const file = environment.config ?? 'overdue.yaml'
if (environment.config !== undefined && !existsSync(file))
  refuse(`OVERDUE_CONFIG names ${file}, and there is no such file`)
let settings: Settings = good(readSettings(), `${file} can’t be used`)
const { log } = createLog(settings.log)

const started = await createGateway(settings, log, version)
const gateway: Gateway = 'refused' in started ? refuse(started.refused) : started
for (const line of greeting(gateway, settings)) console.log(line)
warnOfGaps()

process.on('SIGHUP', reload)
watchFile(file, { interval: LOOK_AT_FILE_EVERY }, (now, before) => {
  if (now.mtimeMs !== before.mtimeMs) reload()
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(0, signal))
// The shell between npm and us does not pass signals on; when it is gone, somebody ended npm.
if (process.env['npm_lifecycle_event'] !== undefined) whenOrphaned(() => void end(0, 'npm ended'))
void gateway.broken.then((why) => end(1, why))

function readSettings(): Checked<Settings> {
  const text = existsSync(file) ? readFile(file) : ''
  const hostZone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return readDocument(text, {
    env: process.env,
    file: text === '' ? '' : file,
    readFile,
    environment,
    hostZone,
  })
}

/** Keeps what it has when the file has a problem, or is gone: nobody stops monitoring by moving a file. */
function reload(): void {
  const missing: Checked<Settings> = { problems: [{ path: file, expected: 'a file', found: 'none' }] }
  const next = existsSync(file) ? readSettings() : missing
  if (isWrong(next)) return log('config.refused', { file, problems: next.problems.map(formatProblem) })
  const waiting = restartNeeded(settings, next.value)
  settings = next.value
  void gateway.reconfigure(settings)
  warnOfGaps()
  log('config.loaded', { file, heartbeats: settings.heartbeats.length, needsRestart: waiting })
}

/** Nobody is on call at times: the gateway runs all the same, and pages the fallback then. */
function warnOfGaps(): void {
  for (const gap of gapWarnings(settings.oncall, Date.now())) log('oncall.gap', gap)
}

function whenOrphaned(then: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    then()
  }, LOOK_AT_PARENT_EVERY).unref()
}

async function end(code: number, why: string): Promise<void> {
  log('gateway.ending', { why })
  unwatchFile(file)
  setTimeout(() => process.exit(code === 0 ? 1 : code), LONGEST_SHUTDOWN).unref()
  await gateway[Symbol.asyncDispose]()
  process.exit(code)
}

function good<T>(checked: Checked<T>, otherwise: string): T {
  return isWrong(checked) ? refuse(otherwise, checked.problems) : checked.value
}

function refuse(what: string, problems: readonly Problem[] = []): never {
  console.error(`Overdue does not start. ${what}${problems.length > 0 ? ':' : '.'}`)
  for (const problem of problems) console.error(`  ${formatProblem(problem)}`)
  process.exit(1)
}
