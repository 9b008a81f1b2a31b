// `overdue ping`: one signal, sent again while the gateway can't be reached or can't take it.
import { cleanText, nameProblem, parseEvent } from '@overdue/device-sdk/wire'
import { type Duration, MINUTE, SECOND } from '../domain/time.ts'
import { gatewayUrl } from './gateway-url.ts'
import { FLAG, misused, type Problem, readArgs, readWait, type Shell, TEXT } from './shell.ts'
import { postSignal } from './signal-post.ts'

export const PING_USAGE = `overdue ping NAME [ok|start|fail|log|bye|EXIT-CODE]
             [--msg TEXT] [--rid UUID] [--duration 90s] [--next 6h]
             [--create [--every 5m | --cron LINE [--zone ZONE]] [--grace 10m] [--owner TEXT] [--desc TEXT] [--tags TEXT]]
             [--timeout 10s]   # of each of 3 tries
             [--url URL] [--key KEY]   # else OVERDUE_URL; OVERDUE_TOKEN: the heartbeat's key`

/** Exit code: 0 it is on the gateway's disk, 1 it is not, and why, 2 usage. */
export async function ping(args: readonly string[], shell: Shell): Promise<number> {
  const asked = readPing(args)
  if ('problem' in asked) return misused(shell, asked.problem, PING_USAGE)
  const gateway = gatewayUrl(shell.env, asked.url)
  if ('problem' in gateway) return misused(shell, gateway.problem)
  const post = { url: `${gateway.url}${asked.path}`, key: asked.key ?? shell.env['OVERDUE_TOKEN'] }
  for (let tries = 1; ; tries++) {
    const sent = await postSignal(post, asked.timeout)
    if (sent.kind === 'taken') return 0
    if (sent.kind === 'refused' || tries === MOST_TRIES) {
      shell.write(`${gateway.url} ${sent.why}`)
      return 1
    }
    await shell.pause(tries * SECOND)
  }
}

type Asked = {
  readonly path: string
  readonly timeout: Duration
  readonly url: string | undefined
  readonly key: string | undefined
}

const MOST_TRIES = 3
const LONGEST_TIMEOUT = 10 * MINUTE
const DESCRIBES_NEW = ['every', 'cron', 'zone', 'grace', 'owner', 'desc', 'tags'] as const
const OPTIONS = {
  ...{ msg: TEXT, rid: TEXT, duration: TEXT, next: TEXT, every: TEXT, cron: TEXT, zone: TEXT },
  ...{ grace: TEXT, owner: TEXT, desc: TEXT, tags: TEXT },
  ...{ create: FLAG, timeout: TEXT, url: TEXT, key: TEXT },
}

function readPing(args: readonly string[]): Asked | Problem {
  const read = readArgs(args, OPTIONS)
  if ('problem' in read) return read
  const [name = '', event = 'ok', ...more] = read.positionals
  const { create = false, timeout: written = '10s', url, key, ...texts } = read.values
  const alone = create ? undefined : DESCRIBES_NEW.find((option) => texts[option] !== undefined)
  const problem = problemOf(name, event, more) ?? (alone && `--${alone}: expected only beside --create`)
  if (problem !== undefined) return { problem }
  const timeout = readWait('timeout', written, 1, LONGEST_TIMEOUT)
  if ('problem' in timeout) return timeout
  const query = new URLSearchParams(Object.entries({ ...texts, ...(create && { create: '1' }) }))
  // Longer than the gateway keeps would only make the request's head too large.
  if (texts.msg !== undefined) query.set('msg', cleanText(texts.msg))
  return { path: `/hb/${name}/${event}${query.size === 0 ? '' : '?'}${query}`, timeout: timeout.wait, url, key }
}

function problemOf(name: string, event: string, more: readonly string[]): string | undefined {
  if (name === '') return 'expected the name of a heartbeat'
  if (more.length > 0) return `expected a name and an event, got "${more.join(' ')}" too`
  const { kind, awaitsExit } = parseEvent(event) ?? {}
  if (kind === undefined || kind === 'silence' || awaitsExit)
    return `event: expected ok, start, fail, log, bye, 0 to 255 or a signal's name, got "${event}"`
  return nameProblem(name)
}
