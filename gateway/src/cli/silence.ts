// `overdue silence`: pages nobody for a while, shows what is silenced, and ends it.
import { nameProblem } from '@overdue/device-sdk/wire'
import { describeMatch, type Match } from '../domain/mute.ts'
import { type Instant, parseDuration } from '../domain/time.ts'
import { type Api, ask, type NoAnswer, reach } from './gateway-api.ts'
import { isItem } from './heartbeat-list.ts'
import { FLAG, misused, type Problem, personOf, readArgs, type Shell, TEXT } from './shell.ts'
import { distance } from './spans.ts'
import { type Column, table } from './table.ts'

export const SILENCE_USAGE = `overdue silence (NAME… | --group GROUP | --tag TAG | --owner NAME | --all) (--for 2h | --until INSTANT)
             [--reason TEXT] [--by WHO]   # * in a name stands for anything; of several conditions each has to fit
overdue silence --list [--json]
overdue silence --end ID [--by WHO]`

/** Exit code: 0 done, 1 not, and why, 2 usage. */
export async function silence(args: readonly string[], shell: Shell): Promise<number> {
  const asked = readSilence(args, shell)
  if ('problem' in asked) return misused(shell, asked.problem, SILENCE_USAGE)
  const api = reach(shell)
  if ('problem' in api) return misused(shell, api.problem)
  const lines = await asked.answer(api, shell)
  if (!('why' in lines)) for (const line of lines) shell.write(line)
  else shell.write(lines.why)
  return 'why' in lines ? 1 : 0
}

type Lines = readonly string[]
type Asked = { answer(api: Api, shell: Shell): Promise<Lines | NoAnswer> }
type Item = {
  readonly id: string
  readonly match: Match
  readonly active: boolean
  readonly from: string | null
  readonly until: string | null
  readonly by: string
  readonly reason: string
  readonly declaredBy: string
  readonly incidents: readonly string[]
}

const COLUMNS: readonly Column[] = [
  { title: 'ID', rank: 9 },
  { title: 'WHAT', rank: 9, least: 12 },
  { title: 'BEGINS', rank: 4 },
  { title: 'ENDS', rank: 4 },
  { title: 'INCIDENTS', rank: 1 },
  { title: 'BY', rank: 3, least: 6 },
  { title: 'REASON', rank: 2, least: 10 },
]
const OPTIONS = {
  ...{ for: TEXT, until: TEXT, reason: TEXT, by: TEXT, all: FLAG, list: FLAG, json: FLAG, end: TEXT },
  ...{ group: { ...TEXT, multiple: true }, tag: { ...TEXT, multiple: true }, owner: { ...TEXT, multiple: true } },
} as const

function readSilence(args: readonly string[], { env }: Shell): Asked | Problem {
  const read = readArgs(args, OPTIONS)
  if ('problem' in read) return read
  const { list, json = false, end, all, group, tag, owner, reason, by: who, ...when } = read.values
  const names = read.positionals
  const by = personOf(env, 'silence', who)
  const match = {
    ...(names.length > 0 && { names }),
    ...(group && { groups: group }),
    ...(tag && { tags: tag }),
    ...(owner && { owners: owner }),
    ...(all && { all }),
  }
  const says = Object.keys({ ...match, ...when }).length
  if (list || end !== undefined) {
    if (says > 0 || (list && end !== undefined)) return { problem: '--list and --end: expected alone' }
    return { answer: (api, shell) => (end === undefined ? listed(api, shell, json) : endOf(api, end, by)) }
  }
  if (Object.keys(match).length === 0) return { problem: 'expected a name, --group, --tag, --owner or --all' }
  const problem = names
    .filter((name) => !name.includes('*'))
    .map(nameProblem)
    .find((found) => found !== undefined)
  if (problem !== undefined) return { problem }
  if ((when.for === undefined) === (when.until === undefined)) return { problem: 'expected --for or --until' }
  if (when.for !== undefined && parseDuration(when.for) === undefined)
    return { problem: `--for: expected a duration such as 2h, got "${when.for}"` }
  return { answer: (api) => made(api, names, { match, ...when, by, ...(reason !== undefined && { reason }) }) }
}

async function made(api: Api, names: readonly string[], body: object): Promise<Lines | NoAnswer> {
  // A silence of a name that nobody has mutes nobody, and would say nothing of it.
  for (const name of names.filter((text) => !text.includes('*'))) {
    const known = await ask(api, { path: `heartbeats/${encodeURIComponent(name)}`, name }, isItem)
    if ('why' in known) return known
  }
  const item = await ask(api, { method: 'POST', path: 'silences', body }, isMute)
  if ('why' in item) return item
  const open = item.incidents.length
  const what = `${item.id}: ${describeMatch(item.match)}, until ${item.until}`
  return [open === 0 ? what : `${what}; ${open} open ${open === 1 ? 'incident' : 'incidents'} muted`]
}

async function endOf(api: Api, id: string, by: string): Promise<Lines | NoAnswer> {
  const path = `silences/${encodeURIComponent(id)}?${new URLSearchParams({ by })}`
  const ended = await ask(api, { method: 'DELETE', path, what: `silence is called ${id}` }, isNothing)
  return ended !== undefined && 'why' in ended ? ended : [`${id} is ended: what is still wrong pages`]
}

async function listed(api: Api, shell: Shell, json: boolean): Promise<Lines | NoAnswer> {
  const list = await ask(api, { path: 'silences' }, isList)
  if ('why' in list) return list
  if (json) return [JSON.stringify(list, null, 2)]
  if (list.items.length === 0) return ['nothing is silenced']
  return table(
    COLUMNS,
    list.items.map((item) => rowOf(item, shell.now())),
    shell.screen(),
  )
}

function rowOf({ id, match, active, from, until, by, reason, declaredBy, incidents }: Item, now: Instant) {
  const texts = [
    id,
    describeMatch(match),
    active ? '' : distance(from, now, 'never'),
    distance(until, now, 'never'),
    incidents.length === 0 ? '' : String(incidents.length),
    by === '' ? declaredBy : by,
    reason,
  ]
  return texts.map((text) => ({ text }))
}

function isNothing(json: unknown): json is undefined {
  return json === undefined
}

function isMute(json: unknown): json is Item {
  const { id, match, incidents } = (json ?? {}) as Partial<Item>
  return typeof id === 'string' && typeof match === 'object' && Array.isArray(incidents)
}

function isList(json: unknown): json is { readonly items: readonly Item[] } {
  const { items } = (json ?? {}) as { items?: unknown }
  return Array.isArray(items) && items.every(isMute)
}
