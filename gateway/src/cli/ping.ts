// `overdue ping`: one signal, tried again while the gateway can't take it.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { nameProblem, parseEvent } from '@overdue/device-sdk/wire'
import type { Variables } from '../config/env.ts'
import { gatewayUrl, reasonOf } from './gateway-url.ts'

export const PING_USAGE = `overdue ping NAME [ok|start|fail|log|bye|EXIT-CODE] [--msg TEXT] [--rid UUID] [--duration 90s] [--next 6h]
             [--create [--every 5m | --cron LINE [--zone ZONE]]]   # OVERDUE_URL, OVERDUE_TOKEN: the heartbeat's key`

const TRIES = 4
const FIRST_PAUSE = 500
const LONGEST_TRY = 10_000
const TEXTS = ['msg', 'rid', 'duration', 'next', 'every', 'cron', 'zone'] as const

export async function ping(args: readonly string[], env: Variables, write: (line: string) => void): Promise<number> {
  const asked = readArgs(args)
  if ('usage' in asked) {
    write(`${asked.usage}\n${PING_USAGE}`)
    return 2
  }
  const token = env['OVERDUE_TOKEN']
  const headers = token ? { Authorization: `Bearer ${token}` } : {}
  for (let attempt = 1, pause = FIRST_PAUSE; ; attempt++, pause *= 2) {
    const answer = await send(`${gatewayUrl(env)}${asked.path}`, headers)
    if (answer.kind === 'taken') return 0
    if (answer.kind === 'refused' || attempt === TRIES) {
      write(answer.why)
      return 1
    }
    await sleep(pause)
  }
}

type Sent = { readonly kind: 'taken' } | { readonly kind: 'refused' | 'later'; readonly why: string }

async function send(url: string, headers: Readonly<Record<string, string>>): Promise<Sent> {
  try {
    const answer = await fetch(url, { method: 'POST', headers, signal: AbortSignal.timeout(LONGEST_TRY) })
    if (answer.ok) return { kind: 'taken' }
    const why = `${url} answered ${answer.status}: ${(await answer.text()).trim()}`
    return { kind: answer.status >= 500 || answer.status === 429 ? 'later' : 'refused', why }
  } catch (error) {
    return { kind: 'later', why: `${url} can't be reached: ${reasonOf(error)}` }
  }
}

function readArgs(args: readonly string[]): { readonly path: string } | { readonly usage: string } {
  const text = { type: 'string' } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...Object.fromEntries(TEXTS.map((name) => [name, text])), create: { type: 'boolean' } },
    })
    const [name = '', event = 'ok', ...more] = positionals
    const problem = nameProblem(name)
    if (more.length > 0) return { usage: `expected a name and an event, got "${more.join(' ')}" too` }
    if (problem !== undefined) return { usage: problem }
    if (parseEvent(event) === undefined)
      return { usage: `event: expected ok, start, fail, log, bye or 0-255, got "${event}"` }
    const { create, ...texts } = values
    const query = new URLSearchParams(texts as Record<string, string>)
    if (create === true) query.set('create', '1')
    const mark = query.size === 0 ? '' : '?'
    return { path: `/hb/${name}/${event}${mark}${query}` }
  } catch (error) {
    return { usage: (error as Error).message }
  }
}
