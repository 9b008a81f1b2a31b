// The page that describes the API for people: made by the gateway from the OpenAPI document, with one stylesheet, no script,
// and nothing from elsewhere.
import { escapeHtml } from './http-answer-page.ts'
import { DOCS_STYLE } from './http-docs-look.ts'
import { writeShape } from './http-docs-shape.ts'
import type { Content, Document, Operation, Parameter } from './http-openapi.ts'
import { PROBLEMS } from './http-problem.ts'
import type { Route } from './http-route.ts'

export function docsRoutes(document: Document): readonly Route[] {
  // Made when somebody reads it first: a start does not wait for it.
  let page: string | undefined
  const get = (path: string, summary: string, text: () => string, type: string): Route => ({
    ...{ method: 'GET', path, for: 'nobody', docs: { summary } },
    answer: () => ({ status: 200, text: text(), type: `${type}; charset=utf-8` }),
  })
  return [
    get('/docs/api', 'The API, described for people', () => (page ??= docsPage(document)), 'text/html'),
    get('/docs/api.css', 'How that looks', () => DOCS_STYLE, 'text/css'),
  ]
}

type Call = { readonly path: string; readonly method: string; readonly operation: Operation }

function docsPage({ info, paths }: Document): string {
  const calls = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Call => ({ path, method: method.toUpperCase(), operation })),
  )
  const groups = Map.groupBy(calls, ({ operation }) => operation.tags[0] as string)
  const names = [...groups.keys()].sort()
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>API · Overdue</title>
<link rel="stylesheet" href="/docs/api.css">
</head>
<body>
<nav aria-label="Parts of the API"><p><strong>Overdue API</strong> ${escapeHtml(info.version)}</p><ul>
${names.map((name) => `<li><a href="#${name}">${escapeHtml(name)}</a></li>`).join('\n')}
<li><a href="#problems">problems</a></li>
</ul></nav>
<main>
<h1>API</h1>
<p>${escapeHtml(info.description)}</p>
<p>Each call says which scope the token needs: <code>read</code>, <code>write</code> (which reads, too) or <code>admin</code> (which does all).</p>
<pre>curl -H "Authorization: Bearer $OVERDUE_TOKEN" http://gateway:8080/api/v1/heartbeats</pre>
<p>For programs: <a href="/api/v1/openapi.json"><code>/api/v1/openapi.json</code></a> (with a token).</p>
${names.map((name) => group(name, groups.get(name) ?? [])).join('\n')}
${problems()}
</main>
</body>
</html>
`
}

function group(name: string, calls: readonly Call[]): string {
  return `<section id="${name}"><h2>${escapeHtml(name)}</h2>\n${calls.map(call).join('\n')}\n</section>`
}

function call({ path, method, operation }: Call): string {
  const { summary, parameters, requestBody, responses, 'x-scope': scope } = operation
  const id = `${method}-${path}`.replaceAll(/[^A-Za-z0-9]+/g, '-')
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  const answer = Object.entries((responses['2XX'] as Partial<Content>).content ?? {})
  return [
    `<article id="${id}"><h3><a href="#${id}"><b>${method}</b> ${escapeHtml(path)}</a><span class="scope">${scope ?? 'no token'}</span></h3>`,
    `<p>${withCode(summary)}</p>`,
    inQuery.length > 0 ? `<p class="of">Query</p><dl>${inQuery.map(parameterItem).join('')}</dl>` : '',
    ...Object.values(requestBody?.content ?? {}).map(({ schema, example }) => shape('Body', schema, example)),
    ...answer.map(([type, { schema }]) =>
      type === 'application/json'
        ? shape('Answer', schema)
        : `<p class="of">Answer: <code>${escapeHtml(type)}</code></p>`,
    ),
    '</article>',
  ].join('\n')
}

function parameterItem({ name, required, schema }: Parameter): string {
  return `<dt><code>${escapeHtml(name)}</code>${required ? ' needed' : ''}</dt><dd><code>${escapeHtml(writeShape(schema))}</code></dd>`
}

function shape(title: string, schema: object, example?: unknown): string {
  const shown = example === undefined ? '' : `<pre>${escapeHtml(JSON.stringify(example, undefined, 1))}</pre>`
  return `<details><summary>${title}</summary><pre>${escapeHtml(writeShape(schema))}</pre></details>${shown}`
}

function problems(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title }]) => `<dt><code>${code}</code> ${status}</dt><dd>${escapeHtml(title)}</dd>`,
  )
  return `<section id="problems"><h2>problems</h2><p>Every no is <code>application/problem+json</code> with one of these codes, and in <code>problems</code> what was expected where.</p><dl>${rows.join('\n')}</dl></section>`
}

function withCode(text: string): string {
  return escapeHtml(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}
