// Which jobs are meant where something is made of them: not those that packages brought, unless they are asked for, and
// none whose name is to be ignored.
import type { Audit, Job } from './job.ts'

export type Choice = {
  readonly packages: boolean
  /** Names; `*` stands for anything. */
  readonly ignore: readonly string[]
}

export function chosen({ jobs }: Audit, choice: Choice): readonly Job[] {
  return jobs.filter((job) => (choice.packages || job.package === undefined) && !isIgnored(job.name, choice))
}

export function isIgnored(name: string, { ignore }: Choice): boolean {
  return ignore.some((pattern) => patternOf(pattern).test(name))
}

/** How many are left out, in a line; undefined for none. */
export function leftOut({ jobs }: Audit, choice: Choice): string | undefined {
  const packaged = choice.packages ? 0 : jobs.filter((job) => job.package !== undefined).length
  return packaged === 0 ? undefined : `jobs that packages brought are left out: ${packaged}; --packages takes them in`
}

function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^\w-]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 'i')
}
