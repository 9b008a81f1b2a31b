// What `adopt` means: for each rule the topics it covers, how names are made of them, who may speak, and what is declared.
import { nameProblem } from '@overdue/device-sdk/wire'
import type { Terms } from '../domain/heartbeat.ts'
import { SECOND } from '../domain/time.ts'
import { FAMILIES, FAMILY_FACTS, type FamilyFacts } from './adopt-families.ts'
import { readPointers } from './adopt-pointers.ts'
import { readDuration } from './durations.ts'
import type { TermsFields } from './fields.ts'
import type { AdoptFields } from './fields-adopt.ts'
import { nearest, type Report, show } from './report.ts'
import type { AdoptSettings, Declaration } from './settings.ts'
import { readWholeTerms, type TermsRules } from './terms.ts'

export type AdoptRules = TermsRules & { readonly heartbeats: readonly Declaration[] }

export function readAdopt(
  list: readonly (AdoptFields | undefined)[],
  rules: AdoptRules,
  report: Report,
): readonly AdoptSettings[] {
  const taken = new Set<string>()
  return list.flatMap((fields, index) => {
    const path = `adopt[${index}]`
    if (fields?.as === undefined) {
      const place = `${path}.as`
      const isTold = fields === undefined || report.problems.some((problem) => problem.path === place)
      if (!isTold) report.add(place, `one of ${FAMILIES.join(', ')}`, 'nothing')
      return []
    }
    return [readRule({ ...fields, as: fields.as }, path, rules, taken, report)]
  })
}

type Known = AdoptFields & Required<Pick<AdoptFields, 'as'>>

function readRule(fields: Known, path: string, rules: AdoptRules, taken: Set<string>, report: Report): AdoptSettings {
  const facts: FamilyFacts = FAMILY_FACTS[fields.as]
  const root = readRoot(fields, path, facts, report)
  const topics = readTopics(fields, path, root, facts, report)
  for (const topic of topics) {
    if (taken.has(topic)) report.add(`${path}.topic`, 'topics that no rule above has', show(topic))
    if (fields.topic !== undefined || facts.passesOn !== true) taken.add(topic)
  }
  const sleep = readDuration(fields.sleep, `${path}.sleep`, report, SECOND)
  if (fields.sleep !== undefined && fields.as !== 'homie')
    report.add(`${path}.sleep`, 'as: homie beside it, whose devices say that they sleep', `as: ${fields.as}`)
  return {
    as: fields.as,
    topics,
    isUsual: fields.topic === undefined,
    root,
    name: readTemplate(fields, path, topics, root, facts, report),
    from: readTexts(fields.from, `${path}.from`, report),
    create: fields.create ?? false,
    terms: readRuleTerms(fields, path, rules, report),
    words: readWords(fields, path, facts, report),
    ...(sleep !== undefined && { sleep }),
    pointers: readPointers(fields, path, report),
  }
}

