// What a command needs of the process around it, handed in so that a test can be the process, and the lines that all
// commands begin with. Touches no stream before it is used.
import { parseArgs } from 'node:util'
import { cleanText } from '@overdue/device-sdk/wire'
import type { Variables } from '../config/env.ts'
import { type Duration, formatDuration, type Instant, parseDuration, SECOND } from '../domain/time.ts'

export type Shell = {
  readonly env: Variables
  /** Throws when it can't. */
  readFile(path: string): string
  /** What is piped in. */
  input(): AsyncIterable<string> | Iterable<string>
  /** One line, or several, to standard output. */
  write(line: string): void
  /** The same to standard error, where the output is for another program. */
  warn(line: string): void
  /** The terminal that the lines go to; undefined: a file, a pipe. */
  screen(): Screen | undefined
  now(): Instant
  pause(duration: Duration): Promise<unknown>
}

export type Screen = { readonly columns: number; readonly rows: number; readonly isColoured: boolean }
export type Problem = { readonly problem: string }

/** What an option takes: a word, or nothing. */
export const TEXT: { readonly type: 'string' } = { type: 'string' }
export const FLAG: { readonly type: 'boolean' } = { type: 'boolean' }

type Option = { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }
type Options = Readonly<Record<string, Option>>
type Parsed<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>

/** `--no-…` takes a flag back. */
export function readArgs<const O extends Options>(args: readonly string[], options: O): Parsed<O> | Problem {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, allowNegative: true }) as Parsed<O>
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

/** `90s`, `1h30m` or whole seconds. */
export function readWait(
  option: string,
  written: string,
  least: Duration,
  most: Duration,
): { readonly wait: Duration } | Problem {
  const wait = /^\d{1,9}$/.test(written) ? Number(written) * SECOND : parseDuration(written)
  if (wait !== undefined && wait >= least && wait <= most) return { wait }
  return { problem: `--${option}: expected ${formatDuration(least)} to ${formatDuration(most)}, got "${written}"` }
}

/** Says what is wrong with the command's own line, and how it is written. */
export function misused({ write }: Pick<Shell, 'write'>, problem: string, usage?: string): 2 {
  write(usage === undefined ? problem : `${problem}\n${usage}`)
  return 2
}

/** Who acts: `--by`, else who is logged in, else the command. */
export function personOf(env: Variables, command: string, by?: string): string {
  return cleanText(by || env['USER'] || env['LOGNAME'] || '', LONGEST_PERSON) || `overdue ${command}`
}

const LONGEST_PERSON = 200
