// What the forms of the console do: a command on the path that everybody's takes, and then on to the page that shows it.
import { carryOut } from '../adapters/http-command.ts'
import { PROBLEMS } from '../adapters/http-problem.ts'
import type { Answer, Asked, Form, TextStatus } from '../adapters/http-route.ts'
import type { Command } from '../app/ports.ts'
import { formatProblem } from '../domain/problem.ts'
import type { Viewer } from './frame.ts'
import { html } from './html.ts'
import { goTo } from './page.ts'
import { type ConsoleWorld, show, viewerOf } from './world.ts'

export type Posted = Asked<unknown, Form | undefined>

export function mayAct({ scope }: Viewer): boolean {
  return scope !== 'read'
}

/** Carries the command out and goes on to `to`; a refusal is a page that leads back there. */
export async function order(world: ConsoleWorld, asked: Posted, command: Command, to: string): Promise<Answer> {
  const refusal = await carryOut(world.ledger, command)
  return refusal === undefined ? goTo(to) : refuse(world, asked, refusal, to)
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
