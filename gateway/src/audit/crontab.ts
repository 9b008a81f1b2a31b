// The text of a crontab, read as Debian's cron (vixie cron 3.0pl1) reads it, and where in each line what stands.
// A system crontab has a user between schedule and command.
import { parseCron } from '../domain/cron.ts'
import { isWrong } from '../domain/problem.ts'

export type CrontabEntry = {
  /** From 1 on. */
  readonly line: number
  /** `0 3 * * *` or `@daily`, with single blanks. */
  readonly schedule: string
  readonly user?: string
  /** As it is written: with `\%`, and what follows a plain `%`. */
  readonly command: string
  /** The column in which the command begins. */
  readonly column: number
  /** The settings above it. */
  readonly settings: Readonly<Record<string, string>>
  /** The comment that stands directly above it. */
  readonly comment?: string
}

export type Flaw = { readonly line: number; readonly why: string }
export type Crontab = { readonly entries: readonly CrontabEntry[]; readonly flaws: readonly Flaw[] }

/** Debian's cron reads a file with any flaw not at all. */
export function readCrontab(text: string, hasUser: boolean): Crontab {
  const lines = text.split('\n')
  const entries: CrontabEntry[] = []
  const flaws: Flaw[] = []
  let settings: Record<string, string> = {}
  let comment: string[] = []
  if (lines.at(-1) === '') lines.pop()
  else if (text !== '') flaws.push({ line: lines.length, why: 'the last line does not end in a newline' })
  for (const [index, whole] of lines.entries()) {
    const line = index + 1
    const written = whole.replace(/^[ \t]+/, '')
    const setting = SETTING.exec(written)
    if (written.startsWith('#')) {
      comment.push(written.replace(/^#+\s?/, ''))
      continue
    }
    if (setting !== null) {
      settings = { ...settings, [(setting[1] ?? setting[2] ?? setting[3]) as string]: unquoted(setting[4] as string) }
    } else if (written !== '') {
      const entry = readEntry(written, hasUser)
      const said = saidBy(comment)
      const column = whole.length - written.length
      if ('why' in entry) flaws.push({ line, why: entry.why })
      else
        entries.push({
          ...{ ...entry, line, settings, column: entry.column + column },
          ...(said !== undefined && { comment: said }),
        })
    }
    comment = []
  }
  return { entries, flaws }
}

/** The command as the shell gets it, and how many of the written characters that are; the rest is its input. */
export function atPercent(written: string): { readonly command: string; readonly length: number } {
  let command = ''
  for (let at = 0; at < written.length; at++) {
    const character = written[at] as string
    if (character === '%') return { command, length: at }
    if (character === '\\' && at + 1 < written.length) {
      at++
      command += written[at] === '%' ? '%' : `\\${written[at]}`
    } else command += character
  }
  return { command, length: written.length }
}

/** Text as it is written in a command, so that cron leaves it as it is. */
export function withPercents(text: string): string {
  return text.replaceAll('%', '\\%')
}

/** Longer commands are refused by Debian's cron. */
export const LONGEST_COMMAND = 998

type Read = Pick<CrontabEntry, 'schedule' | 'user' | 'command' | 'column'> | { readonly why: string }

/** A name, which may be quoted, and a value; blanks around the sign do not count. */
const SETTING = /^(?:"([^"]*)"|'([^']*)'|([^\s="']+))[ \t]*=[ \t]*(.*)$/
const NICKNAMES = new Set(
  ['reboot', 'yearly', 'annually', 'monthly', 'weekly', 'daily', 'midnight', 'hourly'].map((name) => `@${name}`),
)

function unquoted(written: string): string {
  const value = written.trimEnd()
  return /^(["'])(.*)\1$/.exec(value)?.[2] ?? value
}

function readEntry(text: string, hasUser: boolean): Read {
  const isNamed = text.startsWith('@')
  const timing = (isNamed ? /^(\S+)[ \t]*/ : /^(\S+[ \t]+\S+[ \t]+\S+[ \t]+\S+[ \t]+\S+)[ \t]*/).exec(text)
  if (timing === null) return { why: `expected five fields and a command, got ${JSON.stringify(text.slice(0, 80))}` }
  const schedule = (timing[1] as string).replaceAll(/[ \t]+/g, ' ')
  const why = complaint(schedule)
  if (why !== undefined) return { why }
  let column = (timing[0] as string).length
  const user = hasUser ? (/^\S*/.exec(text.slice(column)) as RegExpExecArray)[0] : undefined
  if (user !== undefined) column += (/^\S*[ \t]*/.exec(text.slice(column)) as RegExpExecArray)[0].length
  const command = text.slice(column)
  if (user === '' || command.trim() === '')
    return { why: hasUser ? 'expected a user and a command' : 'expected a command' }
  return { schedule, command, column, ...(user !== undefined && { user }) }
}

function complaint(schedule: string): string | undefined {
  if (schedule.startsWith('@'))
    return NICKNAMES.has(schedule) ? undefined : `expected @daily or another of cron's words, got "${schedule}"`
  // cronie picks a random minute for it; that is no flaw of the file.
  if (schedule.includes('~')) return undefined
  if (/[L#?]/.test(schedule.split(' ')[2] ?? '') || /L$|[#?]/.test(schedule.split(' ')[4] ?? ''))
    return `cron knows no L, # and ?, got "${schedule}"`
  const cron = parseCron(schedule)
  if (!isWrong(cron)) return undefined
  const [problem] = cron.problems
  // A date that never comes is read, and never fires.
  return problem?.expected.includes('fires some day')
    ? undefined
    : `expected ${problem?.expected}, got ${problem?.found}`
}

/** What crontab(1) writes itself. */
const HEADER = /^DO NOT EDIT THIS FILE|^\(.* installed on |^\(Cron version /

/** What people write above a line; not a line that was switched off, nor a rule of dashes. */
function saidBy(comment: readonly string[]): string | undefined {
  const lines = comment.map((line) => line.trim()).filter((line) => /\p{L}{2}/u.test(line) && !HEADER.test(line))
  const isOff = lines.some((line) => /^(?:@\w+|[\d*,/-]+\s+[\d*,/-]+\s+[\d*,/-]+)\s/.test(line) || SETTING.test(line))
  return lines.length === 0 || isOff ? undefined : lines.join(' ')
}
