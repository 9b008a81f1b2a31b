// Tells how a job ended: once while its caller waits, and where that fails for a minute more, beside or behind them.
import { SECOND } from '../domain/time.ts'
import type { ToldJob } from './exec-args.ts'
import { handOver } from './exec-hand-over.ts'
import { aged, persist } from './exec-persist.ts'
import { asksToEnd, PASSED } from './exec-signals.ts'
import { type Ending, endOf, postOf, reasonOf } from './exec-words.ts'
import { postSignal } from './signal-post.ts'

/** Why the gateway does not know; undefined: it does. */
export async function tellEnd(job: ToldJob, ending: Ending): Promise<string | undefined> {
  const hurry = new AbortController()
  for (const signal of PASSED) if (asksToEnd(signal) || signal === 'SIGHUP') process.once(signal, () => hurry.abort())
  const post = postOf(job, endOf(job, ending))
  // Whoever reads the output may have kept the rest of it waiting.
  const isOld = performance.now() - ending.at > SECOND
  const first = await postSignal(isOld ? aged(post, ending.at) : post, job.timeout - ending.waited, hurry.signal)
  const sent = first.kind === 'later' && job.waits ? await persist(post, ending.at, hurry.signal) : first
  if (sent.kind === 'taken') return undefined
  if (sent.kind === 'refused' || (job.waits && !hurry.signal.aborted)) return reasonOf(sent)
  await handOver(post, ending.at)
  return `${sent.why}; it is told for a minute from the background`
}
