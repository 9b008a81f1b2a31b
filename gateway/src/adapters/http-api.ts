// The API's framework: routes, tokens, schemas and errors. What is not a signal comes here. The only user of Fastify.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { flawOf, short } from './http-flaw.ts'
import { type Flaw, messageBody, PROBLEM_TYPE, PROBLEMS, type ProblemCode, problemBody } from './http-problem.ts'
import type { Answer, Route } from './http-route.ts'
import type { Tokens } from './http-tokens.ts'
import type { Log } from './log.ts'

export type Api = {
  handle(req: IncomingMessage, res: ServerResponse): void
  close(): Promise<void>
}

export async function createApi(routes: readonly Route[], tokens: Tokens, log: Log): Promise<Api> {
  const app = fastify({
    ajv: { customOptions: { removeAdditional: false, coerceTypes: true, allErrors: true, verbose: true } },
    routerOptions: { maxParamLength: 400, ignoreTrailingSlash: true },
    // A URL that can't be decoded, or with too long a segment: such errors never get to the error handler.
    frameworkErrors: (error, _request, reply) => void sendProblem(reply, codeOf(error), flawsOf(error)),
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, 'not-found'))
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const code = codeOf(error)
    if (code === 'internal')
      log('api.failed', { method: request.method, route: request.routeOptions.url, error: error.stack })
    return sendProblem(reply, code, flawsOf(error))
  })
  const takesForm = (route: Route): boolean => route.takesForm === true
  addRoutes(
    app,
    routes.filter((route) => !takesForm(route)),
    tokens,
  )
  // A scope of its own: a form is what any site can have a browser send, so no other route may take one.
  app.register(async (forms) => {
    forms.removeAllContentTypeParsers()
    forms.addContentTypeParser(
      FORM_TYPE,
      { parseAs: 'string', bodyLimit: FORM_LIMIT },
      async (_: unknown, text: string) => Object.fromEntries(new URLSearchParams(text)),
    )
    addRoutes(forms, routes.filter(takesForm), tokens)
  })
  await app.ready()
  return { handle: (req, res) => app.routing(req, res), close: () => app.close() }
}

const CHALLENGES = { admin: 'Bearer', grafana: 'Basic realm="Overdue", charset="UTF-8"' } as const
const FORM_TYPE = 'application/x-www-form-urlencoded'
const FOR_GRAFANA = '/grafana/'
const FORM_LIMIT = 4_096

function addRoutes(app: FastifyInstance, routes: readonly Route[], tokens: Tokens): void {
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      ...(route.longestForm !== undefined && { bodyLimit: route.longestForm }),
      schema: {
        ...(route.query !== undefined && { querystring: route.query }),
        ...(route.body !== undefined && { body: route.body }),
      },
      onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
        if (route.for === 'nobody' || tokens.admits(request.headers.authorization, route.for)) return
        return sendProblem(reply.header('WWW-Authenticate', CHALLENGES[route.for]), 'unauthorized')
      },
      handler: async ({ params, query, body }, reply) =>
        send(reply, await route.answer({ params: params as Record<string, string>, query, body })),
    })
  }
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if ('problem' in answer) return sendProblem(reply, answer.problem, answer.flaws)
  careful(reply).code(answer.status)
  if ('json' in answer) return reply.send(answer.json)
  if ('location' in answer) return reply.redirect(answer.location, 303)
  if ('text' in answer)
    return reply
      .headers(answer.headers ?? {})
      .type(answer.type)
      .send(answer.text)
  if (!('bytes' in answer)) return reply.send()
  // What a sender put there is theirs to open, not a browser's to show.
  reply.header('Content-Disposition', 'attachment; filename="body"')
  return reply.type('application/octet-stream').send(answer.bytes)
}

function sendProblem(reply: FastifyReply, code: ProblemCode, flaws?: readonly Flaw[]): FastifyReply {
  if (code === 'unavailable') reply.header('Retry-After', '5')
  careful(reply).code(PROBLEMS[code].status)
  if (reply.request.url.startsWith(FOR_GRAFANA)) return reply.type('application/json').send(messageBody(code, flaws))
  return reply.type(PROBLEM_TYPE).send(problemBody(code, flaws))
}

function careful(reply: FastifyReply): FastifyReply {
  return reply.headers({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
}

function codeOf(error: FastifyError): ProblemCode {
  if (error.validation !== undefined) return 'bad-request'
  switch (error.statusCode) {
    case 413:
      return 'body-too-large'
    case 415:
      return 'unsupported-media-type'
    case 400:
    case 404:
    case 414:
      return 'bad-request'
    default:
      return 'internal'
  }
}

function flawsOf(error: FastifyError): readonly Flaw[] {
  if (error.validation !== undefined) {
    const where = error.validationContext === 'querystring' ? 'query' : (error.validationContext ?? '')
    return error.validation.map((misfit) => flawOf(misfit, where))
  }
  if (codeOf(error) !== 'bad-request') return []
  const found = short(error.message)
  return /URL|PARAM/.test(error.code)
    ? [{ path: 'url', expected: 'segments that can be decoded, of at most 400 characters', found }]
    : [{ path: 'body', expected: 'JSON', found }]
}
