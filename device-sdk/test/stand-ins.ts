// What an empty project has in place of libraries that examples use: as much of their shape as the examples need.

/** Modules by name, as JavaScript. */
export const STAND_INS: Readonly<Record<string, string>> = {
  bullmq: `import { EventEmitter } from 'node:events'
export const busy = []
export class Worker extends EventEmitter {
  constructor(queue, processor) {
    super()
    const job = { id: '1', name: queue, attemptsMade: 1, opts: {} }
    busy.push(new Promise((resolve) => setImmediate(async () => {
      this.emit('active', job, 'waiting')
      this.emit('completed', job, await processor(job), 'active')
      resolve()
    })))
  }
}`,
  'node-cron': `import { EventEmitter } from 'node:events'
function schedule(expression, job) {
  const task = new EventEmitter()
  task.execute = async () => {
    const execution = { id: 'x' }
    task.emit('execution:started', { execution })
    await job()
    task.emit('execution:finished', { execution })
  }
  return task
}
const cron = { schedule }
export { cron as default }`,
}
