// Follows a BullMQ worker by its events. Knows the shape of the library's worker, not the library.
import type { Heartbeat } from './heartbeat.ts'
import type { Run } from './run.ts'
import { reasonOf } from './signal.ts'

/** As much of BullMQ's `Job` as is read. */
export type QueueJob = {
  readonly id?: string | undefined
  readonly name?: string
  readonly attemptsMade?: number
  readonly finishedOn?: number | null | undefined
  readonly opts?: { readonly attempts?: number | undefined }
}

/** As much of BullMQ's `Worker` as is used. */
export type QueueWorker = {
  // biome-ignore lint/suspicious/noExplicitAny: each event of the worker has listeners of another type
  on(event: any, listener: (...what: any[]) => void): unknown
}

/**
 * Tells each job of a BullMQ worker as a run: `active` starts it, `completed` is its ok, `failed` its fail when no
 * attempt is left, and a line of the log while there are some. An empty queue tells nothing: for the life of the worker
 * itself use `every`.
 *
 * @param worker - a `Worker` of BullMQ, or anything with its events.
 * @example
 * const worker = new Worker('mails', async () => 'sent')
 * followWorker(worker, heartbeat('mails', { url: process.env.OVERDUE_URL })) // mails hears: start, ok
 */
export function followWorker(worker: QueueWorker, heartbeat: Heartbeat): void {
  const runs = new Map<string, Run>()

  function end(id: string | undefined): Run | undefined {
    const run = runs.get(id ?? '')
    runs.delete(id ?? '')
    return run
  }

  worker.on('active', (job: QueueJob) => {
    const id = job?.id ?? ''
    if (!runs.has(id)) runs.set(id, heartbeat.start())
  })
  worker.on('completed', (job: QueueJob) => (end(job?.id) ?? heartbeat).ok())
  worker.on('failed', (job: QueueJob | undefined, error: unknown) => {
    // A job that stalled too often comes without itself.
    if (job === undefined) return heartbeat.fail(error)
    if (isFinal(job)) return (end(job.id) ?? heartbeat).fail(error)
    const attempt = `attempt ${job.attemptsMade ?? 1} of ${job.opts?.attempts} failed: ${reasonOf(error)}`
    ;(runs.get(job.id ?? '') ?? heartbeat).log(attempt)
  })
  // It is given out again, to this worker or another: if that was once too often, it comes back as failed.
  worker.on('stalled', (id: string) => runs.get(id)?.log(`job ${id} stalled`))
}

/** BullMQ says when a job is finished only where no attempt is left. */
function isFinal({ finishedOn, attemptsMade = 1, opts }: QueueJob): boolean {
  return typeof finishedOn === 'number' || attemptsMade >= (opts?.attempts ?? 1)
}
