// How the page of the API looks. Colours, type and space are the console's.
export const DOCS_STYLE = `
:root { color-scheme: light dark; --paper: #fcfbf9; --ink: #1d1c1a; --soft: #5f5c55; --line: #e4e1da; --tint: #f3f1ec; --ok: #0b766a; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #161614; --ink: #edebe6; --soft: #a7a39a; --line: #2e2d2a; --tint: #1f1f1c; --ok: #55c4b0; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 16px; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; display: grid; grid-template-columns: 216px minmax(0, 816px); gap: 48px; padding: 0 32px; background: var(--paper);
  color: var(--ink); font: 1rem/24px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: 3px; }
:focus-visible { outline: 2px solid var(--ink); outline-offset: 2px; }
h1, h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
h1 { font-size: 1.75rem; line-height: 36px; font-weight: 600; letter-spacing: -.015em; }
h2 { font-size: 1.25rem; line-height: 28px; font-weight: 600; padding-bottom: 8px; border-bottom: 1px solid var(--line); }
h3 { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; font-size: 1rem; font-weight: 400; overflow-wrap: anywhere; }
h3, code, pre, summary { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; font-size: .875rem; }
h3 a { text-decoration: none; }
h3 a:hover { text-decoration: underline; }
.scope { color: var(--ok); font-size: .8125rem; }
.of { color: var(--soft); font-size: .875rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow: auto; padding: 32px 0; font-size: .875rem; }
nav ul { list-style: none; margin-top: 12px; }
nav a { display: block; padding: 2px 0; text-decoration: none; color: var(--soft); }
nav a:hover { color: var(--ink); text-decoration: underline; }
main { padding: 32px 0 96px; }
main > p, main > pre { margin-top: 12px; }
section { margin-top: 48px; }
section > p { margin-top: 12px; }
article { margin-top: 24px; }
article p, article dl, article pre, article details { margin-top: 6px; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 16px; font-size: .875rem; line-height: 20px; }
section > dl { margin-top: 16px; gap: 6px 16px; }
dd { overflow-wrap: anywhere; }
pre { overflow: auto; margin: 0; padding: 12px; border-radius: 4px; background: var(--tint); line-height: 20px; }
summary { color: var(--soft); cursor: pointer; }
@media (max-width: 860px) {
  body { display: block; padding: 0 16px; }
  nav { position: static; max-height: none; padding: 16px 0; border-bottom: 1px solid var(--line); }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 16px; }
  main { padding-top: 24px; }
  dl { grid-template-columns: minmax(0, 1fr); }
}
`
