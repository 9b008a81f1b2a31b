// `overdue ping`: one signal, sent again while the gateway can't be reached or can't take it.
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { cleanText, nameProblem, parseEvent } from '@overdue/device-sdk/wire'
import type { Variables } from '../config/env.ts'
import { type Duration, MINUTE, parseDuration, SECOND } from '../domain/time.ts'
import { bearer, gatewayUrl, reasonOf } from './gateway-url.ts'

export const PING_USAGE = `overdue ping NAME [ok|start|fail|log|bye|EXIT-CODE]
             [--msg TEXT] [--rid UUID] [--duration 90s] [--next 6h]
             [--create [--every 5m | --cron LINE [--zone ZONE]]]
             [--timeout 10s]   # of each of 3 tries; OVERDUE_URL; OVERDUE_TOKEN: the heartbeat's key`

/** Exit code: 0 it is on the gateway's disk, 1 it is not, and why, 2 usage. */
export async function ping(
  args: readonly string[],
  env: Variables,
  write: (line: string) => void,
  pause: (duration: Duration) => Promise<unknown> = wait,
): Promise<number> {
  const asked = readArgs(args)
  const gateway = gatewayUrl(env)
  if ('problem' in asked) {
    write(`${asked.problem}\n${PING_USAGE}`)
    return 2
  }
  if ('problem' in gateway) {
    write(gateway.problem)
    return 2
  }
  const token = env['OVERDUE_TOKEN']
  for (let tries = 1; ; tries++) {
    const sent = await send(`${gateway.url}${asked.path}`, token, asked.timeout)
    if (sent.kind === 'taken') return 0
    if (sent.kind === 'refused' || tries === MOST_TRIES) {
      write(`${gateway.url} ${sent.why}`)
      return 1
    }
    await pause(tries * SECOND)
  }
}

type Asked = { readonly path: string; readonly timeout: Duration }
type Sent = { readonly kind: 'taken' } | { readonly kind: 'refused' | 'later'; readonly why: string }

const MOST_TRIES = 3
const LONGEST_TIMEOUT = 10 * MINUTE
const LONGEST_SHOWN = 500
const DESCRIBES_NEW = ['every', 'cron', 'zone'] as const
const TEXTS = ['msg', 'rid', 'duration', 'next', ...DESCRIBES_NEW] as const

async function send(url: string, token: string | undefined, timeout: Duration): Promise<Sent> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: bearer(token),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    })
    if (answer.status === 200 || answer.status === 201) return { kind: 'taken' }
    const said = cleanText(await answer.text(), LONGEST_SHOWN)
    const isPassing = answer.status >= 500 || answer.status === 429 || answer.status === 408
    return { kind: isPassing ? 'later' : 'refused', why: `answered ${answer.status}: ${said}` }
  } catch (error) {
    return { kind: 'later', why: `can't be reached: ${reasonOf(error)}` }
  }
}

function readArgs(args: readonly string[]): Asked | { readonly problem: string } {
  const text = { type: 'string' } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...Object.fromEntries([...TEXTS, 'timeout'].map((name) => [name, text])),
        create: { type: 'boolean' },
      },
    })
    const [name, event = 'ok', ...more] = positionals
    const { create = false, timeout: written = '10s', ...texts } = values as Values
    const timeout = /^\d+$/.test(written) ? Number(written) * SECOND : parseDuration(written)
    const problem = problemOf(name, event, more, create ? {} : texts)
    if (problem !== undefined) return { problem }
    if (timeout === undefined || timeout < 1 || timeout > LONGEST_TIMEOUT)
      return { problem: `--timeout: expected 1ms to 10m, got "${written}"` }
    const query = new URLSearchParams(Object.entries({ ...texts, ...(create && { create: '1' }) }))
    // Longer than the gateway keeps would only make the request's head too large.
    if (texts.msg !== undefined) query.set('msg', cleanText(texts.msg))
    return { path: `/hb/${name}/${event}${query.size === 0 ? '' : '?'}${query}`, timeout }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

type Values = { readonly [name in (typeof TEXTS)[number]]?: string } & { timeout?: string; create?: boolean }

function problemOf(name = '', event: string, more: readonly string[], texts: Values): string | undefined {
  if (name === '') return 'expected the name of a heartbeat'
  if (more.length > 0) return `expected a name and an event, got "${more.join(' ')}" too`
  const { kind, awaitsExit } = parseEvent(event) ?? {}
  if (kind === undefined || kind === 'silence' || awaitsExit)
    return `event: expected ok, start, fail, log, bye, 0 to 255 or a signal's name, got "${event}"`
  const alone = DESCRIBES_NEW.find((option) => texts[option] !== undefined)
  if (alone !== undefined) return `--${alone}: expected only beside --create`
  return nameProblem(name)
}
