// Helpers for what others wrote: workers, schedulers, web frameworks; by their events and shapes.
import { EventEmitter } from 'node:events'
import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { followWorker } from './bullmq.ts'
import { healthHandler } from './health.ts'
import { type Heartbeat, heartbeat } from './heartbeat.ts'
import { followTask } from './node-cron.ts'

/** A heartbeat whose signals are noted instead of sent: `kind run message`, runs numbered as they appear. */
function noted(): { told: string[]; made: Heartbeat } {
  const told: string[] = []
  const runs: (string | undefined)[] = [undefined]
  const made = heartbeat('a', { url: 'http://127.0.0.1:9' })
  if (made.courier === undefined) throw new Error('expected a courier')
  made.courier.add = ({ kind, run, message }) => {
    if (!runs.includes(run)) runs.push(run)
    told.push([kind, runs.indexOf(run) || '', message].join(' ').trim())
  }
  return { told, made }
}

describe('a BullMQ worker', () => {
  const job = (id: string, more: object = {}) => ({ id, name: 'mail', attemptsMade: 1, opts: {}, ...more })

  it('tells each job as a run, also those that overlap', () => {
    const { told, made } = noted()
    const worker = new EventEmitter()
    followWorker(worker, made)
    worker.emit('active', job('1'), 'waiting')
    worker.emit('active', job('2'), 'waiting')
    worker.emit('completed', job('2'), 'sent', 'active')
    worker.emit('failed', job('1', { finishedOn: 1 }), new Error('no route'), 'active')
    expect(told).toEqual(['start 1', 'start 2', 'ok 2', 'fail 1 Error: no route'])
  })

  it('tells a failed attempt as a line of the log while there are others left, and the last as the fail', () => {
    const { told, made } = noted()
    const worker = new EventEmitter()
    followWorker(worker, made)
    const opts = { attempts: 2 }
    worker.emit('active', job('1', { opts }), 'waiting')
    worker.emit('failed', job('1', { opts }), new Error('busy'), 'active')
    worker.emit('active', job('1', { opts }), 'waiting')
    worker.emit('failed', job('1', { opts, attemptsMade: 2, finishedOn: 1 }), new Error('still busy'), 'active')
    expect(told).toEqual(['start 1', 'log 1 attempt 1 of 2 failed: Error: busy', 'fail 1 Error: still busy'])
  })

  it('tells what can’t be tried again as a fail, whatever attempts are left, and a job without itself', () => {
    const { told, made } = noted()
    const worker = new EventEmitter()
    followWorker(worker, made)
    worker.emit('active', job('1', { opts: { attempts: 9 } }), 'waiting')
    worker.emit('failed', job('1', { opts: { attempts: 9 }, finishedOn: 1 }), new Error('gone'), 'active')
    worker.emit('failed', undefined, new Error('stalled too often'), 'active')
    worker.emit('active', job('2'), 'waiting')
    worker.emit('stalled', '2', 'active')
    worker.emit('stalled', '3', 'active')
    expect(told).toEqual([
      'start 1',
      'fail 1 Error: gone',
      'fail  Error: stalled too often',
      'start 2',
      'log 2 job 2 stalled',
    ])
  })
})

it('a node-cron task tells each execution as a run, and those left out as lines of the log', () => {
  const { told, made } = noted()
  const task = new EventEmitter()
  followTask(task, made)
  task.emit('execution:started', { execution: { id: 'x' } })
  task.emit('execution:overlap', {})
  task.emit('execution:finished', { execution: { id: 'x' } })
  task.emit('execution:started', { execution: { id: 'y' } })
  task.emit('execution:failed', { execution: { id: 'y', error: new Error('no route') } })
  task.emit('execution:missed', {})
  expect(told).toEqual([
    'start 1',
    'log  an execution was left out: the one before it still runs',
    'ok 1',
    'start 2',
    'fail 2 Error: no route',
    'log  an execution was missed',
  ])
})

describe('the health of a worker', () => {
  it('is asked for through Fastify: 200 while all is well, 503 once something failed, 200 after the next ok', async () => {
    const { made } = noted()
    await using app = fastify()
    app.get('/healthz', healthHandler([made]))
    const ask = async () => {
      const { statusCode, body } = await app.inject('/healthz')
      return [statusCode, JSON.parse(body).heartbeats[0].state]
    }
    expect(await ask()).toEqual([200, 'unseen'])
    made.ok()
    expect(await ask()).toEqual([200, 'ok'])
    made.fail('no database')
    expect(await ask()).toEqual([503, 'failed'])
    made.ok()
    expect(await ask()).toEqual([200, 'ok'])
  })

  it('is stale when the last ok, or the start without one, is too long ago, and well while the gateway is away', async () => {
    const away = heartbeat('a', { url: 'http://127.0.0.1:9', onProblem: () => {} })
    const answers: unknown[] = []
    const response = { status: (code: number) => ({ send: (body: unknown) => answers.push([code, body]) }) }
    healthHandler([away], { staleAfter: -1 as never })(undefined, response)
    healthHandler([away], { staleAfter: '0s' })(undefined, response)
    away.ok()
    await away.flush()
    healthHandler([away])(undefined, response)
    expect(answers).toMatchObject([
      [200, { status: 'ok', heartbeats: [{ state: 'unseen', gatewayReachable: null }] }],
      [503, { status: 'failed', heartbeats: [{ state: 'stale', lastOkAge: null }] }],
      [200, { status: 'ok', heartbeats: [{ state: 'ok', pending: 1, dropped: 0, gatewayReachable: false }] }],
    ])
  })
})
