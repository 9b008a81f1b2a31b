// For how long a token is good, as the forms of the console ask it.
import { readFor } from '../adapters/http-mute-body.ts'
import { type Checked, isWrong } from '../domain/problem.ts'
import { DAY, HOUR, type Instant } from '../domain/time.ts'
import { type Html, html } from './html.ts'

export function selectLasts(id: string): Html {
  return html`<select id="${id}" name="for"><option value="">as long as it is not revoked</option>${CHOICES.map(
    ([value, word]) => html`<option value="${value}">${word}</option>`,
  )}</select>`
}

/** When it ends; undefined: not by itself. */
export function readLasts(text: string, now: Instant): Checked<Instant | undefined> {
  if (text === '') return { value: undefined }
  const lasts = readFor(text, HOUR, 3_660 * DAY)
  return isWrong(lasts) ? lasts : { value: now + lasts.value }
}

const CHOICES = [
  ['1d', 'a day'],
  ['7d', 'a week'],
  ['30d', '30 days'],
  ['90d', '90 days'],
  ['365d', 'a year'],
] as const
