// A folder of files: finds those that schedule something, by their names and by what they say, and reads each as what
// it is. Links to folders are not followed, so that nothing is met twice and no loop is walked.
import { readDocuments } from '../config/yaml.ts'
import type { Instant } from '../domain/time.ts'
import { celeryJobs, speaksOfBeat } from './celery.ts'
import { composeJobs } from './compose.ts'
import { readCrontab } from './crontab.ts'
import { crontabJobs } from './crontab-jobs.ts'
import { githubJobs } from './github.ts'
import { type History, historyOf } from './history.ts'
import { jenkinsJobs } from './jenkins.ts'
import type { Found } from './job.ts'
import { kubernetesJobs } from './kubernetes.ts'
import { sidekiqJobs } from './sidekiq.ts'
import { baseName, folderOf, isUnseen, listFolder, readText, type Site, under } from './site.ts'
import { timerJob } from './timer.ts'

export function repositoryJobs(site: Site, folder: string, now: Instant): readonly Found[] {
  const history = historyOf(site, site.folder ?? folder)
  const walk: Walk = { site, history, now, left: MOST_FILES }
  const jobs = [...walkFolder(walk, folder, 0)]
  if (walk.left <= 0)
    site.blind.push({ where: folder || '.', why: `more than ${MOST_FILES} files: the others were not looked at` })
  return jobs.map((job) => ownedByAuthor(job, history))
}

/** One file that somebody names: read even if its name says nothing. */
export function fileJobs(site: Site, file: string, now: Instant, given?: string): readonly Found[] {
  const history = historyOf(site, folderOf(file) || '.')
  const text = given ?? readText(site, file)?.text
  if (text === undefined) return []
  return jobsIn({ site, history, now, left: 1 }, file, text, true).map((job) => ownedByAuthor(job, history))
}

type Walk = { readonly site: Site; readonly history: History; readonly now: Instant; left: number }

const MOST_FILES = 50_000
const DEEPEST = 24
/** What others wrote, or programs. */
const SKIPPED = new Set([
  ...[
    '.git',
    '.hg',
    '.svn',
    'node_modules',
    'vendor',
    '.venv',
    'venv',
    '__pycache__',
    '.tox',
    'dist',
    'build',
    'target',
  ],
  ...['.terraform', '.next', '.cache', 'site-packages', 'bower_components', '.mypy_cache', '.pytest_cache'],
])

function* walkFolder(walk: Walk, folder: string, depth: number): Iterable<Found> {
  for (const { name, kind, isLink } of listFolder(walk.site, folder)) {
    if (walk.left <= 0) return
    const path = under(folder, name)
    if (kind === 'folder') {
      if (isLink || SKIPPED.has(name)) continue
      if (depth >= DEEPEST) walk.site.blind.push({ where: path, why: 'too deep' })
      else yield* walkFolder(walk, path, depth + 1)
    } else if (kind === 'file') {
      walk.left--
      if (!mayMatter(path)) continue
      const text = readText(walk.site, path)?.text
      if (text !== undefined) yield* jobsIn(walk, path, text, false)
    }
  }
}

const YAML = /\.(?:ya?ml|json)$/
const CRONTAB = /(?:^|\/)crontabs?(?:\.[\w-]+)?$|\.cron(?:tab)?$|(?:^|\/)(?:cron\.d|crontabs)\/[^/]+$/

function mayMatter(path: string): boolean {
  return YAML.test(path) || CRONTAB.test(path) || /\.py$|\.timer$|jenkinsfile/i.test(path)
}

