// The form that makes a silence or a maintenance window: what it matches, for how long, why; and what that would mute now.
import type { WindowBody } from '../adapters/http-shapes-mutes.ts'
import type { Muted } from '../app/read-muted.ts'
import { formatInstant } from '../domain/time.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, when } from './html.ts'
import { instantIn } from './oncall-words.ts'
import { csrfField } from './page.ts'
import { counted } from './words.ts'

/** What was written into it so far, by the name of the field. */
export type Written = Readonly<Record<string, string>>

export const FIELDS = ['names', 'tags', 'groups', 'owners'] as const

/** The same in the words of the API; times are of `zone`. */
export function bodyOf(written: Written, zone: string, by: string): WindowBody {
  const text = (key: string): string => (written[key] ?? '').trim()
  const lists = FIELDS.flatMap((key) => {
    const patterns = text(key)
      .split(/[\s,]+/)
      .filter((pattern) => pattern !== '')
    return patterns.length === 0 ? [] : [[key, patterns] as const]
  })
  const severity = text('severity')
  const from = text('from')
  const cron = text('kind') === 'maintenance' ? text('cron') : ''
  return {
    match: {
      ...Object.fromEntries(lists),
      ...((severity === 'warning' || severity === 'critical') && { severity }),
      ...(text('all') !== '' && { all: true }),
    },
    for: text('for') || '1h',
    // What is no time is given on as it is, so that the answer says what it should have been.
    ...(from !== '' && cron === '' && { from: instantText(from, zone) }),
    ...(cron !== '' && { cron, zone }),
    ...{ by, reason: text('reason') },
  }
}

export function silenceForm(written: Written, zone: string, viewer: Viewer, preview: Html): Html {
  const value = (key: string): string => written[key] ?? ''
  const isWindow = value('kind') === 'maintenance'
  const field = (key: (typeof FIELDS)[number], label: string, hint: string): Html =>
    html`<p><label for="s-${key}">${label}</label><input id="s-${key}" name="${key}" value="${value(key)}" placeholder="${hint}" maxlength="2000" autocapitalize="off" spellcheck="false"></p>`
  return html`<section aria-labelledby="new"><header class="head"><h2 id="new">Silence something</h2> <span class="soft">Every field that says something has to fit; * stands for anything.</span></header>
<form class="form grid" method="post" action="/silences" hx-get="/silences/preview" hx-trigger="input delay:300ms" hx-target="#preview" hx-params="not csrf">${csrfField(viewer)}
${field('names', 'Names', 'nightly-backup, pump-17/*')}${field('groups', 'Groups', 'hall-*')}${field('tags', 'Tags, all of them', 'db')}${field('owners', 'Owners', 'ana')}
<p><label for="s-severity">Severity</label><select id="s-severity" name="severity">${[
    ['', 'any'],
    ['warning', 'warning'],
    ['critical', 'critical'],
  ].map(
    ([key = '', word]) => html`<option value="${key}"${when(value('severity') === key, 'selected')}>${word}</option>`,
  )}</select></p>
<p class="check"><label><input type="checkbox" name="all" value="1"${when(value('all') !== '', 'checked')}> Everything there is</label></p>
<p><label for="s-for">For</label><select id="s-for" name="for">${LENGTHS.map(
    ([key, word]) => html`<option value="${key}"${when((value('for') || '1h') === key, 'selected')}>${word}</option>`,
  )}</select></p>
<p><label for="s-from">From</label><input id="s-from" type="datetime-local" name="from" value="${value('from')}"><small>Empty: now. Times are ${zone}.</small></p>
<p><label for="s-kind">As</label><select id="s-kind" name="kind"><option value="silence">a silence</option><option value="maintenance"${when(isWindow, 'selected')}>a maintenance window</option></select></p>
<p><label for="s-cron">Again at</label><input class="code" id="s-cron" name="cron" value="${value('cron')}" placeholder="0 2 * * sun" maxlength="200" autocapitalize="off" spellcheck="false"><small>A cron line, for a maintenance window. Empty: once.</small></p>
<p class="all"><label for="s-reason">Why</label><input id="s-reason" name="reason" value="${value('reason')}" placeholder="So the others know" maxlength="500"></p>
<div id="preview" class="all" role="status">${preview}</div>
<p class="acts all"><button class="btn main" type="submit">Silence</button><button class="btn" type="submit" formmethod="get" formaction="/silences#new">What would it mute?</button></p>
</form></section>`
}

/** `match` is read already; undefined: nothing was written yet. */
export function previewOf(muted: Muted | undefined, problem?: string): Html {
  if (problem !== undefined) return html`<p class="soft">${problem}</p>`
  if (muted === undefined) return html`<p class="soft">Write what it matches, and this says whom it mutes.</p>`
  const { heartbeats, names, incidents, isPartial } = muted
  if (heartbeats === 0) return html`<p><b>It mutes nobody now.</b> <span class="soft">No heartbeat fits.</span></p>`
  const rest = heartbeats - names.length
  const open =
    incidents === 0 ? 'No open incident is among them.' : `${counted(incidents, 'open incident')} would page nobody.`
  return html`<p><b>It mutes ${isPartial && 'at least '}${counted(heartbeats, 'heartbeat')}:</b> ${names.join(', ')}${rest > 0 && ` and ${counted(rest, 'other')}`}. ${open}</p>`
}

const LENGTHS = [
  ['15m', '15 minutes'],
  ['30m', '30 minutes'],
  ['1h', '1 hour'],
  ['2h', '2 hours'],
  ['4h', '4 hours'],
  ['8h', '8 hours'],
  ['1d', '1 day'],
  ['3d', '3 days'],
  ['7d', '1 week'],
  ['30d', '30 days'],
] as const

function instantText(text: string, zone: string): string {
  const instant = instantIn(text, zone)
  return instant === undefined ? text : formatInstant(instant)
}
