// `overdue explain`: what the gateway thinks of a heartbeat, and why.
import { join } from 'node:path'
import type { Variables } from '../config/env.ts'
import { isBad, type Verdict } from '../domain/verdict.ts'
import { gatewayUrl, reasonOf } from './gateway-url.ts'

export const EXPLAIN_USAGE =
  'overdue explain NAME   # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)'

export async function explain(
  args: readonly string[],
  env: Variables,
  readFile: (path: string) => string,
  write: (line: string) => void,
): Promise<number> {
  const [name, ...more] = args
  if (name === undefined || more.length > 0 || name.startsWith('-')) {
    write(EXPLAIN_USAGE)
    return 2
  }
  const url = `${gatewayUrl(env)}/api/v1/heartbeats/${encodeURIComponent(name)}/explain`
  try {
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${tokenFrom(env, readFile)}` } })
    if (answer.status === 200) {
      const { text, verdict } = (await answer.json()) as { text: string; verdict: Verdict }
      write(text)
      return isBad(verdict) ? 1 : 0
    }
    write(saysWhy(answer.status, name))
  } catch (error) {
    write(`${url} can't be reached: ${reasonOf(error)}`)
  }
  return 1
}

function saysWhy(status: number, name: string): string {
  if (status === 404) return `no heartbeat is called ${name}`
  if (status === 401) return 'the gateway does not know this token: set OVERDUE_TOKEN, or run where data/admin-token is'
  return `the gateway answered ${status}`
}

function tokenFrom(env: Variables, readFile: (path: string) => string): string {
  if (env['OVERDUE_TOKEN']) return env['OVERDUE_TOKEN']
  try {
    return readFile(join(env['OVERDUE_DATA'] || './data', 'admin-token')).trim()
  } catch {
    return ''
  }
}
