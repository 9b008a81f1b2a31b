// The API as an OpenAPI document, made of the routes themselves, so that it can't say anything else than they do.
import { PROBLEMS } from './http-problem.ts'
import { type Route, scopeFor } from './http-route.ts'

export function openApiRoute(routes: readonly Route[], version: string): Route {
  const document = openApi(routes, version)
  return {
    method: 'GET',
    path: '/api/v1/openapi.json',
    for: 'read',
    docs: { summary: 'This document' },
    answer: () => ({ status: 200, json: document }),
  }
}

function openApi(routes: readonly Route[], version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Overdue', version },
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-sid', description: 'Over plain HTTP: sid' },
      },
      schemas: { Problem: PROBLEM },
      responses: {
        Problem: {
          description: 'Why not',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

function operation(route: Route): object {
  const { path, query, body, docs, for: whom } = route
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name)
  const { properties = {} } = (query ?? {}) as { properties?: Readonly<Record<string, object>> }
  const inPath = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }))
  const inQuery = Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', schema }))
  const said = body ?? docs.body
  return {
    summary: docs.summary,
    parameters: [...inPath, ...inQuery],
    ...(said !== undefined && { requestBody: { required: true, ...json(said) } }),
    responses: {
      '2XX': { description: 'As asked', ...answerOf(docs) },
      default: { $ref: '#/components/responses/Problem' },
    },
    // For schemes that are no OAuth, OpenAPI 3.1 has roles here: what the token's scope has to be at least.
    security: whom === 'nobody' ? [] : [{ token: [scopeFor(route)] }, { session: [scopeFor(route)] }],
    ...(whom !== 'nobody' && { 'x-scope': scopeFor(route) }),
  }
}

function answerOf({ json: schema, type }: Route['docs']): object {
  if (schema !== undefined) return json(schema)
  return type === undefined ? {} : { content: { [type]: { schema: text } } }
}

function json(schema: object): object {
  return { content: { 'application/json': { schema } } }
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
