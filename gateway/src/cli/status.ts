// `overdue status`: what is wrong first, then the rest, as a table or as JSON, once or as it changes.
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { isBad, VERDICTS, type Verdict } from '../domain/verdict.ts'
import { reach } from './gateway-api.ts'
import { allHeartbeats, type Item } from './heartbeat-list.ts'
import { FLAG, misused, type Problem, readArgs, type Screen, type Shell, TEXT } from './shell.ts'
import { distance, span } from './spans.ts'
import { type Cell, type Colour, type Column, table } from './table.ts'

export const STATUS_USAGE = `overdue status [TEXT] [--verdict VERDICT] [--owner NAME] [--tag TAG] [--group GROUP]
             [--all] [--json | --watch]   # TEXT: part of a name or a description
             # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)`

/** Exit code: 0 all well; 1 some are failed, missed or overrun, or nobody knows; 2 usage. A watch goes on until it is ended. */
export async function status(args: readonly string[], shell: Shell): Promise<number> {
  const asked = readStatus(args)
  if ('problem' in asked) return misused(shell, asked.problem, STATUS_USAGE)
  const api = reach(shell)
  if ('problem' in api) return misused(shell, api.problem)
  for (;;) {
    const items = await allHeartbeats(api, asked.filter)
    const screen = shell.screen()
    const sorted = 'why' in items ? items : [...items].sort(worseFirst)
    const lines = 'why' in sorted ? [sorted.why] : linesOf(sorted, asked, screen, shell.now())
    // From the top of an empty screen; elsewhere one after the other.
    shell.write(`${asked.watch && screen ? '\u001b[H\u001b[2J' : ''}${lines.join('\n')}`)
    if (!asked.watch) return 'why' in sorted || sorted.some(({ verdict }) => isBad(verdict)) ? 1 : 0
    await shell.pause(LOOK_EVERY)
  }
}

type Asked = {
  readonly filter: Readonly<Record<string, string>>
  readonly all: boolean
  readonly json: boolean
  readonly watch: boolean
}

const LOOK_EVERY: Duration = 2 * SECOND
/** Below the table: the summary, what was left out, and the next prompt. */
const LINES_AROUND = 4
const ORDER: readonly Verdict[] = [
  ...VERDICTS.filter((verdict) => verdict !== 'paused' && verdict !== 'ok'),
  'paused',
  'ok',
]
const COLOURS: Readonly<Record<Verdict, Colour>> = {
  ...{ failed: 'red', missed: 'red', overrun: 'red', slow: 'yellow', unverified: 'yellow', late: 'yellow' },
  ...{ running: 'blue', unseen: 'dim', paused: 'dim', ok: 'green' },
}
const COLUMNS: readonly Column[] = [
  { title: 'VERDICT', rank: 9 },
  { title: 'HEARTBEAT', rank: 9, least: 12 },
  { title: 'SINCE', rank: 4 },
  { title: 'OWNER', rank: 2, least: 6 },
  { title: 'LAST SEEN', rank: 1 },
  { title: 'DUE', rank: 3 },
]

function readStatus(args: readonly string[]): Asked | Problem {
  const read = readArgs(args, {
    ...{ verdict: TEXT, owner: TEXT, tag: TEXT, group: TEXT },
    ...{ all: FLAG, json: FLAG, watch: FLAG },
  })
  if ('problem' in read) return read
  const { all = false, json = false, watch = false, ...filter } = read.values
  const [q, ...more] = read.positionals
  if (more.length > 0) return { problem: `expected one text, got "${read.positionals.join(' ')}"` }
  if (json && watch) return { problem: '--watch: expected without --json' }
  const { verdict } = filter
  if (verdict !== undefined && !VERDICTS.includes(verdict as Verdict))
    return { problem: `--verdict: expected one of ${VERDICTS.join(', ')}, got "${verdict}"` }
  return { filter: { ...filter, ...(q !== undefined && { q }) }, all, json, watch }
}

function worseFirst(a: Item, b: Item): number {
  return ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) || compare(a.since, b.since) || compare(a.name, b.name)
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function linesOf(
  items: readonly Item[],
  { all, json }: Asked,
  screen: Screen | undefined,
  now: Instant,
): readonly string[] {
  if (json) return [JSON.stringify({ items }, null, 2)]
  const most = all || screen === undefined ? items.length : Math.max(1, screen.rows - LINES_AROUND)
  const shown = items.slice(0, most)
  const left = items.length - shown.length
  return [
    ...(shown.length === 0
      ? []
      : table(
          COLUMNS,
          shown.map((item) => cellsOf(item, now)),
          screen,
        )),
    summary(items),
    ...(left === 0 ? [] : [`${left} more, which are no worse: --all`]),
  ]
}

function cellsOf({ verdict, name, since, owner, lastSignalAt, dueAt }: Item, now: Instant): readonly Cell[] {
  return [
    { text: verdict, colour: COLOURS[verdict] },
    { text: name },
    { text: span(now - Date.parse(since)) },
    { text: owner },
    { text: distance(lastSignalAt, now, 'never') },
    { text: distance(dueAt, now, '') },
  ]
}

/** `12 heartbeats: 1 failed, 2 late, 9 ok`. */
function summary(items: readonly Item[]): string {
  const counts = ORDER.map((verdict) => [items.filter((item) => item.verdict === verdict).length, verdict] as const)
  const parts = counts.filter(([count]) => count > 0).map(([count, verdict]) => `${count} ${verdict}`)
  return parts.length === 0
    ? 'no heartbeat'
    : `${items.length} ${items.length === 1 ? 'heartbeat' : 'heartbeats'}: ${parts.join(', ')}`
}
