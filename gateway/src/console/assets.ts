// The console's own files: styles, scripts and libraries, each under an address that changes with what it holds, so that a
// browser may keep it for ever.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname } from 'node:path'
import type { Route } from '../adapters/http-route.ts'

export type Assets = {
  /** Where a file is. */
  asset(name: string): string
  readonly routes: readonly Route[]
}

const require = createRequire(import.meta.url)
const own = (name: string): URL => new URL(name, import.meta.url)

/** Name of each, and where it is read from. */
const FILES: Readonly<Record<string, URL | string>> = {
  'style.css': own('style.css'),
  'live.js': own('live.js'),
  'icon.svg': own('icon.svg'),
  'htmx.min.js': require.resolve('htmx.org/dist/htmx.min.js'),
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

export function readAssets(): Assets {
  const files = Object.entries(FILES).map(([name, place]) => {
    const text = readFileSync(place, 'utf8')
    const mark = createHash('sha256').update(text).digest('base64url').slice(0, 12)
    return { name, text, type: TYPES[extname(name)] as string, path: `/assets/${mark}/${name}` }
  })
  const paths = new Map(files.map(({ name, path }) => [name, path]))
  return {
    asset(name) {
      const path = paths.get(name)
      if (path === undefined) throw new Error(`the console has no file ${name}`)
      return path
    },
    routes: files.map(({ path, text, type }) => ({
      method: 'GET',
      path,
      for: 'nobody',
      docs: { summary: 'A file of the console' },
      answer: () => ({ status: 200, text, type, headers: { 'Cache-Control': 'public, max-age=31536000, immutable' } }),
    })),
  }
}
