// GitHub Actions with `on: schedule:`. In a public repository they are switched off after 60 days without activity.
import type { PlacedDocument } from '../config/yaml.ts'
import { DAY, formatInstant, type Instant, MINUTE } from '../domain/time.ts'
import { at, fieldsOf, listOf, textOf } from './fields.ts'
import type { Found } from './job.ts'
import { baseName, type Site } from './site.ts'
import { cronWhen, oneOf, patient } from './when.ts'

/** `lastCommitAt` of the repository, where git tells it. */
export function githubJobs(
  site: Site,
  file: string,
  documents: readonly PlacedDocument[],
  lastCommitAt: Instant | undefined,
  now: Instant,
): readonly Found[] {
  const [document] = documents
  // `on` is `true` for those who read YAML 1.1.
  const key = ['on', 'true'].find((name) => at(document?.value, name, 'schedule') !== undefined)
  if (document === undefined || key === undefined) return []
  const entries = listOf(at(document.value, key, 'schedule'))
  const whens = entries.map((entry) =>
    cronWhen(textOf(at(entry, 'cron')) ?? '', textOf(at(entry, 'timezone')) ?? 'UTC'),
  )
  const jobs = fieldsOf(at(document.value, 'jobs'))
  const description = textOf(at(document.value, 'name'))
  const disabledAt = lastCommitAt === undefined ? undefined : lastCommitAt + IDLE
  return [
    {
      kind: 'github',
      group: site.group,
      title: baseName(file).replace(/\.ya?ml$/, ''),
      command: commandOf(jobs),
      when: patient(oneOf(whens), LATE),
      file,
      line: document.lineOf([key, 'schedule', 0, 'cron']),
      notes: [
        ...(disabledAt === undefined
          ? ['no commit is known: a public repository without activity for 60 days loses its schedules']
          : [
              `if the repository is public, GitHub ${disabledAt <= now ? 'has switched it off since' : 'switches it off on'} ${day(disabledAt)}, 60 days after the last commit`,
            ]),
        'only on the default branch; GitHub starts it late when it is busy',
      ],
      evidence: JSON.stringify(jobs),
      seam: 'a ping is a last step of its last job',
      ...(description !== undefined && { description }),
    },
  ]
}

const IDLE = 60 * DAY
const LATE = 30 * MINUTE

function day(instant: Instant): string {
  return formatInstant(instant).slice(0, 10)
}

function commandOf(jobs: unknown): string {
  const steps = Object.values(fieldsOf(jobs)).flatMap((job) => listOf(at(job, 'steps')))
  return steps.flatMap((step) => textOf(at(step, 'run')) ?? []).join('; ') || Object.keys(fieldsOf(jobs)).join(', ')
}
