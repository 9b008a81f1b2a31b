// `overdue exec`: runs a command as if it ran alone, and tells the gateway how it went.
import { writeSync } from 'node:fs'
import type { Variables } from '../config/env.ts'
import { readJob, type ToldJob } from './exec-args.ts'
import { type Ended, startCommand } from './exec-command.ts'
import { type Output, openOutput } from './exec-output.ts'

export const EXEC_USAGE = `overdue exec NAME [--every 5m] [--tail 10kB] [--output | --no-output]
             [--create [--cron LINE [--zone ZONE]] [--grace 10m] [--owner TEXT] [--desc TEXT] [--tags TEXT]]
             [--timeout 2s] [--wait] [--quiet]
             [--url URL] [--key KEY]   # else OVERDUE_URL; OVERDUE_TOKEN: the heartbeat's key
             -- COMMAND…`

/** Exit code: the command's own, whatever the gateway does; 127 and 126 as of a shell; 2 usage, and nothing is run. */
export async function exec(args: readonly string[], env: Variables): Promise<number> {
  const job = readJob(args, env)
  if ('problem' in job) {
    say(`${job.problem}\n${EXEC_USAGE}`)
    return 2
  }
  const { untold, url } = job
  if (url === undefined) say(`overdue: ${untold}; the command runs untold`)
  const output = openOutput(job)
  const running = startCommand(job.command, output.streams)
  output.begin()
  const told = url === undefined ? undefined : await tell({ ...job, url })
  const ended = await running
  await output.end()
  if (ended.why !== undefined) say(`overdue: ${job.command[0]}: ${ended.why}`)
  await told?.(ended, output)
  return ended.code
}

/** Begins to tell of a job that runs already while this is loaded; what comes back tells of its end. */
async function tell(job: ToldJob): Promise<(ended: Ended, output: Output) => Promise<void>> {
  const [{ tellWhile }, { tellEnd }] = await Promise.all([import('./exec-tell.ts'), import('./exec-end.ts')])
  const complain = complainer(job)
  const telling = tellWhile(job, complain)
  return async (ended, output) => {
    const from = performance.now()
    const limit = await telling.stop(job.timeout / 2)
    const waited = performance.now() - from
    const ending = { ...ended, run: telling.run, output: output.last(limit), waited }
    complain(await tellEnd(job, ending))
  }
}

/** Says a thing once, until it has been otherwise: undefined. */
function complainer({ isQuiet, url, name }: ToldJob): (why: string | undefined) => void {
  let said: string | undefined
  return (why) => {
    if (why !== undefined && why !== said && !isQuiet) say(`overdue: ${name}: ${url} ${why}`)
    said = why
  }
}

/** Not to standard output, which is the command's; and not through a stream, which would change what the command has. */
function say(line: string): void {
  try {
    writeSync(2, `${line}\n`)
  } catch {
    // Nobody is there to read it.
  }
}
