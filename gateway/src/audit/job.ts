// What an audit finds: scheduled jobs with all that is known of each, and the places that it could not look at.
import type { Schedule } from '../domain/schedule.ts'
import type { Duration } from '../domain/time.ts'
import type { Ping } from './pings.ts'

export const KINDS = [
  'crontab',
  'run-parts',
  'anacron',
  'systemd',
  'kubernetes',
  'github',
  'jenkins',
  'compose',
  'celery',
  'sidekiq',
] as const
export type Kind = (typeof KINDS)[number]

/** When a job runs, as it is written; `grace` where the default would be too short; or why no heartbeat can say it. */
export type When =
  | { readonly written: string; readonly schedule: Schedule; readonly grace?: Duration }
  | { readonly written: string; readonly why: string }

export type Owner = { readonly name: string; readonly from: 'crontab' | 'unit' | 'label' | 'file' | 'git' }

/** Where a ping can be put in: into a line of a file, or beside a unit. */
export type Seam =
  | {
      readonly kind: 'line'
      /** The columns of the command: `from` inclusive, `until` exclusive. */
      readonly from: number
      readonly until: number
      /** `%` ends the command, `\%` is one: in crontabs. */
      readonly percent: boolean
      /** The folders that the line's own PATH names. */
      readonly path: readonly string[]
    }
  | { readonly kind: 'drop-in'; readonly file: string }

/** A job as a reader finds it. */
export type Found = {
  readonly kind: Kind
  /** The host, the repository or the namespace. */
  readonly group: string
  /** What its heartbeat is named after. */
  readonly title: string
  readonly command: string
  readonly when: When
  readonly file: string
  readonly line: number
  readonly owner?: Owner
  readonly description?: string
  /** The package that brought it: not the work of whoever keeps this host. */
  readonly package?: string
  /** Why it does not run as it is. */
  readonly stopped?: string
  readonly notes?: readonly string[]
  /** More text that may ping: the script, the unit. */
  readonly evidence?: string
  /** Where a ping fits in, or why none does. */
  readonly seam?: Seam | string
}

export type Job = Found & { readonly name: string; readonly pings: readonly Ping[] }

/** A place that could not be looked at, in part or at all. */
export type Blind = {
  readonly where: string
  readonly why: string
  /** The only kind of job that may be hidden there; any, where it is not said. */
  readonly kind?: Kind
}

export type Audit = {
  readonly jobs: readonly Job[]
  readonly blind: readonly Blind[]
  /** The groups and kinds that were looked at wholly: `web-1 crontab`. */
  readonly looked: ReadonlySet<string>
  /** The texts of the files that have a seam. */
  readonly texts: ReadonlyMap<string, string>
}
