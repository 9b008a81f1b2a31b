// The API's framework: routes, tokens, schemas and errors. What is not a signal comes here. The only user of Fastify.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { Access, Refusal } from './http-access.ts'
import { flawOf, short } from './http-flaw.ts'
import { ANSWER_OF_ALL, SIGN_IN, securityOf } from './http-page-headers.ts'
import { type Flaw, messageBody, PROBLEM_TYPE, PROBLEMS, type ProblemCode, problemBody } from './http-problem.ts'
import type { Answer, Asked, Caller, Form, Route } from './http-route.ts'
import { openStream } from './http-stream.ts'
import type { Log } from './log.ts'

export type Api = {
  handle(req: IncomingMessage, res: ServerResponse): void
  /** Of answers that go on. */
  endStreams(): void
  close(): Promise<void>
}

export async function createApi(
  routes: readonly Route[],
  access: Pick<Access, 'admit'>,
  log: Log,
): Promise<Omit<Api, 'endStreams'>> {
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
  const those = (form: Route['takesForm']): readonly Route[] => routes.filter(({ takesForm }) => takesForm === form)
  addRoutes(app, those(undefined), access)
  // Scopes of their own: a form is what any site can have a browser send, so no other route may take one.
  for (const [form, type] of [
    [true, FORM_TYPE],
    ['by any name', '*'],
  ] as const)
    app.register(async (forms) => {
      forms.removeAllContentTypeParsers()
      forms.addContentTypeParser(type, { parseAs: 'string', bodyLimit: FORM_LIMIT }, async (_: unknown, text: string) =>
        Object.fromEntries(new URLSearchParams(text)),
      )
      addRoutes(forms, those(form), access)
    })
  await app.ready()
  return { handle: (req, res) => app.routing(req, res), close: () => app.close() }
}

const FORM_TYPE = 'application/x-www-form-urlencoded'
const FOR_GRAFANA = '/grafana/'
const FORM_LIMIT = 4_096
const RETRY_AFTER: Partial<Record<ProblemCode, string>> = { unavailable: '5', 'too-many': '60' }

function addRoutes(app: FastifyInstance, routes: readonly Route[], access: Pick<Access, 'admit'>): void {
  /** Of requests that are under way. */
  const callers = new WeakMap<FastifyRequest, Caller>()
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
        const admitted = access.admit(route, fromOf(request))
        if ('problem' in admitted) return refuse(route, request, reply, admitted)
        if (admitted.caller !== undefined) callers.set(request, admitted.caller)
      },
      handler: async (request, reply) => {
        const { params, query, body } = request
        const caller = callers.get(request)
        if (isForged(route, caller, request)) return sendProblem(reply, 'cross-site')
        const asked = { params: params as Asked['params'], query, body, caller, ...fromOf(request) }
        return send(reply, await route.answer(asked))
      },
    })
  }
}

/** A form of a session that does not bring what only a page of this gateway knows. */
function isForged(
  { for: whom, takesForm }: Route,
  caller: Caller | undefined,
  { body, headers }: FastifyRequest,
): boolean {
  if (takesForm !== true || whom === 'nobody' || caller?.csrf === undefined) return false
  const { csrf = headers['x-csrf-token'] } = (body ?? {}) as Form
  return csrf !== caller.csrf
}

function fromOf({ headers, socket }: FastifyRequest): Pick<Asked, 'headers' | 'address'> {
  return { headers, address: socket.remoteAddress ?? '' }
}

/** Whoever looks at a page and is not known may sign in. */
function refuse(route: Route, request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  if (refusal.problem !== 'unauthorized') return sendProblem(reply, refusal.problem, refusal.flaws)
  if (route.isPage === true)
    return send(reply, { status: 303, location: `${SIGN_IN}?next=${encodeURIComponent(nextOf(request))}` })
  const challenge = route.for === 'grafana' ? 'Basic realm="Overdue", charset="UTF-8"' : 'Bearer'
  return sendProblem(reply.header('WWW-Authenticate', challenge), 'unauthorized')
}

/** Where it goes on after signing in: a form that was posted has to be looked at again. */
function nextOf({ method, url, headers }: FastifyRequest): string {
  return method === 'GET' ? url : (URL.parse(headers.referer ?? '')?.pathname ?? '/')
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if ('problem' in answer) return sendProblem(reply, answer.problem, answer.flaws)
  if ('stream' in answer) {
    reply.hijack()
    answer.stream(openStream(reply.raw))
    return reply
  }
  reply.headers(ANSWER_OF_ALL).code(answer.status)
  if ('text' in answer) {
    const { text, type, headers = {} } = answer
    return reply
      .headers({ ...securityOf(type), ...headers })
      .type(type)
      .send(text)
  }
  if ('bytes' in answer) return sendBytes(reply, answer.bytes)
  reply.headers(answer.headers ?? {})
  if ('json' in answer) return reply.send(answer.json)
  if (answer.status === 303) reply.header('Location', answer.location)
  return reply.send()
}

/** What a sender put there is theirs to open, not a browser's to show. */
function sendBytes(reply: FastifyReply, bytes: Uint8Array): FastifyReply {
  reply.headers({
    'Content-Disposition': 'attachment; filename="body"',
    'Content-Security-Policy': "default-src 'none'; sandbox",
  })
  return reply.type('application/octet-stream').send(bytes)
}

function sendProblem(reply: FastifyReply, code: ProblemCode, flaws?: readonly Flaw[]): FastifyReply {
  const retryAfter = RETRY_AFTER[code]
  if (retryAfter !== undefined) reply.header('Retry-After', retryAfter)
  reply.headers(ANSWER_OF_ALL).code(PROBLEMS[code].status)
  if (reply.request.url.startsWith(FOR_GRAFANA)) return reply.type('application/json').send(messageBody(code, flaws))
  return reply.type(PROBLEM_TYPE).send(problemBody(code, flaws))
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
