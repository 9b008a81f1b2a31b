// Writes the dashboards as JSON; with --check it only says which files differ from what it would write.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DASHBOARDS } from './all.ts'

const FOLDER = join(import.meta.dirname, '../json')
const wanted = new Map(
  DASHBOARDS.map((dashboard) => [`${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]),
)

mkdirSync(FOLDER, { recursive: true })
const found = new Map(readdirSync(FOLDER).map((file) => [file, readFileSync(join(FOLDER, file), 'utf8')]))
const different = [...new Set([...wanted.keys(), ...found.keys()])].filter(
  (file) => wanted.get(file) !== found.get(file),
)

if (process.argv.includes('--check')) {
  for (const file of different)
    console.error(`dashboards/json/${file} is not what the sources say: run node dashboards/build/main.ts`)
  process.exitCode = different.length > 0 ? 1 : 0
} else {
  for (const file of different) {
    const text = wanted.get(file)
    if (text === undefined) rmSync(join(FOLDER, file))
    else writeFileSync(join(FOLDER, file), text)
    console.log(`${text === undefined ? 'removed' : 'wrote'} dashboards/json/${file}`)
  }
}
