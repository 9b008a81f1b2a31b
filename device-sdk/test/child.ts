// A job in a process of its own: `node child.ts <what> <options as JSON>`.
import { heartbeat } from '../src/heartbeat.ts'

const [, , what = '', options = '{}'] = process.argv
const job = heartbeat('job', { ...JSON.parse(options), onProblem: () => {} })

switch (what) {
  case 'run':
    await job.around((run) => run.log('half way'))
    break
  case 'fail':
    await job.around(() => {
      throw new Error('no space left')
    })
    break
  case 'work':
    job.every('1h')
    job.courier?.onLost.add(() => console.log('lost'))
    await job.flush()
    console.log('working')
    setInterval(() => {}, 60_000)
    break
  case 'idle':
    job.every('1h')
    await job.flush()
    break
  case 'leave':
    job.every('1h')
    await job.flush()
    process.exit(3)
    break
  case 'crash':
    job.every('1h')
    await job.flush()
    throw new Error('crashed')
  default:
    throw new Error(`expected something to do, got "${what}"`)
}
