// The API as an OpenAPI document, made of the routes themselves, so that it can't say anything else than they do.
import { PROBLEMS, type ProblemCode } from './http-problem.ts'
import { type Docs, type Route, scopeFor } from './http-route.ts'

export type Document = {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: object
}

export type Operation = {
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: Content & { readonly required: boolean }
  readonly responses: Readonly<Record<string, object>>
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  /** What the token's scope has to be at least; null: no token is asked for. */
  readonly 'x-scope': string | null
}

export type Parameter = {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: object
}
export type Content = {
  readonly content: Readonly<Record<string, { readonly schema: object; readonly example?: unknown }>>
}

export function openApiRoute(document: Document): Route {
  return {
    method: 'GET',
    path: '/api/v1/openapi.json',
    for: 'read',
    docs: { summary: 'This document' },
    answer: () => ({ status: 200, json: document }),
  }
}

export function openApiDocument(routes: readonly Route[], version: string): Document {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Overdue', version, description: ABOUT },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-sid',
          description: 'Over plain HTTP from elsewhere: sid',
        },
      },
      schemas: { Problem: PROBLEM },
      responses: Object.fromEntries(
        Object.entries(PROBLEMS).map(([code, { status, title }]) => [
          code,
          {
            description: `${status}: ${title}`,
            content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
          },
        ]),
      ),
    },
  }
}

const ABOUT =
  'Names in paths are percent-encoded. Lists are {items, next}; ?after=<next> goes on. Instants are ISO 8601 UTC with milliseconds; durations are milliseconds in fields that end in Ms, and text such as 15m in requests.'

function operation(route: Route): Operation {
  const { path, query, body, docs, for: whom } = route
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string)
  const { properties = {}, required = [] } = (query ?? {}) as {
    properties?: Readonly<Record<string, object>>
    required?: readonly string[]
  }
  const inPath = names.map((name) => ({ name, in: 'path' as const, required: true, schema: { type: 'string' } }))
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    ...{ name, in: 'query' as const, required: required.includes(name), schema },
  }))
  const said = body ?? docs.body
  const scope = whom === 'nobody' ? null : scopeFor(route)
  return {
    summary: docs.summary,
    tags: [path.split('/')[path.startsWith('/api/v1/') ? 3 : 1] as string],
    parameters: [...inPath, ...inQuery],
    ...(said !== undefined && { requestBody: { required: true, ...json(said, docs.example) } }),
    responses: { '2XX': { description: 'As asked', ...answerOf(docs) }, ...refusals(route, said !== undefined) },
    // For schemes that are no OAuth, OpenAPI 3.1 has roles here.
    security: scope === null ? [] : [{ token: [scope] }, { session: [scope] }],
    'x-scope': scope,
  }
}

/** What it may say instead, as far as that is the same everywhere. */
function refusals({ path, query, for: whom }: Route, hasBody: boolean): Readonly<Record<string, object>> {
  const codes: readonly (readonly [string, ProblemCode, boolean])[] = [
    ['400', 'bad-request', hasBody || query !== undefined || path.includes(':')],
    ['401', 'unauthorized', whom !== 'nobody'],
    ['403', 'forbidden', whom !== 'nobody'],
    ['404', 'not-found', path.includes(':')],
    ['default', 'internal', true],
  ]
  return Object.fromEntries(
    codes.filter(([, , may]) => may).map(([status, code]) => [status, { $ref: `#/components/responses/${code}` }]),
  )
}

function answerOf({ json: schema, type }: Docs): object {
  if (schema !== undefined) return json(schema)
  return type === undefined ? {} : { content: { [type]: { schema: text } } }
}

function json(schema: object, example?: unknown): Content {
  return { content: { 'application/json': { schema, ...(example !== undefined && { example }) } } }
}

const text = { type: 'string' }
const PROBLEM = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'problems'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' },
    code: { enum: Object.keys(PROBLEMS) },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'expected', 'found'],
        properties: { path: text, expected: text, found: text },
      },
    },
  },
}
