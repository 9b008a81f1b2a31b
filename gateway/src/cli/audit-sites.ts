// The places that an audit is asked to look at: this host, the root of another, repositories, files, what is piped in.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import { basename, resolve } from 'node:path'
import type { Place } from '../audit/look.ts'
import { levelOf } from '../audit/naming.ts'
import { isUnseen, type Run, type Site, type Tree } from '../audit/site.ts'
import { openTree } from './audit-tree.ts'

export type Wanted = {
  readonly paths: readonly string[]
  readonly host: boolean
  readonly root: string | undefined
  readonly repo: string | undefined
  readonly group: string | undefined
  readonly zone: string | undefined
}

/** What is piped in under the name `-`. Answers with what is wrong where a place is not there. */
export function placesOf(wanted: Wanted, input: () => string): readonly Place[] | { readonly problem: string } {
  const { paths, host, root, repo, group, zone } = wanted
  const isPlain = paths.length === 0 && !host && root === undefined && repo === undefined
  const places: Place[] = []
  if (root !== undefined && !isFolder(root))
    return { problem: `--root: expected a folder, got ${JSON.stringify(root)}` }
  if (root !== undefined)
    places.push({ kind: 'host', site: siteOf(openTree(resolve(root)), group ?? nameIn(root), zone ?? zoneIn(root)) })
  if (host || isPlain)
    places.push({ kind: 'host', site: liveSite(openTree(), group ?? hostname().split('.')[0] ?? 'host', zone) })
  const folders = repo !== undefined ? [repo] : isPlain ? ['.'] : []
  for (const path of [...folders, ...paths]) {
    if (path === '-') {
      places.push({ kind: 'file', site: siteOf(openTree(), group ?? 'default', zone), file: '(input)', text: input() })
      continue
    }
    const kind = kindOf(path)
    if (kind === undefined) return { problem: `expected a file or a folder, got ${JSON.stringify(path)}` }
    const name = group ?? levelOf(basename(resolve(kind === 'folder' ? path : resolve(path, '..'))), 'repository')
    const folder = resolve(path)
    if (kind === 'file') places.push({ kind: 'file', site: liveSite(openTree(), name, zone), file: path })
    else places.push({ kind: 'repository', site: { ...liveSite(openTree(folder), name, zone), folder }, folder: '' })
  }
  return places
}

const LONGEST_WAIT = 10_000
const MOST_OUTPUT = 8 * 1_048_576

/** Nothing but these is ever run, none of them by a shell. */
const COMMANDS: readonly string[] = ['crontab', 'systemctl', 'git']

const run: Run = (command, args) => {
  if (!COMMANDS.includes(command)) return { why: 'not a command of an audit' }
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: LONGEST_WAIT,
    maxBuffer: MOST_OUTPUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LC_ALL: 'C',
      GIT_OPTIONAL_LOCKS: '0',
      GIT_NO_LAZY_FETCH: '1',
      GIT_ALLOW_PROTOCOL: '',
    },
  })
  if (error !== undefined) return { why: error.message }
  return status === 0 ? { out: stdout } : { why: stderr.trim().split('\n')[0] || `exit code ${status}` }
}

function siteOf(tree: Tree, group: string, zone: string | undefined): Site {
  const otherwise = Intl.DateTimeFormat().resolvedOptions().timeZone
  return { tree, group, zone: zone ?? otherwise, blind: [], texts: new Map() }
}

function liveSite(tree: Tree, group: string, zone: string | undefined): Site {
  return { ...siteOf(tree, group, zone), run, self: userInfo().username }
}

function nameIn(root: string): string {
  const content = openTree(resolve(root)).read('/etc/hostname')
  const name = isUnseen(content) ? '' : (content.text.trim().split('.')[0] ?? '')
  return name || levelOf(basename(resolve(root)), 'host')
}

/** The host's own clock, not that of who looks at it. */
function zoneIn(root: string): string | undefined {
  const tree = openTree(resolve(root))
  const linked = /\/zoneinfo\/(.+)$/.exec(tree.follow('/etc/localtime') ?? '')?.[1]
  const content = tree.read('/etc/timezone')
  return linked ?? (isUnseen(content) ? undefined : content.text.trim() || undefined)
}

function isFolder(path: string): boolean {
  return kindOf(path) === 'folder'
}

function kindOf(path: string): 'file' | 'folder' | undefined {
  const status = statSync(path, { throwIfNoEntry: false })
  return status === undefined ? undefined : status.isDirectory() ? 'folder' : 'file'
}
