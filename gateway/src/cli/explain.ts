// `overdue explain`: what the gateway thinks of a heartbeat, and why.
import { nameProblem } from '@overdue/device-sdk/wire'
import { isBad, type Verdict } from '../domain/verdict.ts'
import { ask, reach } from './gateway-api.ts'
import { misused, type Shell } from './shell.ts'

export const EXPLAIN_USAGE =
  'overdue explain NAME   # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)'

/** Exit code: 0 well; 1 failed, missed, overrun, or nobody knows; 2 usage. */
export async function explain(args: readonly string[], shell: Shell): Promise<number> {
  const [name, ...more] = args
  const problem = name === undefined || more.length > 0 ? 'expected one name' : nameProblem(name)
  if (name === undefined || problem !== undefined) return misused(shell, problem ?? '', EXPLAIN_USAGE)
  const api = reach(shell)
  if ('problem' in api) return misused(shell, api.problem)
  const answer = await ask(api, { path: `heartbeats/${encodeURIComponent(name)}/explain`, name }, isExplained)
  shell.write('why' in answer ? answer.why : answer.text)
  return 'why' in answer || isBad(answer.verdict) ? 1 : 0
}

type Explained = { readonly text: string; readonly verdict: Verdict }

function isExplained(json: unknown): json is Explained {
  const { text, verdict } = (json ?? {}) as Partial<Explained>
  return typeof text === 'string' && typeof verdict === 'string'
}
