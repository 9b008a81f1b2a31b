// The routes behind the links of a page: a GET asks, a POST does, and no login is needed, since the token in the path
// says all. A link preview, a prefetch or a HEAD can therefore do nothing.
import { formatInstant, HOUR, type Instant, MINUTE } from '../domain/time.ts'
import type { AnswerAction, AnswerTokens, Answer as Asks } from './answer-tokens.ts'
import { ANSWER_HEADERS } from './http-answer-look.ts'
import { type AnswerSubject, askPage, donePage, type Question, type Refusal, refusalPage } from './http-answer-page.ts'
import type { Answer, Asked, Form, Route } from './http-route.ts'

export type { AnswerSubject } from './http-answer-page.ts'

/** `used`: this link was, or it is in that state already. `over`: resolved. */
export type Acted = 'done' | 'used' | 'over' | 'unknown' | 'unavailable'

export type AnswerRules = {
  readonly tokens: AnswerTokens
  /** What an answer is about, as it is now. */
  lookup(about: string): AnswerSubject | undefined
  /** Does it, at most once for each page and action; `done` is on disk. `by` is whoever says so, else who was paged. */
  act(answer: Asks, by: string): Promise<Acted>
  now(): Instant
}

export function answerRoutes({ tokens, lookup, act, now }: AnswerRules): readonly Route[] {
  const route = (method: 'GET' | 'POST', summary: string, answer: Route['answer']): Route => ({
    ...{ method, path: '/answer/:token', for: 'nobody', docs: { summary }, answer },
    ...(method === 'POST' && { takesForm: true }),
  })
  return [
    route('GET', 'Asks whether to do what a link of a page stands for; changes nothing', ({ params }) => {
      const answer = tokens.read(params['token'] as string)
      const subject = answer && lookup(answer.about)
      if (answer === undefined || subject === undefined) return refuse('unknown', undefined)
      if (subject.state === 'resolved') return refuse('over', subject)
      return html(200, askPage(answer, subject))
    }),
    route('POST', 'Does it, once', async ({ params, body }: Asked<unknown, Form | undefined>) => {
      const answer = tokens.read(params['token'] as string)
      if (answer === undefined) return refuse('unknown', undefined)
      const by = body?.['by']?.trim() || answer.by
      if (by.length > LONGEST_NAME || CONTROLS.test(by)) return refuse('misnamed', lookup(answer.about), answer)
      const acted = await act(answer, by)
      const subject = lookup(answer.about)
      if (acted !== 'done') return refuse(acted, subject, answer)
      return html(200, donePage({ action: answer.action, by }, subject, clockAt(now() + QUIET[answer.action])))
    }),
  ]
}

const LONGEST_NAME = 200
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/

/** For how long nothing is paged. */
const QUIET: Readonly<Record<AnswerAction, number>> = {
  acknowledge: 0,
  resolve: 0,
  silence: HOUR,
  snooze: 30 * MINUTE,
}

const STATUS: Readonly<Record<Refusal, 400 | 404 | 409 | 410 | 503>> = {
  misnamed: 400,
  unknown: 404,
  used: 409,
  over: 410,
  unavailable: 503,
}

function refuse(refusal: Refusal, subject: AnswerSubject | undefined, question?: Question): Answer {
  const canAsk = refusal === 'unavailable' || refusal === 'misnamed'
  return html(
    STATUS[refusal],
    refusalPage(refusal, subject, canAsk ? question : undefined),
    refusal === 'unavailable' ? { 'Retry-After': '5' } : {},
  )
}

function html(
  status: 200 | 400 | 404 | 409 | 410 | 503,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, text, type: 'text/html; charset=utf-8', headers: { ...ANSWER_HEADERS, ...headers } }
}

function clockAt(at: Instant): string {
  return `${formatInstant(at).slice(11, 16)} UTC`
}
