// The form that states a heartbeat: for a new one, and to change one.
import type { Board } from '../app/overview.ts'
import type { Terms } from '../domain/heartbeat.ts'
import type { Clock } from './clock.ts'
import { choiceField, type Field, pair, textField } from './fields.ts'
import { type Html, html, when } from './html.ts'
import { graceWords, preview } from './schedule-preview.ts'
import { type FieldName, type Flaws, KINDS, type Kind, kindOf, type Values } from './terms-form.ts'

export type FormRules = {
  readonly values: Values
  readonly flaws: Flaws
  /** What the values mean, where they mean something. */
  readonly terms: Terms | undefined
  readonly policies: readonly string[]
  readonly known: Pick<Board, 'owners' | 'tags'> & { readonly groups: readonly { readonly name: string }[] }
  readonly clock: Clock
  readonly isNew: boolean
}

/** Everything between the tags of the form but its buttons. */
export function formFields(rules: FormRules): Html {
  const { values, flaws, policies, known, terms, clock, isNew } = rules
  const field = (name: FieldName, label: string, more: Partial<Field> = {}): Field => {
    return { name, label, value: values[name], flaw: flaws.get(name), ...more }
  }
  const whole = flaws.get('')
  return html`${whole !== undefined && html`<p role="alert"><strong>${whole}</strong></p>`}
  ${isNew && textField(field('name', 'Name', { isCode: true, isRequired: true, small: 'One or two levels, like etl-returns or hall-7/pump-17.' }))}
  ${scheduleFields(rules, field)}
  ${textField(field('grace', 'Grace', { small: html`<span id="grace-words">${graceWords(terms, clock.now)}</span>`, placeholder: 'by default' }))}
  ${pair(
    textField(field('owner', 'Owner', { list: 'owners', placeholder: 'nobody' })),
    choiceField({
      ...field('policy', 'Policy'),
      value: values.policy || 'default',
      options: policies.map((each) => [each, each]),
    }),
  )}
  ${textField(field('description', 'Description', { placeholder: 'What it does, and what breaks without it' }))}
  ${pair(textField(field('group', 'Group', { list: 'groups' })), textField(field('tags', 'Tags', { placeholder: 'db, nightly' })))}
  ${more(rules, field)}
  <datalist id="owners">${known.owners.map((owner) => html`<option value="${owner}"></option>`)}</datalist>
  <datalist id="groups">${known.groups.map(({ name }) => html`<option value="${name}"></option>`)}</datalist>`
}

type Make = (name: FieldName, label: string, more?: Partial<Field>) => Field

function scheduleFields({ values, terms, clock }: FormRules, field: Make): Html {
  const chosen = kindOf(values)
  const tab = (kind: Kind): Html =>
    html`<label><input type="radio" name="kind" value="${kind}"${when(kind === chosen, 'checked')}>${KIND_WORDS[kind]}</label>`
  const hidden = { isHidden: true, isCode: true } as const
  return html`<fieldset class="schedule" hx-get="/new/preview" hx-trigger="input delay:250ms, change" hx-include="closest form" hx-target="#fires" hx-swap="outerHTML" hx-sync="this:replace">
    <legend>Schedule</legend>
    <div class="tabs">${KINDS.map(tab)}</div>
    <div class="pair zoned">
      <div class="s-cron">${textField(field('cron', 'Cron line', { ...hidden, placeholder: '30 2 * * 1-5' }))}</div>
      <div class="s-calendar">${textField(field('calendar', 'Calendar expression', { ...hidden, placeholder: 'Mon..Fri 08:00' }))}</div>
      <div class="s-window">${pair(
        textField(field('window', 'From and to', { ...hidden, placeholder: '02:00-04:00' })),
        textField(field('on', 'On', { ...hidden, placeholder: 'mon-fri' })),
      )}</div>
      ${zones(values, field('zone', 'Zone', { isHidden: true }), clock)}
    </div>
    <div class="s-every">${textField(field('every', 'Interval', { ...hidden, placeholder: '10m' }))}</div>
    ${preview(terms, clock)}
    <noscript><button class="btn" type="submit" formmethod="get" formnovalidate>Show when it is due</button></noscript>
  </fieldset>`
}

function more({ values, flaws }: FormRules, field: Make): Html {
  const length = { placeholder: 'none' } as const
  const choice = (
    name: FieldName,
    label: string,
    options: readonly (readonly [string, string])[],
    small?: string,
  ): Html => choiceField({ ...field(name, label, { small }), options })
  const isOpen = MORE.some((name) => flaws.has(name) || (values[name] !== '' && values[name] !== DEFAULTS[name]))
  return html`<details class="more"${when(isOpen, 'open')}><summary>More terms</summary><div class="form">
  ${pair(textField(field('startWithin', 'Starts within', length)), textField(field('finishWithin', 'Finishes within', length)))}
  ${pair(
    textField(
      field('tolerate', 'Pages at miss', { placeholder: '1', small: 'Misses in a row before somebody is paged.' }),
    ),
    textField(field('recoverAfter', 'Well after', { placeholder: '1', small: 'Oks in a row that end an incident.' })),
  )}
  ${pair(
    textField(field('slow', 'Slow from', { placeholder: '3', small: 'Times its usual duration, or off.' })),
    choice('severity', 'Severity', [
      ['', 'by verdict'],
      ['warning', 'warning'],
      ['critical', 'critical'],
    ]),
  )}
  ${pair(
    choice(
      'early',
      'Early',
      [
        ['on', 'counts'],
        ['off', 'does not count'],
      ],
      'An ok shortly before it is due.',
    ),
    choice('unseen', 'Never seen', [
      ['page', 'pages'],
      ['wait', 'waits for the first signal'],
    ]),
  )}
  ${pair(
    choice(
      'will',
      'Broken link',
      [
        ['suspect', 'is suspicious'],
        ['down', 'is a miss'],
        ['ignore', 'means nothing'],
      ],
      'Of a device on MQTT.',
    ),
    choice('resume', 'A pause ends', [
      ['signal', 'with the next ok'],
      ['manual', 'by hand'],
    ]),
  )}
  ${textField(field('parent', 'Parent', { isCode: true, placeholder: 'none', small: 'While its parent is silent, it pages nobody.' }))}
  ${textField(field('runbook', 'Runbook', { placeholder: 'https://…' }))}
  </div></details>`
}

function zones({ zone }: Values, field: Field, clock: Clock): Html {
  const first = [...new Set([zone || clock.zone, clock.zone, 'UTC'])]
  const all = Intl.supportedValuesOf('timeZone').filter((each) => !first.includes(each))
  return choiceField({ ...field, value: zone || clock.zone, options: [...first, ...all].map((each) => [each, each]) })
}

const KIND_WORDS: Readonly<Record<Kind, string>> = {
  cron: 'Cron',
  every: 'Every',
  window: 'Window',
  calendar: 'Calendar',
  none: 'None',
}
const MORE: readonly FieldName[] = [
  ...(['startWithin', 'finishWithin', 'tolerate', 'recoverAfter', 'slow', 'severity', 'early', 'unseen'] as const),
  ...(['will', 'resume', 'parent', 'runbook'] as const),
]
const DEFAULTS: Partial<Record<FieldName, string>> = {
  ...{ tolerate: '1', recoverAfter: '1', slow: '3', early: 'on', unseen: 'page', will: 'suspect', resume: 'signal' },
}
