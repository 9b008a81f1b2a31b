// What the heartbeat of a job is called: as the job says it itself where it pings already, else after what it runs.
// Names are two levels, the group and the job, and differ by more than case.
import { isName, LEVEL_LENGTH } from '@overdue/device-sdk/wire'
import type { Found, Job } from './job.ts'
import { pingsIn } from './pings.ts'

export function nameJobs(found: readonly Found[], gateway: string | undefined): readonly Job[] {
  const taken = new Set<string>()
  const pinging = found.map((job) => {
    const pings = pingsIn(`${job.command}\n${job.evidence ?? ''}`, gateway)
    const [own, ...others] = new Set(pings.flatMap(({ name }) => name ?? []))
    const said = others.length === 0 ? own : undefined
    if (said !== undefined) taken.add(said.toLowerCase())
    return { job, pings, said }
  })
  // What does not run takes no name from what does.
  const names = new Map<Found, string>()
  for (const isStopped of [false, true])
    for (const { job, said } of pinging)
      if ((job.stopped !== undefined) === isStopped) names.set(job, said ?? freeName(job, taken))
  return pinging.map(({ job, pings }) => ({ ...job, pings, name: names.get(job) as string }))
}

/** A level of a name out of any text: `Nightly backup.sh` is `Nightly-backup-sh`. */
export function levelOf(text: string, otherwise: string): string {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '')
  const level = plain
    .replaceAll(/[^A-Za-z0-9_]+/g, '-')
    .replaceAll(/^[-_]+|-+$/g, '')
    .slice(0, LEVEL_LENGTH)
  return level.replace(/-+$/, '') || otherwise
}

function freeName(job: Found, taken: Set<string>): string {
  const group = levelOf(job.group, 'host')
  const plain = levelOf(job.title.replace(/\.(?:sh|bash|py|pl|rb|js|ts|php|jar|exe)$/, ''), job.kind)
  // A number, or a word that would read as an event, can't be a second level.
  const level = isName(`${group}/${plain}`) ? plain : `${job.kind}-${plain}`.slice(0, LEVEL_LENGTH)
  const user = levelOf(job.owner?.from === 'crontab' ? job.owner.name : job.kind, job.kind)
  const candidates = [level, `${level.slice(0, LEVEL_LENGTH - user.length - 1)}-${user}`]
  for (let count = 0; ; count++) {
    const name = `${group}/${candidates.shift() ?? `${level.slice(0, LEVEL_LENGTH - 6)}-${count}`}`
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
}
