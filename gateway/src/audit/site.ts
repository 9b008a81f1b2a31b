// Where an audit looks: a tree of files, which may be a host's root or a repository, and what is known around it.
// Whoever opens a tree decides how paths become files; nothing here leaves it.
import type { Blind } from './job.ts'

export type Entry = {
  readonly name: string
  /** What it is where links are followed; `broken` leads nowhere. */
  readonly kind: 'file' | 'folder' | 'broken' | 'other'
  readonly isLink: boolean
}

export type Content = {
  readonly text: string
  readonly uid: number
  readonly mode: number
}

/** A reason why not; `isMissing` where there is nothing to look at. */
export type Unseen = { readonly why: string; readonly isMissing: boolean }

export interface Tree {
  /** In the order of their names. */
  list(folder: string): readonly Entry[] | Unseen
  /** Text of a bounded length; never a device, never binary. */
  read(file: string): Content | Unseen
  /** The path that links lead to in the end; undefined where there is nothing. */
  follow(path: string): string | undefined
}

/** What a command prints, or why it can't be asked. */
export type Run = (command: string, args: readonly string[]) => { readonly out: string } | { readonly why: string }

export type Site = {
  readonly tree: Tree
  readonly group: string
  /** Of schedules that name none. */
  readonly zone: string
  /** Only on the host itself. */
  readonly run?: Run
  /** Whose the command line is. */
  readonly self?: string
  readonly blind: Blind[]
  /** Where the tree is, for git. */
  readonly folder?: string
  readonly texts: Map<string, string>
}

export function isUnseen<T extends object>(answer: T | Unseen): answer is Unseen {
  return 'isMissing' in answer
}

/** The text of a file; undefined where it is not there, or can't be read, which is then told. */
export function readText(site: Site, file: string): Content | undefined {
  const content = site.tree.read(file)
  if (!isUnseen(content)) return content
  if (!content.isMissing) site.blind.push({ where: file, why: content.why })
  return undefined
}

/** What is in a folder; nothing where it is not there, or can't be listed, which is then told. */
export function listFolder(site: Site, folder: string): readonly Entry[] {
  const entries = site.tree.list(folder)
  if (!isUnseen(entries)) return entries
  if (!entries.isMissing) site.blind.push({ where: folder, why: entries.why })
  return []
}

/** Joins without knowing more of paths than the slash. */
export function under(folder: string, name: string): string {
  if (folder === '' || folder === '.') return name
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash < 0 ? '' : path.slice(0, slash) || '/'
}