function readRoot({ root, as }: Known, path: string, facts: FamilyFacts, report: Report): string {
  if (facts.root === undefined) {
    if (root !== undefined) report.add(`${path}.root`, `topic instead of it, for as: ${as}`, show(root))
    return ''
  }
  const found = root?.replace(/\/+$/, '') ?? facts.root
  const problem = /[+#]/.test(found) ? 'a topic without + and #' : filterProblem(`${found}/#`)
  if (problem !== undefined) report.add(`${path}.root`, problem, show(root))
  return found
}

function readTopics(
  { topic, as }: Known,
  path: string,
  root: string,
  { root: usualRoot, topics }: FamilyFacts,
  report: Report,
): readonly string[] {
  if (usualRoot !== undefined) {
    if (topic !== undefined) report.add(`${path}.topic`, `root instead of it, for as: ${as}`, show(topic))
    return [`${root}/#`]
  }
  const said = typeof topic === 'string' ? [topic] : topic
  if (said === undefined || said.length === 0) {
    if (topics === undefined || said !== undefined)
      report.add(`${path}.topic`, FILTER, said === undefined ? 'nothing' : 'none')
    return topics ?? []
  }
  const found = said.filter((filter) => filter !== undefined)
  found.forEach((filter, index) => {
    const place = typeof topic === 'string' ? `${path}.topic` : `${path}.topic[${index}]`
    const problem = filterProblem(filter)
    if (problem !== undefined) report.add(place, problem, show(filter))
  })
  return found
}

const FILTER = 'an MQTT filter such as "plant/+/status"'
const LONGEST_FILTER = 256

/** What was expected instead; undefined: nothing. */
function filterProblem(filter: string): string | undefined {
  const levels = filter.split('/')
  if (filter === '' || filter.length > LONGEST_FILTER || /\p{Cc}/u.test(filter)) return FILTER
  if (levels.some((level) => level.length > 1 && /[+#]/.test(level))) return `${FILTER}, + and # alone in their level`
  if (levels.slice(0, -1).includes('#')) return `${FILTER}, # at its end`
  if (levels.length === 1 && levels[0] === '#') return `${FILTER}, not everything`
  if (levels[0] === ROOT) return `${FILTER}: what begins with ${ROOT}/ is a signal anyway`
  return levels[0]?.startsWith('$') ? `${FILTER}, which begins with no $` : undefined
}

const ROOT = 'hb'

function readTemplate(
  fields: Known,
  path: string,
  topics: readonly string[],
  root: string,
  facts: FamilyFacts,
  report: Report,
): string {
  const template = fields.name ?? facts.name(root)
  const place = `${path}.name`
  const parts =
    facts.parts ?? Math.min(...topics.map((topic) => topic.split('/').filter((level) => level === '+').length))
  const asked = [...template.matchAll(/\$(\d?)/g)].map(([, digit]) => (digit === '' ? 0 : Number(digit)))
  const most = Number.isFinite(parts) ? parts : 0
  if (asked.some((digit) => digit < 1 || digit > most)) {
    const expected =
      most === 0
        ? 'a name without $, since the topic has no +'
        : `$1${most > 1 ? ` to $${most}` : ''} at most, one for each +`
    report.add(place, expected, show(template))
  } else {
    const example = template.replaceAll(/\$\d/g, 'x')
    const problem =
      example.includes('/') && facts.isAbove === true
        ? 'name: expected one level, since devices are below it'
        : nameProblem(example)
    if (problem !== undefined && fields.name !== undefined)
      report.add(
        place,
        'what makes a name of one or two levels',
        `${show(template)} (${problem.replace(/^name: /, '')})`,
      )
  }
  return template
}

function readTexts(list: readonly (string | undefined)[] | undefined, path: string, report: Report): readonly string[] {
  const texts = (list ?? []).filter((text) => text !== undefined)
  if (texts.some((text) => text.trim() === '')) report.add(path, 'words that are not empty', 'an empty one')
  return texts
}

function readWords(fields: Known, path: string, { words }: FamilyFacts, report: Report): AdoptSettings['words'] {
  const read = (key: 'online' | 'offline' | 'failed'): readonly string[] => {
    if (fields[key] !== undefined && words === undefined)
      report.add(`${path}.${key}`, `no such key: as: ${fields.as} has words of its own`, show(fields[key]))
    const said = readTexts(fields[key], `${path}.${key}`, report).map((word) => word.trim().toLowerCase())
    return fields[key] === undefined ? (words?.[key] ?? []) : said
  }
  return { online: read('online'), offline: read('offline'), failed: read('failed') }
}

/** The keys that are not a heartbeat's are read beside; what a signal declares says so. */
function readRuleTerms(fields: Known, path: string, rules: AdoptRules, report: Report): Terms {
  const { heartbeats, ...shared } = rules
  const { parent } = fields
  if (parent !== undefined && parent !== '' && !heartbeats.some(({ name }) => name === parent)) {
    const near = nearest(
      parent,
      heartbeats.map(({ name }) => name),
    )
    report.add(`${path}.parent`, `the name of a heartbeat of this file${near}`, show(parent))
  }
  return readWholeTerms(fields as TermsFields, path, shared, report)
}
