// Text with the fields of a page by name: `{{text}}`, `{{incident.heartbeat}}`, `{{links.acknowledge}}`; `{{lines}}` is all
// that a person reads of it.
import type { PageBody } from './page.ts'
import { plainText } from './page-lines.ts'

/** Every name that a template may use. A page that has no such field leaves its place empty. */
export const TEMPLATE_FIELDS: readonly string[] = [
  ...['text', 'lines', 'type', 'id', 'at', 'about', 'state', 'severity', 'explanation', 'paged'],
  ...under('incident', 'id heartbeat verdict severity state openedAt seenAt deadlineAt acknowledgedAt acknowledgedBy'),
  ...under('incident', 'resolvedAt resolvedBy paged'),
  ...under('heartbeat', 'name owner description tags group schedule'),
  ...under('storm', 'id scope state openedAt resolvedAt heartbeats open size names'),
  ...under('page', 'step attempt target path'),
  ...under('links', 'acknowledge resolve silence snooze incident heartbeat explain runbook gateway'),
]

/** What stands in `{{…}}` and is no such field, as it is written. */
export function unknownFields(template: string): readonly string[] {
  const known = new Set(TEMPLATE_FIELDS)
  return namesIn(template).filter((name) => !known.has(name))
}

/** Every field as text: lists with commas, nothing as nothing. `write` makes it fit where it stands. */
export function fillTemplate(template: string, page: PageBody, write: (text: string) => string): string {
  return template.replaceAll(FIELD, (_, name: string) => write(textAt(page, name)))
}

/** Filled in with what tells text from numbers, to see whether the result would be of the right form. */
export function sampleOf(template: string): string {
  return template.replaceAll(FIELD, (_, name: string) => (NUMBERS.has(name) ? '0' : 'x'))
}

/** Those that every page has. */
const NUMBERS: ReadonlySet<string> = new Set(['page.step', 'page.attempt'])

const FIELD = /\{\{\s*([^{}]*?)\s*\}\}/g

function namesIn(template: string): readonly string[] {
  return [...template.matchAll(FIELD)].map(([, name = '']) => name)
}

function textAt(page: PageBody, name: string): string {
  if (name === 'lines') return plainText(page)
  const value = name.split('.').reduce<unknown>(fieldOf, page)
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined
}

function under(section: string, names: string): readonly string[] {
  return names.split(' ').map((name) => `${section}.${name}`)
}
