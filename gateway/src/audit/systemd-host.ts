// The timers of a host, and of its users: unit files, drop-ins, which of them are enabled, and what systemctl adds.
import type { Found } from './job.ts'
import { isUnseen, listFolder, readText, type Site, under } from './site.ts'
import { timerJob } from './timer.ts'
import type { UnitText } from './unit.ts'
import { nameOf, type User, usersOf } from './users.ts'

/** Where units are, first what goes before. */
const SYSTEM = ['/etc', '/run', '/usr/local/lib', '/usr/lib', '/lib'].map((root) => `${root}/systemd/system`)
const SHARED_USER = ['/etc', '/usr/lib'].map((root) => `${root}/systemd/user`)

export function systemdJobs(site: Site): readonly Found[] {
  const users = usersOf(site.tree)
  const known = listed(site)
  const jobs = [...jobsOf(site, SYSTEM, { users, known, isSystem: true })]
  for (const { name, home } of users) {
    const own = under(home, '.config/systemd/user')
    if (!home.startsWith('/') || home === '/' || isUnseen(site.tree.list(own))) continue
    jobs.push(...jobsOf(site, [own, ...SHARED_USER], { users, owner: name, isSystem: false, only: own }))
  }
  const found = new Set(jobs.map(({ title }) => `${title}.timer`))
  for (const { unit, activates } of known ?? []) {
    // Such as those that systemd-run makes.
    if (found.has(unit) || !unit.endsWith('.timer')) continue
    jobs.push({
      ...{ kind: 'systemd', group: site.group, title: unit.replace(/\.timer$/, ''), command: activates },
      ...{
        when: { written: unit, why: 'systemctl lists it, and no file says when it runs' },
        file: 'systemctl list-timers',
        line: 1,
      },
      seam: 'it has no unit file',
    })
  }
  return jobs
}

type Listed = { readonly unit: string; readonly activates: string }
type About = {
  readonly users: readonly User[]
  readonly isSystem: boolean
  readonly owner?: string
  readonly known?: readonly Listed[] | undefined
  /** The folder whose timers are meant. */
  readonly only?: string
}

function* jobsOf(site: Site, folders: readonly string[], about: About): Iterable<Found> {
  const [etc = ''] = folders
  const seen = new Set<string>()
  const enabled = enabledIn(site, folders)
  for (const folder of about.only === undefined ? folders : [about.only]) {
    if (site.tree.follow(folder) !== folder) continue
    for (const { name, kind } of listFolder(site, folder)) {
      if (!name.endsWith('.timer') || seen.has(name)) continue
      seen.add(name)
      // Masked: a link to /dev/null.
      if (kind !== 'file') continue
      const instances = name.endsWith('@.timer') ? [...enabled].filter((unit) => isInstance(unit, name)) : [name]
      for (const instance of instances) {
        const file = under(folder, name)
        const content = readText(site, file)
        if (content === undefined) continue
        const isActive = enabled.has(instance) || about.known?.some(({ unit }) => unit === instance)
        const isVendor = /^(?:\/usr)?\/lib\//.test(folder)
        yield timerJob(site, {
          name: instance,
          texts: [{ file, text: content.text }, ...dropIns(site, folders, instance)],
          serviceTexts: (service) => textsOf(site, folders, service),
          dropInFolder: etc,
          owner:
            about.owner === undefined
              ? { name: nameOf(about.users, content.uid) ?? String(content.uid), from: 'file' }
              : { name: about.owner, from: 'file' },
          ...(isVendor && { package: 'the distribution' }),
          ...(!isActive && { stopped: 'it is not enabled' }),
        })
      }
    }
  }
}

/** Units that another one wants: what `systemctl enable` makes. */
function enabledIn(site: Site, folders: readonly string[]): ReadonlySet<string> {
  const units = new Set<string>()
  for (const folder of folders)
    for (const { name, kind } of listFolder(site, folder))
      if (kind === 'folder' && /\.(?:wants|requires)$/.test(name))
        for (const unit of listFolder(site, under(folder, name))) units.add(unit.name)
  return units
}

function isInstance(unit: string, template: string): boolean {
  const prefix = template.slice(0, -'.timer'.length)
  return unit.startsWith(prefix) && unit.endsWith('.timer') && unit.length > template.length
}

/** The unit itself, or the template it is an instance of, and its drop-ins. */
function textsOf(site: Site, folders: readonly string[], unit: string): readonly UnitText[] {
  const template = unit.replace(/@[^@]+(\.\w+)$/, '@$1')
  for (const name of new Set([unit, template])) {
    for (const folder of folders) {
      const file = under(folder, name)
      const content = site.tree.read(file)
      if (!isUnseen(content)) return [{ file, text: content.text }, ...dropIns(site, folders, unit)]
    }
  }
  return []
}

function dropIns(site: Site, folders: readonly string[], unit: string): readonly UnitText[] {
  const template = unit.replace(/@[^@]+(\.\w+)$/, '@$1')
  const files = new Map<string, string>()
  for (const name of new Set([unit, template]))
    for (const folder of folders)
      for (const entry of listFolder(site, under(folder, `${name}.d`)))
        if (entry.name.endsWith('.conf') && entry.kind === 'file' && !files.has(entry.name))
          files.set(entry.name, under(under(folder, `${name}.d`), entry.name))
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, file]) => {
      const content = readText(site, file)
      return content === undefined ? [] : [{ file, text: content.text }]
    })
}

/** What runs now, on the host itself; undefined where systemd does not. */
function listed(site: Site): readonly Listed[] | undefined {
  const asked = site.run?.('systemctl', ['list-timers', '--all', '--no-pager', '-o', 'json'])
  if (asked === undefined || 'why' in asked) return undefined
  try {
    const units: unknown = JSON.parse(asked.out)
    if (!Array.isArray(units)) return undefined
    return units.flatMap((item: { unit?: unknown; activates?: unknown } | null) =>
      typeof item?.unit === 'string' ? [{ unit: item.unit, activates: String(item.activates ?? '') }] : [],
    )
  } catch {
    return undefined
  }
}
