// The heartbeats of an audit, as a part of overdue.yaml; jobs that no heartbeat can say are comments that tell why.
import { type Choice, chosen, leftOut } from './choice.ts'
import { place, scheduleKeys } from './inventory.ts'
import type { Audit, Job } from './job.ts'
import { escaped, shown } from './mask.ts'
import { inWords } from './words.ts'

/** The tag by which `--check` knows what an audit made. */
export const AUDIT_TAG = 'audit'

export function* heartbeatLines(audit: Audit, choice: Choice): Iterable<string> {
  yield '# Made by overdue audit. A part of overdue.yaml: overdue check says whether it is good.'
  for (const { where, why } of audit.blind) yield `# could not look at ${escaped(where)}: ${shown(why)}`
  const jobs = chosen(audit, choice)
  const left = leftOut(audit, choice)
  if (left !== undefined) yield `# ${left}`
  const declared = new Set<string>()
  const can = jobs.filter((job) => whyNot(job, declared) === undefined)
  yield can.length === 0 ? 'heartbeats: []' : 'heartbeats:'
  declared.clear()
  for (const job of jobs) {
    const why = whyNot(job, declared)
    if (why === undefined) yield* itemLines(job)
    else yield `  # ${job.name}: ${shown(why)} (${shown(inWords(job.when), 100)}; ${place(job)})`
  }
}

/** Marks the name as declared where nothing speaks against it. */
function whyNot(job: Job, declared: Set<string>): string | undefined {
  if (job.stopped !== undefined) return `does not run: ${job.stopped}`
  if ('why' in job.when) return job.when.why
  const name = job.name.toLowerCase()
  if (declared.has(name)) return 'pings a heartbeat that is declared above'
  declared.add(name)
  return undefined
}

function* itemLines(job: Job): Iterable<string> {
  if ('why' in job.when) return
  yield `  - name: ${quoted(job.name)} # ${place(job)}`
  const said = job.description === undefined ? '' : `${shown(job.description)}: `
  yield `    description: ${quoted(`${said}${shown(job.command)}`)}`
  if (job.owner !== undefined) yield `    owner: ${quoted(shown(job.owner.name, 80))}`
  yield `    group: ${quoted(shown(job.group, 80))}`
  yield `    tags: [${AUDIT_TAG}, ${job.kind}]`
  for (const [key, value] of Object.entries(scheduleKeys(job.when)))
    yield `    ${key}: ${/^(?:(?:\d+(?:ms|[smhd]))+|none)$/.test(value) ? value : quoted(value)}`
}

/** JSON's strings are YAML's; `${` would be filled in. */
function quoted(text: string): string {
  return JSON.stringify(text.replaceAll('${', () => '$${'))
}
