// `overdue explain`: what the gateway thinks of a heartbeat, and why.
import { nameProblem } from '@overdue/device-sdk/wire'
import type { Variables } from '../config/env.ts'
import { SECOND } from '../domain/time.ts'
import { isBad, type Verdict } from '../domain/verdict.ts'
import { apiToken, bearer, gatewayUrl, reasonOf } from './gateway-url.ts'

export const EXPLAIN_USAGE =
  'overdue explain NAME   # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)'

/** Exit code: 0 well; 1 failed, missed, overrun, or nobody knows; 2 usage. `readFile` throws when it can't. */
export async function explain(
  args: readonly string[],
  env: Variables,
  readFile: (path: string) => string,
  write: (line: string) => void,
): Promise<number> {
  const [name, ...more] = args
  const gateway = gatewayUrl(env)
  const problem = name === undefined || more.length > 0 ? 'expected one name' : nameProblem(name)
  if (name === undefined || problem !== undefined) {
    write(`${problem}\n${EXPLAIN_USAGE}`)
    return 2
  }
  if ('problem' in gateway) {
    write(gateway.problem)
    return 2
  }
  const answer = await ask(gateway.url, name, apiToken(env, readFile))
  write('why' in answer ? answer.why : answer.text)
  return 'why' in answer || isBad(answer.verdict) ? 1 : 0
}

type Explained = { readonly text: string; readonly verdict: Verdict }

const LONGEST_WAIT = 10 * SECOND

async function ask(url: string, name: string, token: string): Promise<Explained | { readonly why: string }> {
  try {
    const answer = await fetch(`${url}/api/v1/heartbeats/${encodeURIComponent(name)}/explain`, {
      headers: bearer(token),
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_WAIT),
    })
    const json: unknown = answer.status === 200 ? await answer.json().catch(() => undefined) : undefined
    return isExplained(json) ? json : { why: whyNot(answer.status, url, name) }
  } catch (error) {
    return { why: `${url} can't be reached: ${reasonOf(error)}` }
  }
}

function isExplained(json: unknown): json is Explained {
  const { text, verdict } = (json ?? {}) as Partial<Explained>
  return typeof text === 'string' && typeof verdict === 'string'
}

function whyNot(status: number, url: string, name: string): string {
  if (status === 404) return `no heartbeat is called ${name}`
  if (status === 401) return `${url} does not know this token: set OVERDUE_TOKEN, or run where data/admin-token is`
  return status === 200 ? `${url} answered something else: is it Overdue?` : `${url} answered ${status}`
}
