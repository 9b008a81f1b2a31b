// The package.json that is published: without scripts, and without the sources that only the gateway beside it can run.
// npm packs what lies there, so it is swapped before and put back after.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const MANIFEST = join(import.meta.dirname, 'package.json')
const KEPT = join(import.meta.dirname, '.package.json.kept')

if (process.argv[2] === 'publish') {
  const { scripts: _, exports, ...rest } = JSON.parse(readFileSync(MANIFEST, 'utf8'))
  renameSync(MANIFEST, KEPT)
  writeFileSync(MANIFEST, `${JSON.stringify({ ...rest, exports: { '.': exports['.'] } }, null, 2)}\n`)
} else renameSync(KEPT, MANIFEST)
