// `${NAME}` and `${file:PATH}` inside the strings of a document; `$${` stands for `${` itself. What is put in is
// not looked at again.
import { isAbsolute, join } from 'node:path'
import { type Report, show, under } from './report.ts'

export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Path of the document; files are looked for from its folder on. Empty: from where the process stands. */
  readonly file: string
  /** Throws when it cannot. */
  readFile(path: string): string
}

/**
 * The same value with every string filled in. `filled` gets the paths of the strings that changed: they may hold
 * secrets, so problems must not show them. What could not be filled in is absent.
 */
export function interpolate(value: unknown, around: Surroundings, report: Report, filled: Set<string>): unknown {
  return fill(value, '', { around, report, filled })
}

/** A path that the document names. */
export function resolvePath(name: string, { file }: Surroundings): string {
  return isAbsolute(name) || file === '' ? name : join(file, '..', name)
}

type Work = { readonly around: Surroundings; readonly report: Report; readonly filled: Set<string> }

function fill(value: unknown, path: string, work: Work): unknown {
  if (typeof value === 'string') return value.includes('${') ? fillText(value, path, work) : value
  if (typeof value !== 'object' || value === null || !holds(value)) return value
  if (Array.isArray(value)) return value.map((item, index) => fill(item, `${path}[${index}]`, work))
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, under(path, key), work)]))
}

/** Whether anything is to be filled in below; large documents mostly have nothing. */
function holds(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${')
  return typeof value === 'object' && value !== null && Object.values(value).some(holds)
}

const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g

function fillText(text: string, path: string, work: Work): string | undefined {
  let isWhole = true
  const result = text.replaceAll(REFERENCE, (written: string, reference: string | undefined) => {
    if (reference === undefined) return '${'
    const found = written.endsWith('}') ? resolve(reference, path, work) : malformed(written, path, work)
    if (found === undefined) isWhole = false
    return found ?? ''
  })
  work.filled.add(path)
  return isWhole ? result : undefined
}

function resolve(reference: string, path: string, work: Work): string | undefined {
  if (reference.startsWith('file:')) return fileText(reference.slice('file:'.length), path, work)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(reference)) return malformed(`\${${reference}}`, path, work)
  const value = work.around.env[reference]
  if (value === undefined) work.report.add(path, `the environment variable ${reference}`, 'nothing: it is not set')
  return value
}

function fileText(name: string, path: string, { around, report }: Work): string | undefined {
  const place = resolvePath(name, around)
  try {
    return around.readFile(place).replace(/\r?\n$/, '')
  } catch (error) {
    report.add(path, 'a file that can be read', `${show(place)} (${(error as Error).message})`)
    return undefined
  }
}

function malformed(written: string, path: string, { report }: Work): undefined {
  report.add(path, '${NAME} or ${file:PATH}, or $${ for a plain ${', show(written))
}
