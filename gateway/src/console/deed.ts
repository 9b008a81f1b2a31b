// What the forms of the console do: a command on the path that everybody's takes, and then on to the page that shows it.
import { carryOut } from '../adapters/http-command.ts'
import { PROBLEMS } from '../adapters/http-problem.ts'
import type { Answer, Asked, Form, Route, TextStatus } from '../adapters/http-route.ts'
import type { Command } from '../app/ports.ts'
import { formatProblem } from '../domain/problem.ts'
import type { Viewer } from './frame.ts'
import { type Html, html } from './html.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

export type Posted = Asked<unknown, Form | undefined>

/** Says that the form is from a page of ours. */
export function csrfField({ csrf }: Viewer): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`
}

export function mayAct({ scope }: Viewer): boolean {
  return scope !== 'read'
}

/** A route that a form posts to. */
export function deed(
  path: string,
  summary: string,
  act: (asked: Posted, viewer: Viewer) => Answer | Promise<Answer>,
): Route {
  const answer = (asked: Posted): Answer | Promise<Answer> => act(asked, viewerOf(asked))
  return { method: 'POST', path, for: 'write', isPage: true, takesForm: true, docs: { summary }, answer }
}

/** Carries the command out and goes on to `to`; a refusal is a page that leads back there. */
export async function order(world: ConsoleWorld, asked: Posted, command: Command, to: string): Promise<Answer> {
  const refusal = await carryOut(world.ledger, command)
  return refusal === undefined ? goTo(to) : refuse(world, asked, refusal, to)
}

export function goTo(location: string): Answer {
  return { status: 303, location }
}

/** A problem of the API as a page; what is none is given back as it is. */
export function refuse(world: ConsoleWorld, asked: Asked, answer: Answer, back: string): Answer {
  if (!('problem' in answer)) return answer
  const { status, title } = PROBLEMS[answer.problem]
  const main = html`<header class="lead"><h1>${title}</h1>
<p>Nothing changed.</p>
${answer.flaws && html`<ul class="flaws">${answer.flaws.map((flaw) => html`<li>${formatProblem(flaw)}</li>`)}</ul>`}
<p class="acts"><a class="btn" href="${back}">Back</a></p></header>`
  return show(world, { title, viewer: viewerOf(asked), main }, status as TextStatus)
}

/** One line of a form, without what no line has; empty where it says nothing. */
export function lineOf({ body }: Posted, key: string, longest: number = LONGEST): string {
  return (body?.[key] ?? '')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, longest)
}

const LONGEST = 500
