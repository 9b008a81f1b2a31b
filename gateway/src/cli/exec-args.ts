// What the line of `overdue exec` says: whose job it is, what is run, and how the gateway is told.
import { nameProblem } from '@overdue/device-sdk/wire'
import type { Variables } from '../config/env.ts'
import { DAY, type Duration, MINUTE, SECOND } from '../domain/time.ts'
import { gatewayUrl } from './gateway-url.ts'
import { FLAG, type Problem, readArgs, readWait, TEXT } from './shell.ts'

export type Job = {
  readonly name: string
  readonly command: readonly [string, ...string[]]
  /** A loop says that it is alive this often; undefined: it is one run. */
  readonly beat: Duration | undefined
  /** What describes a heartbeat that does not exist yet; empty: none is made. */
  readonly create: Readonly<Record<string, string>>
  /** Bytes of output that the last signal carries. */
  readonly tail: number
  /** `auto`: of what goes to a terminal nothing is kept, so that the command has the terminal itself. */
  readonly output: 'auto' | 'kept' | 'untouched'
  /** How long the end may be held up. */
  readonly timeout: Duration
  /** Held up until the gateway knows, or a minute is over. */
  readonly waits: boolean
  readonly isQuiet: boolean
  /** Undefined: `OVERDUE_URL` is no address, and `untold` says so. That keeps no job from running. */
  readonly url: string | undefined
  readonly untold: string | undefined
  readonly key: string | undefined
}

/** A job that somebody can be told of. */
export type ToldJob = Job & { readonly url: string }

export function readJob(args: readonly string[], env: Variables): Job | Problem {
  const end = args.indexOf('--')
  const [program, ...rest] = end < 0 ? [] : args.slice(end + 1)
  const read = readArgs(end < 0 ? args : args.slice(0, end), OPTIONS)
  if ('problem' in read) return read
  const [name, ...more] = read.positionals
  if (name === undefined) return { problem: 'expected one name and then --, got no name' }
  if (more.length > 0) return { problem: `expected one name and then --, got "${read.positionals.join(' ')}"` }
  if (program === undefined) return { problem: 'expected -- and a command behind the name' }
  const {
    output,
    timeout = '2s',
    tail = '10kB',
    wait = false,
    quiet = false,
    url,
    key,
    every,
    create,
    ...terms
  } = read.values
  const problem = nameProblem(name) ?? problemOfNew(create === true, terms, every)
  if (problem !== undefined) return { problem }
  const held = readWait('timeout', timeout, 1, LONGEST_TIMEOUT)
  if ('problem' in held) return held
  const beat = every === undefined ? undefined : readWait('every', every, SECOND, LONGEST_BEAT)
  if (beat !== undefined && 'problem' in beat) return beat
  const bytes = readSize(tail)
  if (bytes === undefined) return { problem: `--tail: expected 0 to 100kB, got "${tail}"` }
  const gateway = gatewayUrl(env, url)
  if ('problem' in gateway && url !== undefined) return gateway
  return {
    name,
    command: [program, ...rest],
    beat: beat?.wait,
    create: create ? { create: '1', ...(every !== undefined && { every }), ...terms } : {},
    tail: bytes,
    output: output === undefined ? 'auto' : output ? 'kept' : 'untouched',
    timeout: held.wait,
    waits: wait,
    isQuiet: quiet,
    url: 'url' in gateway ? gateway.url : undefined,
    untold: 'problem' in gateway ? gateway.problem : undefined,
    key: key ?? env['OVERDUE_TOKEN'],
  }
}

const LONGEST_TIMEOUT = 10 * MINUTE
/** A timer can't wait for much longer. */
const LONGEST_BEAT = 7 * DAY
const LARGEST_TAIL = 100_000
const OPTIONS = {
  ...{ every: TEXT, create: FLAG, cron: TEXT, zone: TEXT, grace: TEXT, owner: TEXT, desc: TEXT, tags: TEXT },
  ...{ tail: TEXT, output: FLAG, timeout: TEXT, wait: FLAG, quiet: { ...FLAG, short: 'q' }, url: TEXT, key: TEXT },
}

function problemOfNew(
  creates: boolean,
  terms: Readonly<Record<string, string | undefined>>,
  every: string | undefined,
): string | undefined {
  const [alone] = Object.keys(terms)
  if (!creates && alone !== undefined) return `--${alone}: expected only beside --create`
  return every !== undefined && terms['cron'] !== undefined ? '--cron: expected without --every' : undefined
}

function readSize(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,6})(kB)?$/.exec(text) ?? []
  const size = digits === undefined ? undefined : Number(digits) * (unit === '' ? 1 : 1000)
  return size !== undefined && size <= LARGEST_TAIL ? size : undefined
}
