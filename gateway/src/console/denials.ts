// What devices were refused: who published or listened where it may not, how often, and what it was the last time.
import type { Denial } from '../app/sightings.ts'
import { ago, type Clock } from './clock.ts'
import { type Html, html } from './html.ts'
import { figure } from './words.ts'
import type { ConsoleWorld } from './world.ts'

export function denials({ sightings }: ConsoleWorld, clock: Clock): Html {
  const all = sightings.denials()
  return html`<section id="denied" data-live aria-labelledby="de"><header class="head"><h2 id="de">Refused</h2> <span class="soft">since the gateway started, latest first</span></header>
${
  all.length === 0
    ? html`<p class="soft">None. A device speaks for its own names, and hears of its own.</p>`
    : html`<table class="runs list"><thead><tr><th scope="col">Device</th><th scope="col">What</th><th scope="col">Why</th><th scope="col" class="r">Times</th><th scope="col">Last</th></tr></thead>
<tbody>${all.slice(0, MOST_SHOWN).map((denial) => row(denial, clock))}</tbody></table>`
}</section>`
}

const MOST_SHOWN = 100

const WORDS: Readonly<Record<string, string>> = {
  denied: 'the name is not its own',
  subscription: 'it may not listen there',
  invalid: 'no heartbeat can be called so',
  outside: 'no topic of ours',
  password: 'wrong password',
  expired: 'the token expired',
  exhausted: 'the enrolment is full',
  prefix: 'the enrolment is for other names',
  revoked: 'the enrolment was revoked',
  'own token': 'it has a token of its own',
  'device revoked': 'the device was revoked',
  'not its token': 'the token of another device',
}

function row({ device, topic, reason, count, at }: Denial, clock: Clock): Html {
  return html`<tr><th scope="row">${device}</th><td>${topic === '' ? html`<span class="soft">to connect</span>` : html`<code>${topic}</code>`}</td><td>${WORDS[reason] ?? reason}</td><td class="r">${figure(count)}</td><td>${ago(at, clock)}</td></tr>`
}
