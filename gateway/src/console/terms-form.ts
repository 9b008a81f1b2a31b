// What a form says of a heartbeat, in the words of the file: read from its fields, and its fields from what holds.
import type { Form } from '../adapters/http-route.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Problem } from '../domain/problem.ts'
import { formatDuration } from '../domain/time.ts'
import { asked } from './query.ts'

export const KINDS = ['cron', 'every', 'window', 'calendar', 'none'] as const
export type Kind = (typeof KINDS)[number]

const TEXTS = ['description', 'owner', 'group', 'parent', 'policy', 'runbook', 'unseen', 'will', 'resume'] as const
const DURATIONS = ['grace', 'startWithin', 'finishWithin'] as const
const COUNTS = ['tolerate', 'recoverAfter'] as const
type Schedules = 'kind' | 'cron' | 'every' | 'window' | 'on' | 'calendar' | 'zone'
type Others = 'name' | 'tags' | 'slow' | 'early' | 'severity'
export type FieldName = (typeof TEXTS | typeof DURATIONS | typeof COUNTS)[number] | Schedules | Others

const FIELDS: readonly FieldName[] = [
  ...['name', 'kind', 'cron', 'every', 'window', 'on', 'calendar', 'zone', 'tags', 'slow', 'early', 'severity'],
  ...[...TEXTS, ...DURATIONS, ...COUNTS],
] as FieldName[]

/** As they stand in the form; empty where nothing is said. */
export type Values = Readonly<Record<FieldName, string>>

export function kindOf({ kind }: Pick<Values, 'kind'>): Kind {
  return KINDS.find((each) => each === kind) ?? 'cron'
}

/** From a form that was posted, or from an address: what is not there is empty. */
export function valuesIn(form: Form | undefined | unknown): Values {
  const values = Object.fromEntries(FIELDS.map((field) => [field, asked(form, field, LONGEST)])) as Values
  const said = KINDS.find((kind) => kind !== 'none' && values[kind as FieldName] !== '')
  return values.kind === '' && said !== undefined ? { ...values, kind: said } : values
}

/** As a document says it: only the schedule that was chosen, and nothing that is empty but texts. */
export function saidBy(values: Values): Readonly<Record<string, unknown>> {
  const said = {
    ...scheduleSaid(values),
    ...picked(values, DURATIONS, tidyDuration),
    ...picked(values, TEXTS, (text) => text),
    ...picked(values, COUNTS, Number),
    ...picked(values, ['severity', 'early'], (text) => text),
    ...picked(values, ['slow'], (text) => (text === 'off' ? text : Number(text))),
  }
  const free = { description: values.description, owner: values.owner, group: values.group, runbook: values.runbook }
  return { ...said, ...free, parent: values.parent, tags: tagsIn(values.tags) }
}

export function scheduleSaid(values: Values): Readonly<Record<string, unknown>> {
  const kind = kindOf(values)
  if (kind === 'none') return { schedule: 'none' }
  if (kind === 'every') return { every: tidyDuration(values.every) }
  const zone = values.zone === '' ? {} : { zone: values.zone }
  if (kind === 'window') return { window: values.window, ...(values.on !== '' && { on: values.on }), ...zone }
  return { [kind]: values[kind], ...zone }
}

export function valuesOf(name: string, terms: Terms): Values {
  const { schedule, grace, startWithin, finishWithin } = terms
  const length = (duration: number | undefined): string => (duration === undefined ? '' : formatDuration(duration))
  const { description, owner, group, parent, policy, runbook, unseen, will, resume } = terms
  return {
    ...NOTHING,
    ...{ name, description, owner, group, parent, policy, runbook, unseen, will, resume },
    ...schedule,
    every: schedule.kind === 'every' ? formatDuration(schedule.every) : '',
    ...{ grace: length(grace), startWithin: length(startWithin), finishWithin: length(finishWithin) },
    ...{ tolerate: String(terms.tolerate), recoverAfter: String(terms.recoverAfter) },
    ...{ slow: terms.slow === 0 ? 'off' : String(terms.slow), early: terms.early ? 'on' : 'off' },
    ...{ severity: terms.severity ?? '', tags: terms.tags.join(', ') },
  }
}

/** What is wrong, by field; what no field stands for is under the empty name. */
export type Flaws = ReadonlyMap<FieldName | '', string>

export function flawsOf(problems: readonly Problem[], values: Values): Flaws {
  const flaws = new Map<FieldName | '', string>()
  for (const { path, expected, found } of problems) {
    const [head = ''] = path.split(/[.[]/)
    const place = FIELDS.find((field) => field === head) ?? (path === '' ? scheduleField(values) : '')
    if (!flaws.has(place)) flaws.set(place, `Expected ${expected}, found ${found}.`)
  }
  return flaws
}

/** `15 min` is `15m`. */
function tidyDuration(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/\s+/g, '')
    .replaceAll(/(?<=\d)(?:minutes?|mins?)/g, 'm')
    .replaceAll(/(?<=\d)(?:seconds?|secs?)/g, 's')
    .replaceAll(/(?<=\d)(?:hours?|hrs?)/g, 'h')
    .replaceAll(/(?<=\d)days?/g, 'd')
}

function tagsIn(text: string): readonly string[] {
  return [...new Set(text.split(/[,\s]+/).filter((tag) => tag !== ''))]
}

function picked(
  values: Values,
  fields: readonly FieldName[],
  read: (text: string) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(fields.flatMap((field) => (values[field] === '' ? [] : [[field, read(values[field])]])))
}

function scheduleField(values: Values): FieldName | '' {
  const kind = kindOf(values)
  return kind === 'none' ? '' : kind
}

const NOTHING = Object.fromEntries(FIELDS.map((field) => [field, ''])) as Values
/** Of one field. */
const LONGEST = 8_000
