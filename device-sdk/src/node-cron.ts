// Follows a task of node-cron by its events. Knows the shape of the library's task, not the library.
import type { Heartbeat } from './heartbeat.ts'
import type { Run } from './run.ts'

/** As much of node-cron's `TaskContext` as is read. */
export type TaskContext = { readonly execution?: { readonly id: string; readonly error?: unknown } | undefined }

/** As much of node-cron's `ScheduledTask` (version 4) as is used. */
export type CronTask = {
  // biome-ignore lint/suspicious/noExplicitAny: the library has a union of its events here
  on(event: any, listener: (context: any) => void): unknown
}

/**
 * Tells each execution of a node-cron task as a run. One that was left out, since the task before it still ran or the
 * process was busy, is a line of the log: whether it matters, the schedule of the heartbeat says.
 *
 * @param task - what `cron.schedule` of node-cron 4 returns. With older versions wrap the job: `() =>
 * heartbeat.around(job)`.
 * @example
 * const task = cron.schedule('0 3 * * *', async () => 'cleaned')
 * followTask(task, heartbeat('cleanup', { url: process.env.OVERDUE_URL }))
 * await task.execute() // cleanup hears: start, ok
 */
export function followTask(task: CronTask, heartbeat: Heartbeat): void {
  const runs = new Map<string, Run>()

  function end({ execution }: TaskContext): Run | Heartbeat {
    const run = runs.get(execution?.id ?? '')
    runs.delete(execution?.id ?? '')
    return run ?? heartbeat
  }

  task.on('execution:started', ({ execution }: TaskContext) => runs.set(execution?.id ?? '', heartbeat.start()))
  task.on('execution:finished', (context: TaskContext) => end(context).ok())
  task.on('execution:failed', (context: TaskContext) => end(context).fail(context.execution?.error))
  task.on('execution:missed', () => heartbeat.log('an execution was missed'))
  task.on('execution:overlap', () => heartbeat.log('an execution was left out: the one before it still runs'))
}
