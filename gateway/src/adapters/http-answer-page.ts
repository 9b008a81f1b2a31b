// The pages behind an answer link, as HTML: one that asks, one that says what became of it. How they look is in
// http-answer-look.ts.
import type { AnswerAction } from './answer-tokens.ts'
import { CHECK, layOut } from './http-answer-look.ts'

export type AnswerSubject = {
  /** What and since when: `nightly-backup is missed since …`. */
  readonly title: string
  readonly state: 'triggered' | 'acknowledged' | 'resolved'
  /** Why, in a sentence or two; empty: nothing more is known. */
  readonly detail: string
  readonly acknowledgedBy?: string
}

export type Refusal = 'used' | 'over' | 'unknown' | 'unavailable' | 'misnamed'

/** What the one button does, and who is recorded where no name is entered. */
export type Question = { readonly action: AnswerAction; readonly by: string }

export function askPage(question: Question, subject: AnswerSubject): string {
  const { title, detail } = subject
  return layOut(escapeHtml(title), [
    stateOf(subject),
    `<h1>${textOf(title)}</h1>`,
    paragraph(detail),
    formFor(question),
  ])
}

/** `until`: when a silence or a snooze ends, for people. */
export function donePage({ action, by }: Question, subject: AnswerSubject | undefined, until: string): string {
  const { heading, next } = DONE[action](by, until)
  return layOut(escapeHtml(heading), [`<p class="kicker">${CHECK}Done</p>`, ...said(heading, next), about(subject)])
}

/** With a question, asks once more. */
export function refusalPage(refusal: Refusal, subject: AnswerSubject | undefined, again?: Question): string {
  const { heading, next } = REFUSALS[refusal]
  const parts = ['<p class="kicker">Nothing changed</p>', ...said(heading, next), about(subject)]
  return layOut(escapeHtml(heading), again === undefined ? parts : [...parts, formFor(again)])
}

/** For text, and for attributes in double quotes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

type Said = { readonly heading: string; readonly next: string }

const BUTTONS: Readonly<Record<AnswerAction, string>> = {
  acknowledge: 'Acknowledge: I take care of it',
  resolve: 'Resolve: it is over',
  silence: 'Silence this for 1 hour',
  snooze: 'Snooze for 30 minutes',
}

const DONE: Readonly<Record<AnswerAction, (by: string, until: string) => Said>> = {
  acknowledge: (by) => ({ heading: `${by} takes care of it`, next: 'It escalates no further while that holds.' }),
  resolve: (by) => ({ heading: `It is over, says ${by}`, next: 'Everyone who was paged about it is told.' }),
  silence: (by, until) => ({ heading: 'Silenced for 1 hour', next: quiet(by, until) }),
  snooze: (by, until) => ({ heading: 'Snoozed for 30 minutes', next: quiet(by, until) }),
}

const REFUSALS: Readonly<Record<Refusal, Said>> = {
  used: { heading: 'This link was used already', next: 'A link works once. The next page about it has a new one.' },
  over: { heading: 'It is over', next: 'There is nothing left to answer.' },
  unknown: {
    heading: 'This link leads nowhere',
    next: 'It is cut short, or what it was about is long gone. Copy the whole link from the page you got.',
  },
  unavailable: {
    heading: 'It can’t be kept at the moment',
    next: 'The gateway can’t write your answer to its disk. Try again in a few seconds.',
  },
  misnamed: {
    heading: 'That is no name',
    next: 'A name has at most 200 characters, all of them on one line.',
  },
}

function quiet(by: string, until: string): string {
  return `By ${by}. It pages again at ${until} if it is still open then.`
}

function said(heading: string, next: string): readonly string[] {
  return [`<h1>${textOf(heading)}</h1>`, paragraph(next)]
}

function about(subject: AnswerSubject | undefined): string {
  if (subject === undefined) return ''
  const { title, detail } = subject
  return `<section>${stateOf(subject)}<h2>${textOf(title)}</h2>${paragraph(detail)}</section>`
}

function stateOf({ state, acknowledgedBy }: AnswerSubject): string {
  switch (state) {
    case 'triggered':
      return '<p class="state crit">Not acknowledged</p>'
    case 'acknowledged':
      return `<p class="state">Acknowledged${acknowledgedBy === undefined ? '' : ` by ${escapeHtml(acknowledgedBy)}`}</p>`
    case 'resolved':
      return '<p class="state ok">Resolved</p>'
  }
}

/** Posts to its own address: the token is in no field, and a proxy may have put a path before it. */
function formFor({ action, by }: Question): string {
  return `<form method="post"><label>Your name<input name="by" placeholder="${escapeHtml(by)}" maxlength="200" autocomplete="name"></label><button>${BUTTONS[action]}</button></form>`
}

function paragraph(text: string): string {
  return text === '' ? '' : `<p>${textOf(text)}</p>`
}

/** Instants as people read them. */
function textOf(text: string): string {
  return escapeHtml(text).replaceAll(
    /(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z/g,
    '<time datetime="$&"><span>$1</span> <span>$2 UTC</span></time>',
  )
}
