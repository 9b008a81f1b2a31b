// `overdue next`: the coming due instants of a schedule, one UTC instant a line, or with --batch a JSON line each.
import { formatProblem } from '../domain/problem.ts'
import { checkSchedule, nextDue, type Schedule } from '../domain/schedule.ts'
import { type Instant, NEVER, parseDuration, parseInstant } from '../domain/time.ts'
import { FLAG, misused, readArgs, type Shell, TEXT } from './shell.ts'

export const NEXT_USAGE = `overdue next (--cron LINE | --calendar TEXT | --every DURATION | --window HH:MM-HH:MM [--on DAYS])
             [--zone ZONE] [--from INSTANT] [--count N]
overdue next --batch   # reads JSON lines {"cron"|"calendar"|"every"|"window", "on"?, "zone"?, "from"?, "count"?}`

/** Exit code: 0 good, 1 the schedule is bad, 2 usage. A batch answers for each line and is good itself. */
export async function next(args: readonly string[], shell: Shell): Promise<number> {
  const { write } = shell
  const asked = readAsked(args)
  if ('usage' in asked) return misused(shell, asked.usage, NEXT_USAGE)
  if (asked.isBatch) {
    for await (const line of lines(shell.input()))
      if (line.trim() !== '') write(JSON.stringify(answerLine(line, shell.now())))
    return 0
  }
  const request = readRequest(asked.values, shell.now())
  if ('usage' in request) return misused(shell, request.usage, NEXT_USAGE)
  const answer = answerRequest(request)
  if ('error' in answer) {
    write(answer.error)
    return 1
  }
  for (const instant of answer.next) write(instant)
  return 0
}

type Answer = { readonly next: readonly string[] } | { readonly error: string }
type Request = { readonly schedule: Schedule; readonly from: Instant; readonly count: number }
type Values = Readonly<Record<string, unknown>>
type Usage = { readonly usage: string }

const KINDS = ['cron', 'calendar', 'every', 'window'] as const
const MOST_INSTANTS = 1_000_000

const OPTIONS = {
  ...{ cron: TEXT, calendar: TEXT, every: TEXT, window: TEXT, on: TEXT },
  ...{ zone: TEXT, from: TEXT, count: TEXT, batch: FLAG },
}

function readAsked(args: readonly string[]): { readonly isBatch: boolean; readonly values: Values } | Usage {
  const read = readArgs(args, OPTIONS)
  if ('problem' in read) return { usage: read.problem }
  if (read.positionals.length > 0) return { usage: `expected options only, got "${read.positionals.join(' ')}"` }
  const { batch = false, ...rest } = read.values
  if (batch && Object.keys(rest).length > 0) return { usage: '--batch takes no other option' }
  return { isBatch: batch, values: { ...rest } }
}

function answerLine(line: string, now: Instant): Answer {
  let values: unknown
  try {
    values = JSON.parse(line)
  } catch {
    return { error: `expected a JSON object, got ${line.slice(0, 80)}` }
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    return { error: `expected a JSON object, got ${line.slice(0, 80)}` }
  }
  const request = readRequest(values as Values, now)
  return 'usage' in request ? { error: request.usage } : answerRequest(request)
}

function answerRequest({ schedule, from, count }: Request): Answer {
  const problems = checkSchedule(schedule, '')
  if (problems.length > 0) return { error: problems.map(formatProblem).join('; ') }
  const instants: string[] = []
  let due = from
  while (instants.length < count) {
    due = nextDue(schedule, due)
    if (due === NEVER || due > LAST_INSTANT) break
    instants.push(written(due))
  }
  return { next: instants }
}

/** The last instant that can be written. */
const LAST_INSTANT: Instant = 8_640_000_000_000_000

function readRequest(values: Values, now: Instant): Request | Usage {
  const kinds = KINDS.filter((kind) => values[kind] !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) return { usage: `expected exactly one of ${KINDS.join(', ')}` }
  const { on = '', zone = 'UTC', from, count = 5 } = values
  const text = values[kind]
  for (const [name, value] of Object.entries({ [kind]: text, on, zone })) {
    if (typeof value !== 'string') return { usage: `${name}: expected text, got ${JSON.stringify(value)}` }
  }
  if (values['on'] !== undefined && kind !== 'window') return { usage: 'on: expected only beside window' }
  const start = from === undefined ? now : parseInstant(String(from))
  if (start === undefined) {
    return { usage: `from: expected an instant such as 2026-03-28T00:00:00Z, got ${JSON.stringify(from)}` }
  }
  const amount = Number(count)
  if (!Number.isInteger(amount) || amount < 1 || amount > MOST_INSTANTS || count === true) {
    return { usage: `count: expected 1 to ${MOST_INSTANTS}, got ${JSON.stringify(count)}` }
  }
  return { schedule: scheduleOf(kind, text as string, on as string, zone as string), from: start, count: amount }
}

function scheduleOf(kind: (typeof KINDS)[number], text: string, on: string, zone: string): Schedule {
  if (kind === 'cron') return { kind, cron: text, zone }
  if (kind === 'calendar') return { kind, calendar: text, zone }
  if (kind === 'window') return { kind, window: text, on, zone }
  return { kind, every: parseDuration(text) ?? Number.NaN }
}

function written(instant: Instant): string {
  const smallestUnit = instant % 1000 === 0 ? 'second' : 'millisecond'
  return Temporal.Instant.fromEpochMilliseconds(instant).toString({ smallestUnit })
}

/** Chunks need not end at line ends. */
async function* lines(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const parts = `${rest}${chunk}`.split('\n')
    rest = parts.pop() as string
    yield* parts
  }
  yield rest
}
