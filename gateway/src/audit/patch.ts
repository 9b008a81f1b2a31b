// The changes that make jobs ping, as a diff that is printed and never applied; what has to be changed by hand stands
// above it, with the reason.
import { type Choice, chosen, leftOut } from './choice.ts'
import { diffLines, newFileLines } from './diff.ts'
import { place } from './inventory.ts'
import type { Audit, Job, Kind } from './job.ts'
import { shown } from './mask.ts'
import { addressOf, callOf, columnsOf, dropInText, type Means, pinging } from './pinging.ts'

/** `meansFor` says what a job with that PATH, of that group, can start. */
export function* patchLines(
  audit: Audit,
  meansFor: (path: readonly string[]) => Means,
  choice: Choice,
): Iterable<string> {
  const jobs = chosen(audit, choice)
  const changes = new Map<string, Map<number, string>>()
  const dropIns = new Map<string, string>()
  const notes: string[] = []
  for (const job of jobs) {
    const why = job.stopped !== undefined ? undefined : planned(job, audit, meansFor, changes, dropIns)
    if (why !== undefined) notes.push(`# ${job.name}: not changed: ${shown(why)} (${place(job)})`)
  }
  yield '# Made by overdue audit: look at it, then patch -p1 < FILE or git apply FILE where the paths begin.'
  const left = leftOut(audit, choice)
  if (left !== undefined) yield `# ${left}`
  yield* notes
  for (const file of changes.keys())
    if (/^crontab\.|\/var\/spool\/cron\//.test(file))
      yield `# ${file}: better by crontab -l, patch and crontab than in place.`
  for (const [file, lines] of changes) yield* diffLines(file, audit.texts.get(file) as string, lines)
  for (const [file, text] of dropIns) yield* newFileLines(file, text)
  if (dropIns.size > 0) yield '# Then: systemctl daemon-reload'
}

/** Where the line to put in is one of a shell. */
const IN_A_SHELL: readonly Kind[] = ['run-parts', 'github', 'jenkins', 'kubernetes']
const MEANS_OF_UNITS = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']

/** Why nothing is planned; undefined where it is, or where the job pings already. */
function planned(
  job: Job,
  audit: Audit,
  meansFor: (path: readonly string[]) => Means,
  changes: Map<string, Map<number, string>>,
  dropIns: Map<string, string>,
): string | undefined {
  const { seam, pings, file, line } = job
  if (pings.length > 0) return undefined
  if ('why' in job.when) return `no heartbeat can say when it runs: ${job.when.why}`
  if (seam === undefined || typeof seam === 'string') {
    const means = meansFor(MEANS_OF_UNITS)
    const call = IN_A_SHELL.includes(job.kind) ? callOf(job.name, means) : addressOf(job.name, means)
    return `${seam ?? 'nobody knows where a ping fits in'}: ${call ?? addressOf(job.name, means)}`
  }
  if (seam.kind === 'drop-in') {
    const text = dropInText(job, meansFor(MEANS_OF_UNITS))
    if (text === undefined) return 'curl was not found'
    if (!isPlain(seam.file)) return 'its path has characters that no diff can carry'
    if (dropIns.has(seam.file)) return 'another timer starts the same service'
    return void dropIns.set(seam.file, text)
  }
  const whole = audit.texts.get(file)?.split('\n')[line - 1]
  if (whole === undefined || !isPlain(file)) return 'its path has characters that no diff can carry'
  // What was no UTF-8 is not there any more.
  if (audit.texts.get(file)?.includes('\ufffd')) return 'its file is not UTF-8'
  if (whole.endsWith('\r')) return 'its line ends in a carriage return, which cron gives to the shell'
  const [before, command, after] = columnsOf(seam, whole)
  const changed = pinging(job, command, seam.percent, meansFor(seam.path))
  if ('why' in changed) return changed.why
  const lines = changes.get(file) ?? new Map<number, string>()
  lines.set(line, `${before}${changed.command}${after}`)
  changes.set(file, lines)
  return undefined
}

function isPlain(path: string): boolean {
  return !/[\p{Cc}"\\]/u.test(path)
}
