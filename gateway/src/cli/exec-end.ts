// Tells how a job ended: once while its caller waits, and where that fails for a minute more, beside or behind them.
import type { ToldJob } from './exec-args.ts'
import { handOver } from './exec-hand-over.ts'
import { persist } from './exec-persist.ts'
import { asksToEnd, PASSED } from './exec-signals.ts'
import { type Ending, endOf, postOf, reasonOf } from './exec-words.ts'
import { postSignal } from './signal-post.ts'

/** Why the gateway does not know; undefined: it does. `until`: how long the caller waits. */
export async function tellEnd(job: ToldJob, ending: Ending, until: number): Promise<string | undefined> {
  const hurry = new AbortController()
  for (const signal of PASSED) if (asksToEnd(signal) || signal === 'SIGHUP') process.once(signal, () => hurry.abort())
  const post = postOf(job, endOf(job, ending))
  const first = await postSignal(post, until - performance.now(), hurry.signal)
  const sent = first.kind === 'later' && job.waits ? await persist(post, ending.at, hurry.signal) : first
  if (sent.kind === 'taken') return undefined
  if (sent.kind === 'refused' || (job.waits && !hurry.signal.aborted)) return reasonOf(sent)
  await handOver(post, ending.at)
  return `${sent.why}; it is told for a minute from the background`
}
