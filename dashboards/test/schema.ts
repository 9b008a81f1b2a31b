// The series as gateway/docs/series.md writes them down: measurements with their tags, and their fields with types.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export type FieldType = 'integer' | 'float' | 'text'
export type Measurement = { readonly tags: ReadonlySet<string>; readonly fields: ReadonlyMap<string, FieldType> }

const PAGE = join(import.meta.dirname, '../../gateway/docs/series.md')

export function readSchema(): ReadonlyMap<string, Measurement> {
  const [, ...sections] = readFileSync(PAGE, 'utf8').split(/^## /m)
  return new Map(
    sections.flatMap((section) => {
      const name = /^(hb_\w+):/.exec(section)?.[1]
      return name === undefined ? [] : [[name, { tags: tagsOf(section), fields: fieldsOf(section) }] as const]
    }),
  )
}

/** `Tags …` up to the end of the sentence; what stands in brackets are values. */
function tagsOf(section: string): ReadonlySet<string> {
  const sentences = [...withoutBrackets(section).matchAll(/\b(?:Tags?|tags) (`[^.;]*)/g)]
  return new Set(sentences.flatMap(([, names]) => wordsOf(names ?? '')))
}

/** Rows of tables; in prose `Integers …` and `floats …`; or the type in brackets after the name. */
function fieldsOf(section: string): ReadonlyMap<string, FieldType> {
  const fields = new Map<string, FieldType>()
  for (const [, names, type] of section.matchAll(/^\| (`[^|]*) \| (integer|float|text) \|/gm))
    for (const name of wordsOf(names ?? '')) fields.set(name, type as FieldType)
  for (const [, type, names] of withoutBrackets(section).matchAll(/\b(Integer|[Ff]loat)s? (`[^.;]*)/g))
    for (const name of wordsOf(names ?? '')) fields.set(name, (type ?? '').toLowerCase() as FieldType)
  for (const [, name, type] of section.matchAll(/`(\w+)` \((integer|float)\b/g))
    fields.set(name ?? '', type as FieldType)
  return fields
}

function withoutBrackets(text: string): string {
  return text.replaceAll(/\([^()]*\)/g, '')
}

function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word as string)
}
