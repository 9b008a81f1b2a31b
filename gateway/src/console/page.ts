// The console's routes: pages that anybody who signed in may see, and forms that change something.
import type { Answer, Asked, Form, Route } from '../adapters/http-route.ts'
import type { Viewer } from './frame.ts'
import { type Html, html } from './html.ts'

export function page(path: string, summary: string, answer: (asked: Asked) => Answer | Promise<Answer>): Route {
  return { method: 'GET', path, for: 'read', isPage: true, docs: { summary }, answer }
}

/** What a form is posted to; without a script it answers with where to go. */
export function deed(
  path: string,
  summary: string,
  answer: (asked: Asked<unknown, Form>) => Answer | Promise<Answer>,
): Route {
  return {
    method: 'POST',
    path,
    for: 'write',
    isPage: true,
    takesForm: true,
    longestForm: FORM_BYTES,
    docs: { summary },
    answer,
  }
}

/** Where the browser goes next, by GET. */
export function goTo(location: string): Answer {
  return { status: 303, location }
}

/** Belongs into each form that changes something. */
export function csrfField({ csrf }: Viewer): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`
}

/** A description, a runbook and names may be long; nothing else is. */
const FORM_BYTES = 32_768
