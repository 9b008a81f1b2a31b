// The frame around every page: head, navigation, main part, rail and foot.
import { type Html, html } from './html.ts'
import { csrfField } from './page.ts'
import { SYMBOLS } from './symbols.ts'

/** Who looks: `read` sees, `write` acts, `admin` hands out tokens. */
export type Viewer = { readonly scope: 'read' | 'write' | 'admin'; readonly name: string; readonly csrf: string }

export const PLACES = ['board', 'oncall', 'silences', 'channels', 'devices', 'tokens'] as const
export type Place = (typeof PLACES)[number]

export type Page = {
  readonly title: string
  readonly place?: Place
  readonly viewer: Viewer | undefined
  readonly main: Html
  readonly rail?: Html
  /** Class of the main part; `cols` where there is a rail. */
  readonly look?: string
  /** What stands in the foot. */
  readonly about: About
}

export type About = {
  readonly version: string
  readonly zone: string
  readonly tz: string
  /** Address of a file of the console's own, with what it holds in its name. */
  asset(name: string): string
}

export function frame({ title, place, viewer, main, rail, look = rail ? 'cols' : '', about }: Page): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true}'>
<title>${title} · Overdue</title>
<link rel="icon" href="${about.asset('icon.svg')}">
<link rel="stylesheet" href="${about.asset('style.css')}">
<script defer src="${about.asset('htmx.min.js')}"></script>
<script defer src="${about.asset('live.js')}"></script>
</head>
<body${viewer && html` data-csrf="${viewer.csrf}"`}>
${SYMBOLS}
<a class="skip" href="#main">Skip to content</a>
<header class="top">
  <a class="brand" href="/"><svg viewBox="0 0 22 16" aria-hidden="true"><path d="M2 3v10M8 3v10M14 0v5M14 11v5M20 3v10"/></svg>Overdue</a>
  ${viewer && navigation(place, viewer, about.zone)}
</header>
<main id="main"${look !== '' && html` class="${look}"`}>
${main}
${rail && html`<aside class="rail" aria-label="Gateway and housekeeping">${rail}</aside>`}
</main>
<footer class="foot"><p>Times are ${about.zone}.${viewer && ` Zone data ${about.tz}. Overdue ${about.version}.`}</p>${viewer && signOut(viewer)}</footer>
</body>
</html>`
}

function navigation(place: Place | undefined, { scope }: Viewer, zone: string): Html {
  const shown = PLACES.filter((each) => each !== 'tokens' || scope === 'admin')
  return html`<nav aria-label="Main"><ul>${shown.map(
    (each) =>
      html`<li><a href="${ADDRESSES[each]}"${each === place && html` aria-current="page"`}>${WORDS[each]}</a></li>`,
  )}</ul></nav>
  <p class="pulse" role="status" data-pulse data-zone="${zone}">Listening</p>
  ${scope !== 'read' && html`<a class="btn" href="/new">New<span class="sr"> heartbeat</span></a>`}`
}

/** Whoever came with a token in a header has no session to end. */
function signOut(viewer: Viewer): Html | false {
  return (
    viewer.csrf !== '' &&
    html`<form method="post" action="/sign-out">${csrfField(viewer)}<p>Signed in as ${viewer.name}, who may ${MAY[viewer.scope]}. <button class="link" type="submit">Sign out</button></p></form>`
  )
}

const MAY: Readonly<Record<Viewer['scope'], string>> = {
  read: 'look',
  write: 'look and change',
  admin: 'look, change and hand out tokens',
}

const ADDRESSES: Readonly<Record<Place, string>> = {
  board: '/',
  oncall: '/oncall',
  silences: '/silences',
  channels: '/channels',
  devices: '/devices',
  tokens: '/tokens',
}
const WORDS: Readonly<Record<Place, string>> = {
  board: 'Board',
  oncall: 'On call',
  silences: 'Silences',
  channels: 'Channels',
  devices: 'Devices',
  tokens: 'Tokens',
}
