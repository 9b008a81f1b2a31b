// `overdue ack` and `overdue resolve`: somebody's word on an incident, or on a storm.
import { nameProblem } from '@overdue/device-sdk/wire'
import { type Api, ask, type NoAnswer, reach } from './gateway-api.ts'
import { isItem } from './heartbeat-list.ts'
import { misused, personOf, readArgs, type Shell, TEXT } from './shell.ts'

export const ACK_USAGE = `overdue ack INCIDENT|NAME [--note TEXT] [--by WHO]   # it escalates no further; NAME: its open incident
             # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)`
export const RESOLVE_USAGE = 'overdue resolve INCIDENT|NAME [--note TEXT] [--by WHO]   # it is over'

export function ack(args: readonly string[], shell: Shell): Promise<number> {
  return answer({ command: 'ack', deed: 'acknowledge', done: 'acknowledged', usage: ACK_USAGE }, args, shell)
}

export function resolve(args: readonly string[], shell: Shell): Promise<number> {
  return answer({ command: 'resolve', deed: 'resolve', done: 'resolved', usage: RESOLVE_USAGE }, args, shell)
}

type Kind = { readonly command: string; readonly deed: string; readonly done: string; readonly usage: string }
type Found = { readonly path: string; readonly what: string }
type Answered = { readonly id: string; readonly heartbeat?: string }

/** Exit code: 0 it is so now, 1 it is not, and why, 2 usage. */
async function answer({ command, deed, done, usage }: Kind, args: readonly string[], shell: Shell): Promise<number> {
  const read = readArgs(args, { note: TEXT, by: TEXT })
  if ('problem' in read) return misused(shell, read.problem, usage)
  const [subject, ...more] = read.positionals
  if (subject === undefined || more.length > 0)
    return misused(shell, 'expected one incident, or the name of a heartbeat', usage)
  const problem = isId(subject) ? undefined : nameProblem(subject)
  if (problem !== undefined) return misused(shell, problem, usage)
  const api = reach(shell)
  if ('problem' in api) return misused(shell, api.problem)
  const { note, by } = read.values
  const body = { by: personOf(shell.env, command, by), ...(note !== undefined && { note }) }
  const found = isId(subject) ? ofId(subject) : await openIncident(api, subject)
  const answered =
    'why' in found
      ? found
      : await ask(api, { method: 'POST', path: `${found.path}/${deed}`, what: found.what, body }, isAnswered)
  if ('why' in answered) {
    const isSo = answered.status === 409
    shell.write(isSo && 'path' in found ? `${subject} is ${done} already, or over` : answered.why)
    return 1
  }
  const { id, heartbeat } = answered
  shell.write(`${id}${heartbeat === undefined ? '' : ` of ${heartbeat}`} is ${done} by ${body.by}`)
  return 0
}

function isId(subject: string): boolean {
  return /^(?:inc|storm)-[A-Za-z0-9_-]+$/.test(subject)
}

/** A heartbeat may be called like an incident; then it is reached by the incident's id. */
function ofId(id: string): Found {
  return { path: `${id.startsWith('storm-') ? 'storms' : 'incidents'}/${id}`, what: `incident is called ${id}` }
}

async function openIncident(api: Api, name: string): Promise<Found | NoAnswer> {
  const item = await ask(api, { path: `heartbeats/${encodeURIComponent(name)}`, name }, isItem)
  if ('why' in item) return item
  return item.incident === null
    ? { why: `${name} has no open incident: it is ${item.verdict} since ${item.since}` }
    : ofId(item.incident)
}

function isAnswered(json: unknown): json is Answered {
  return typeof (json as Partial<Answered> | undefined)?.id === 'string'
}
