// A tree of files as an audit looks at it: below one folder, which links can't lead out of, with bounds on what is read.
import { closeSync, fstatSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import type { Content, Entry, Tree, Unseen } from '../audit/site.ts'

/** `root` stands for `/`; without one, paths are as the process sees them. */
export function openTree(root = ''): Tree {
  const real = (path: string): string => (root === '' ? path : join(root, resolveIn(root, path)))
  return {
    list(folder) {
      try {
        const place = real(folder)
        const names = readdirSync(place, { withFileTypes: true })
        if (names.length > MOST_ENTRIES) return { why: `more than ${MOST_ENTRIES} entries`, isMissing: false }
        return names.map(({ name }) => entryOf(folder, name, real)).sort((a, b) => (a.name < b.name ? -1 : 1))
      } catch (error) {
        return unseen(error)
      }
    },
    read(file) {
      try {
        return readBounded(real(file))
      } catch (error) {
        return unseen(error)
      }
    },
    follow(path) {
      try {
        const place = root === '' ? path : resolveIn(root, path)
        statSync(root === '' ? path : join(root, place))
        return place
      } catch {
        return undefined
      }
    },
  }
}

const MOST_BYTES = 1_048_576
const MOST_ENTRIES = 100_000
const MOST_LINKS = 40

function entryOf(folder: string, name: string, real: (path: string) => string): Entry {
  const path = folder === '' || folder === '.' ? name : posix.join(folder, name)
  let isLink = false
  try {
    isLink = lstatSync(join(real(folder), name)).isSymbolicLink()
    const status = statSync(real(path))
    return { name, kind: status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other', isLink }
  } catch {
    return { name, kind: isLink ? 'broken' : 'other', isLink }
  }
}

/** Opened without waiting for the other end of a pipe, and looked at once it is open. */
function readBounded(path: string): Content | Unseen {
  const file = openSync(path, NON_BLOCKING)
  try {
    const status = fstatSync(file)
    if (!status.isFile()) return { why: 'it is no file', isMissing: false }
    if (status.size > MOST_BYTES) return { why: 'larger than 1 MB', isMissing: false }
    const bytes = Buffer.alloc(status.size)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read)
      read = readSync(file, bytes, length, bytes.length - length, null)
    const content = bytes.subarray(0, length)
    if (content.includes(0)) return { why: 'it is binary', isMissing: false }
    return { text: content.toString('utf8'), uid: status.uid, mode: status.mode & 0o7777 }
  } finally {
    closeSync(file)
  }
}

/** O_RDONLY | O_NONBLOCK. */
const NON_BLOCKING = 0o4000

/** As if `root` were `/`: links are followed by hand, so that none leads out. */
function resolveIn(root: string, path: string): string {
  let parts = path.split('/')
  let place = '/'
  let links = 0
  while (parts.length > 0) {
    const [part = '', ...rest] = parts
    parts = rest
    if (part === '' || part === '.') continue
    if (part === '..') {
      place = posix.dirname(place)
      continue
    }
    const next = posix.join(place, part)
    const target = linkOf(join(root, next))
    if (target === undefined) place = next
    else {
      if (++links > MOST_LINKS) throw Object.assign(new Error('links lead in a circle'), { code: 'ELOOP' })
      if (target.startsWith('/')) place = '/'
      parts = [...target.split('/'), ...parts]
    }
  }
  return place
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function unseen(error: unknown): Unseen {
  const { code = '', message } = error as NodeJS.ErrnoException
  return { why: REASONS[code] ?? (code || message), isMissing: code === 'ENOENT' || code === 'ENOTDIR' }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ELOOP: 'links lead in a circle',
  EIO: 'the disk gives an error',
  EISDIR: 'it is a folder',
  ENXIO: 'it is no file',
}
