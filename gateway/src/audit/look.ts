// One audit: every place that is asked for is looked at, what is found is named, and what was looked at is remembered.
import type { Instant } from '../domain/time.ts'
import { cronJobs } from './cron-host.ts'
import type { Audit, Blind, Found, Kind } from './job.ts'
import { nameJobs } from './naming.ts'
import { fileJobs, repositoryJobs } from './repository.ts'
import type { Site } from './site.ts'
import { systemdJobs } from './systemd-host.ts'

export type Place =
  | { readonly kind: 'host'; readonly site: Site }
  | { readonly kind: 'repository'; readonly site: Site; readonly folder: string }
  /** `text` where it was read already. */
  | { readonly kind: 'file'; readonly site: Site; readonly file: string; readonly text?: string }

export function lookAt(places: readonly Place[], gateway: string | undefined, now: Instant): Audit {
  const found: Found[] = []
  const blind: Blind[] = []
  const looked = new Set<string>()
  const texts = new Map<string, string>()
  const remember = (kinds: readonly Kind[], { group, blind: all }: Site, from: number): void => {
    const hidden = all.slice(from)
    for (const kind of kinds)
      if (!hidden.some((one) => one.kind === undefined || one.kind === kind)) looked.add(lookedAt(group, kind))
  }
  for (const place of places) {
    const { site } = place
    if (place.kind === 'host') {
      found.push(...cronJobs(site))
      remember(HOST_KINDS, site, 0)
      const atSystemd = site.blind.length
      found.push(...systemdJobs(site))
      remember(['systemd'], site, atSystemd)
    } else if (place.kind === 'repository') {
      found.push(...repositoryJobs(site, place.folder, now))
      remember(REPOSITORY_KINDS, site, 0)
    } else found.push(...fileJobs(site, place.file, now, place.text))
    blind.push(...site.blind.splice(0))
    for (const [file, text] of site.texts) texts.set(file, text)
  }
  return { jobs: nameJobs(found, gateway), blind, looked, texts }
}

export function lookedAt(group: string, kind: Kind): string {
  return `${group} ${kind}`
}

const HOST_KINDS: readonly Kind[] = ['crontab', 'run-parts', 'anacron']
const REPOSITORY_KINDS: readonly Kind[] = ['crontab', 'systemd', 'github', 'jenkins', 'compose', 'celery', 'sidekiq']
