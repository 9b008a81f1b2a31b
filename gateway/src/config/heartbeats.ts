// The heartbeats that a file declares. Those that read alike share their terms, so that a million lines are read in
// seconds and kept in little memory.
import { isName, nameProblem } from '@overdue/device-sdk/wire'
import type { Terms } from '../domain/heartbeat.ts'
import type { Name } from '../domain/names.ts'
import type { HeartbeatFields, TermsFields } from './fields.ts'
import { KEY, parseKey } from './literals.ts'
import { checkParents } from './parents.ts'
import { nearest, type Report, show, showSecret } from './report.ts'
import type { Declaration } from './settings.ts'
import { readWholeTerms, type TermsRules } from './terms.ts'

export function readHeartbeats(
  list: readonly (HeartbeatFields | undefined)[],
  rules: TermsRules,
  report: Report,
): readonly Declaration[] {
  const names = new Map<string, Name>()
  const keys = new Set<string>()
  const alike = new Map<string, Terms>()
  const declared: Declaration[] = []
  for (let index = 0; index < list.length; index++) {
    const fields = list[index]
    if (fields === undefined) continue
    const { name, key, ...own } = fields
    const path = `heartbeats[${index}]`
    const good = readName(name, path, names, report)
    const terms = readAlike(own, path, rules, alike, report)
    const readKey = key === undefined ? undefined : readOwnKey(key, `${path}.key`, keys, report)
    declared.push({ name: good, terms, ...(readKey !== undefined && { key: readKey }) })
  }
  list.forEach((fields, index) => {
    if (fields?.parent !== undefined) checkParent(fields, `heartbeats[${index}].parent`, names, report)
  })
  checkParents(declared, report)
  return declared
}

function readAlike(
  own: TermsFields,
  path: string,
  rules: TermsRules,
  alike: Map<string, Terms>,
  report: Report,
): Terms {
  const text = JSON.stringify(own)
  const known = alike.get(text)
  if (known !== undefined) return known
  const problems = report.problems.length
  const terms = readWholeTerms(own, path, rules, report)
  if (report.problems.length === problems) alike.set(text, terms)
  return terms
}

function readName(name: string | undefined, path: string, names: Map<string, Name>, report: Report): Name {
  const place = `${path}.name`
  if (name === undefined) {
    report.add(place, 'a name', 'nothing')
    return ''
  }
  if (!isName(name)) report.add(place, expectedName(name), show(name))
  const lower = name.toLowerCase()
  const taken = names.get(lower)
  if (taken !== undefined) {
    const how = taken === name ? 'which is declared above' : `which differs from ${show(taken)} by case alone`
    report.add(place, 'a name of its own', `${show(name)}, ${how}`)
  }
  names.set(lower, name)
  return name
}

/** `nameProblem` says `name: expected …, got …` or what can't be. */
function expectedName(name: string): string {
  const problem = nameProblem(name) ?? 'name: not a name'
  return `one or two levels of up to 63 letters, digits, "-" or "_" (${problem.replace(/^name: /, '')})`
}

function readOwnKey(text: string, path: string, keys: Set<string>, report: Report): string | undefined {
  const key = parseKey(text)
  if (key === undefined) report.add(path, KEY, showSecret(text))
  else if (keys.has(key)) report.add(path, 'a key of its own', 'the key of another heartbeat')
  else keys.add(key)
  return key
}

function checkParent(fields: HeartbeatFields, path: string, names: ReadonlyMap<string, Name>, report: Report): void {
  const parent = fields.parent as string
  if (parent === '') return
  if (parent === fields.name) report.add(path, 'another heartbeat', 'itself')
  else if (names.get(parent.toLowerCase()) !== parent)
    report.add(path, `the name of a heartbeat of this file${nearest(parent, names.values())}`, show(parent))
}
