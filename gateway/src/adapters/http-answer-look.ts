// How the pages behind answer links look, and the headers they go out with: one style, named by its hash, and nothing
// else that a browser may load or run. Colours, type and space are the console's.
import { hash } from 'node:crypto'

/** Everything given is HTML: text in it is escaped. */
export function layOut(title: string, parts: readonly string[]): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Overdue</title>
<style>${STYLE}</style>
</head>
<body>
<header>${BRAND}Overdue</header>
<main>
${parts.filter((part) => part !== '').join('\n')}
</main>
</body>
</html>
`
}

/** A tick, for beside the word. */
export const CHECK = '<svg viewBox="0 0 12 12" aria-hidden="true"><path d="m1.500 6.500 3 3 6-7"/></svg>'

const BRAND = '<svg viewBox="0 0 22 16" aria-hidden="true"><path d="M2 3v10M8 3v10M14 0v5M14 11v5M20 3v10"/></svg>'

const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fcfbf9; --ink: #1d1c1a; --soft: #5f5c55; --line: #e4e1da; --edge: #8a867d; --ok: #0b766a; --crit: #ab1f14;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161614; --ink: #edebe6; --soft: #a7a39a; --line: #2e2d2a; --edge: #77736b; --ok: #55c4b0; --crit: #ff8170;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink); font: 1rem/24px system-ui, -apple-system, "Segoe UI", Roboto,
    "Helvetica Neue", "Noto Sans", sans-serif; font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased;
}
h1, h2, p { margin: 0; overflow-wrap: anywhere; }
h1, h2 { margin-top: 4px; }
h1 { font-size: 1.75rem; line-height: 36px; font-weight: 600; letter-spacing: -.015em; text-wrap: balance; }
h2 { font-size: 1rem; line-height: 24px; font-weight: 600; }
time span { white-space: nowrap; }
svg { fill: none; stroke: currentColor; stroke-width: 2; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
header, main { max-width: 624px; margin: 0 auto; padding: 0 32px; }
header { display: flex; align-items: center; gap: 8px; height: 56px; font-weight: 600; letter-spacing: -.01em; }
header svg { width: 22px; height: 16px; }
main { padding-top: 32px; padding-bottom: 64px; }
h1 + p { margin-top: 8px; color: var(--soft); }
.state, .kicker { font-size: .875rem; line-height: 20px; font-weight: 600; }
.kicker { display: flex; align-items: center; gap: 6px; color: var(--soft); }
.kicker svg { width: 12px; height: 12px; }
.crit { color: var(--crit); }
.ok { color: var(--ok); }
section { margin-top: 32px; padding-top: 16px; border-top: 1px solid var(--line); }
section .state:not(.crit, .ok) { color: var(--soft); font-weight: 400; }
section h2 + p { font-size: .875rem; line-height: 20px; }
h2 + p { margin-top: 4px; color: var(--soft); }
form { margin-top: 32px; }
label { display: flex; align-items: center; gap: 12px; color: var(--soft); font-size: .875rem; white-space: nowrap; }
input, button { min-height: 48px; border-radius: 4px; font: inherit; font-size: 1rem; }
input {
  flex: 1; min-width: 0; min-height: 44px; padding: 6px 12px; border: 1px solid var(--edge); background: var(--paper);
  color: var(--ink);
}
input::placeholder { color: var(--soft); opacity: 1; }
button {
  width: 100%; margin-top: 12px; padding: 0 16px; border: 0; background: var(--ink); color: var(--paper);
  font-weight: 500; cursor: pointer;
}
button:hover { opacity: .88; }
@media (max-width: 860px) {
  header, main { padding-inline: 16px; }
  header { border-bottom: 1px solid var(--line); }
  main { padding-top: 24px; padding-bottom: 192px; }
  form {
    position: fixed; inset: auto 0 0; padding: 12px 16px max(12px, env(safe-area-inset-bottom));
    border-top: 1px solid var(--line); background: var(--paper);
  }
}
`

/** Beside those that every answer of the API has. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; '),
  'Referrer-Policy': 'no-referrer',
  'X-Robots-Tag': 'noindex',
}
