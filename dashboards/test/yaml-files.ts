// The YAML files of this folder and of the root, read as YAML; nothing else of the tests knows the library.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const ROOT: string = join(import.meta.dirname, '../..')

// biome-ignore lint/suspicious/noExplicitAny: a file as it stands, whose shape is what is tested.
export type Yaml = any

export function readText(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

export function readYaml(file: string): Yaml {
  return parse(readText(file))
}
