// Asks the gateway's API for a command, and says in one line why there is no answer and what to do about it.
import { cleanText } from '@overdue/device-sdk/wire'
import { nearest } from '../config/report.ts'
import { type Duration, SECOND } from '../domain/time.ts'
import { apiToken, bearer, gatewayUrl, reasonOf } from './gateway-url.ts'
import type { Problem, Shell } from './shell.ts'

export type Api = { readonly url: string; readonly token: string }
export type Question = {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Below `/api/v1/`. */
  readonly path: string
  /** What there is none of where the answer is 404: `heartbeat is called pump-17`. */
  readonly what?: string
  /** The heartbeat that the question is about: what is called nearly so is named. */
  readonly name?: string
  readonly body?: object
  readonly longest?: Duration
}
/** `status` is absent where nobody answered. */
export type NoAnswer = { readonly why: string; readonly status?: number }

/** Where the API is and what it is shown; `problem` where the environment says something else. */
export function reach({ env, readFile }: Pick<Shell, 'env' | 'readFile'>): Api | Problem {
  const gateway = gatewayUrl(env)
  return 'problem' in gateway ? gateway : { url: gateway.url, token: apiToken(env, readFile) }
}

/** The answer's JSON if `is` knows it; whatever it is, it came from outside. No text is undefined. */
export async function ask<T>(api: Api, question: Question, is: (json: unknown) => json is T): Promise<T | NoAnswer> {
  const answer = await askText(api, question)
  if ('why' in answer) return answer
  const json = jsonOf(answer.text)
  return is(json) ? json : { why: `${api.url} answered something else: is it Overdue?` }
}

/** The answer as it is, where it is good. */
export async function askText(api: Api, question: Question): Promise<{ readonly text: string } | NoAnswer> {
  const answer = await send(api, question)
  if ('why' in answer || (answer.status >= 200 && answer.status < 300)) return answer
  const { status, text } = answer
  return { status, why: await whyNot(api, question, status, jsonOf(text)) }
}

const LONGEST_ANSWER = 10 * SECOND

async function send(
  { url, token }: Api,
  { method = 'GET', path, body, longest = LONGEST_ANSWER }: Question,
): Promise<{ readonly status: number; readonly text: string } | NoAnswer> {
  try {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { ...bearer(token), ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(longest),
    })
    return { status: answer.status, text: await answer.text() }
  } catch (error) {
    return { why: `${url} can't be reached: ${reasonOf(error)}: is it running, and is OVERDUE_URL right?` }
  }
}

async function whyNot(api: Api, { what, name }: Question, status: number, json: unknown): Promise<string> {
  const { url } = api
  if (status === 401) return `${url} does not know this token: set OVERDUE_TOKEN, or run where data/admin-token is`
  if (status === 404 && name !== undefined) return `no heartbeat is called ${name}${await nearestTo(api, name)}`
  if (status === 404 && what !== undefined) return `no ${what}`
  const { title, problems } = (json ?? {}) as { title?: unknown; problems?: unknown }
  const flaws = Array.isArray(problems) ? problems.map(flawText).join('; ') : ''
  const said = cleanText(flaws || (typeof title === 'string' ? title : ''))
  return `${url} answered ${status}${said === '' ? '' : `: ${said}`}`
}

/** Among the first thousand. */
async function nearestTo(api: Api, name: string): Promise<string> {
  const answer = await send(api, { path: 'heartbeats?limit=1000' })
  const { items } = ('text' in answer ? (jsonOf(answer.text) ?? {}) : {}) as { items?: unknown }
  const names = Array.isArray(items) ? items.map((item: { name?: unknown }) => String(item?.name)) : []
  return nearest(name, names)
}

function flawText(flaw: { path?: unknown; expected?: unknown; found?: unknown } | null): string {
  return `${flaw?.path}: expected ${flaw?.expected}, got ${flaw?.found}`
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