function jobsIn(walk: Walk, file: string, text: string, isNamed: boolean): readonly Found[] {
  const { site, history, now } = walk
  if (/jenkinsfile/i.test(baseName(file))) return jenkinsJobs(site, file, text)
  if (file.endsWith('.timer')) return [timerOf(site, file, text)]
  if (CRONTAB.test(file)) return isNamed || isTable(text) ? tableJobs(site, file, text) : []
  if (file.endsWith('.py')) return speaksOfBeat(text) ? celeryJobs(site, file, text) : []
  const looksYaml = YAML.test(file) || (isNamed && /^\s*[{[]|^\s*(?:apiVersion|kind|services|on)\s*:/m.test(text))
  if (!looksYaml) return isNamed ? tableJobs(site, file, text) : []
  const isWorkflow = /(?:^|\/)\.(?:github|gitea|forgejo)\/workflows\/[^/]+$/.test(file)
  const isCompose = /\b(?:ofelia|chadburn)\.job-|\bswarm\.cronjob\./.test(text)
  const isSidekiq = /(?:schedule|sidekiq|cron|jobs)[^/]*\.ya?ml$/.test(file) && /\bcron\b|\bevery\b/.test(text)
  const isKubernetes = /\bCronJob/.test(text)
  if (!isWorkflow && !isCompose && !isSidekiq && !isKubernetes) return []
  const documents = readDocuments(text)
  if ('problems' in documents) {
    const [problem] = documents.problems
    // Templates of Helm and ERB are no YAML before they are filled in.
    const why = /\{\{|<%/.test(text) ? 'a template that is to be filled in' : `no YAML: ${problem?.found}`
    const where = `${file}${problem?.path ? `:${problem.path.replace('line ', '')}` : ''}`
    const isOnly = isKubernetes && !isWorkflow && !isCompose && !isSidekiq
    site.blind.push({ where, why, ...(isOnly && { kind: 'kubernetes' }) })
    return []
  }
  if (isWorkflow) return githubJobs(site, file, documents.value, history.lastCommitAt, now)
  return [
    ...(isKubernetes ? kubernetesJobs(site, file, documents.value) : []),
    ...(isCompose ? composeJobs(site, file, documents.value) : []),
    ...(isSidekiq ? sidekiqJobs(site, file, documents.value) : []),
  ]
}

function tableJobs(site: Site, file: string, text: string): readonly Found[] {
  const { jobs } = crontabJobs(site, text, { file, hasUser: hasUsers(file, text), reader: 'unknown' })
  return jobs
}

/** A name alone does not make a crontab: most of its lines have to be some. */
function isTable(text: string): boolean {
  const { entries, flaws } = readCrontab(text, false)
  return entries.length > flaws.length
}

/** Whether the sixth word of every line is a user: always in cron.d, elsewhere where they are all alike or known. */
function hasUsers(file: string, text: string): boolean {
  if (/(?:^|\/)cron\.d\//.test(file)) return true
  const words = readCrontab(text, false).entries.map(({ command }) => /^([a-z_][\w-]*)[ \t]+\S/.exec(command)?.[1])
  return (
    words.length > 0 &&
    words.every(
      (word) =>
        word !== undefined &&
        /^(?:root|www-data|nobody|postgres|mysql|git|deploy|ubuntu|app|backup|daemon)$/.test(word),
    )
  )
}

/** A unit that is kept in a repository runs where it is installed; its service lies beside it. */
function timerOf(site: Site, file: string, text: string): Found {
  const folder = folderOf(file)
  return timerJob(site, {
    name: baseName(file).replace(/@\.timer$/, '.timer'),
    texts: [{ file, text }],
    serviceTexts: (service) =>
      [service, service.replace(/\.service$/, '@.service')].flatMap((name) => {
        const path = under(folder, name)
        const content = site.tree.read(path)
        return isUnseen(content) ? [] : [{ file: path, text: content.text }]
      }),
    dropInFolder: folder,
    owner: { name: 'root', from: 'unit' },
  })
}

/** Who wrote the file last, where it does not say whose the job is. */
function ownedByAuthor(job: Found, history: History): Found {
  const isSaid =
    job.owner !== undefined &&
    (job.owner.from === 'label' || (job.owner.from === 'crontab' && job.owner.name !== 'root'))
  if (isSaid) return job
  const author = history.authorOf(job.file)
  return author === undefined ? job : { ...job, owner: { name: author, from: 'git' } }
}
