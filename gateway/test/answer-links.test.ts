import { hash } from 'node:crypto'
import type { Server } from 'node:http'
import { connect } from 'node:net'
import { text as textOf } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Answer, type AnswerAction, createAnswerTokens, linksFor } from '../src/adapters/answer-tokens.ts'
import { type Acted, type AnswerSubject, answerRoutes } from '../src/adapters/http-answer.ts'
import { type Api, createApi } from '../src/adapters/http-api.ts'
import { closeHttpServer, createHttpServer, listen } from '../src/adapters/http-server.ts'

const NOW = Date.UTC(2026, 2, 2, 3, 14, 8)
const OPEN: AnswerSubject = {
  title: 'nightly-backup is missed since 2026-03-02T01:12:00.001Z',
  state: 'triggered',
  detail: 'No ok by Mon 2026-03-02 03:12:00 Europe/Riga.',
}
const FORM = 'application/x-www-form-urlencoded'

const tokens = createAnswerTokens(Buffer.alloc(16, 7))
const acted: (readonly [Answer, string])[] = []
let subjects: Map<string, AnswerSubject>
let outcome: Acted
let failure: Error | undefined
let api: Omit<Api, 'endStreams'>
let server: Server
let url: string

beforeAll(async () => {
  const used = new Set<string>()
  const routes = answerRoutes({
    tokens,
    lookup: (about) => subjects.get(about),
    now: () => NOW,
    async act(answer, by) {
      acted.push([answer, by])
      if (failure !== undefined) throw failure
      const link = `${answer.page} ${answer.action}`
      if (outcome === 'done' && used.has(link)) return 'used'
      used.add(link)
      return outcome
    },
  })
  const json = { method: 'POST', path: '/json', for: 'nobody', docs: { summary: '' } } as const
  api = await createApi(
    [...routes, { ...json, answer: ({ body }) => ({ status: 200, json: { body } }) }],
    NOBODY,
    () => {},
  )
  server = createHttpServer(api.handle)
  url = `http://127.0.0.1:${await listen(server, { host: '127.0.0.1', port: 0 })}`
})
beforeEach(() => {
  acted.length = 0
  subjects = new Map([['inc-1', OPEN]])
  outcome = 'done'
  failure = undefined
})
afterAll(async () => {
  await closeHttpServer(server)
  await api.close()
})

const NOBODY = { admit: () => ({ caller: undefined }) }
let pages = 0

/** A link nobody has used. */
function link(action: AnswerAction = 'acknowledge', about = 'inc-1', by = 'ana'): string {
  return linksFor(tokens, url, about, `page-${++pages}`, by)[action]
}

async function post(
  to: string,
  body?: string,
  type?: string,
): Promise<{ status: number; text: string; headers: Headers }> {
  const answer = await fetch(to, {
    method: 'POST',
    ...(body !== undefined && { body: Buffer.from(body) }),
    ...(type !== undefined && { headers: { 'content-type': type } }),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

describe('a link that is only looked at', () => {
  it.each([
    ['a browser', { 'user-agent': 'Mozilla/5.0', accept: 'text/html' }],
    ['a chat’s link preview', { 'user-agent': 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)' }],
    ['a messenger’s link preview', { 'user-agent': 'facebookexternalhit/1.1' }],
    ['a mail scanner', { 'user-agent': 'Mozilla/5.0 (compatible; SafeLinks)', range: 'bytes=0-1023' }],
    ['a prefetch', { purpose: 'prefetch', 'sec-purpose': 'prefetch;prerender', 'x-moz': 'prefetch' }],
    ['one that would like to override the method', { 'x-http-method-override': 'POST', 'x-method-override': 'POST' }],
  ])('by %s answers nothing', async (_, headers) => {
    for (const action of ['acknowledge', 'resolve', 'silence', 'snooze'] as const) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const to = link(action)
        await fetch(to, { method, headers })
        await fetch(`${to}?by=ana&_method=POST&confirm=1`, { method, headers })
      }
    }
    expect(acted).toEqual([])
  })

  it.each([
    ['acknowledge', 'Acknowledge: I take care of it'],
    ['resolve', 'Resolve: it is over'],
    ['silence', 'Silence this for 1 hour'],
    ['snooze', 'Snooze for 30 minutes'],
  ] as const)('to %s says what it is about, and has one button that says what it does', async (action, deed) => {
    const answer = await fetch(link(action))
    const text = await answer.text()
    expect(answer.status).toBe(200)
    expect(text.match(/<button>[^<]*<\/button>/g)).toEqual([`<button>${deed}</button>`])
    expect(text.match(/<form[^>]*>/g)).toEqual(['<form method="post">'])
    expect(text).toContain('nightly-backup is missed since <time datetime="2026-03-02T01:12:00.001Z">')
    expect(text).toContain('No ok by Mon 2026-03-02 03:12:00 Europe/Riga.')
    expect(text).toContain('Not acknowledged')
    expect(text).toContain('placeholder="ana"')
  })

  it('says who takes care of it already', async () => {
    subjects.set('inc-1', { ...OPEN, state: 'acknowledged', acknowledgedBy: 'ben' })
    expect(await (await fetch(link())).text()).toContain('Acknowledged by ben')
  })

  it('has no button once it is over, or when nobody knows what it is about', async () => {
    subjects.set('inc-1', { ...OPEN, state: 'resolved' })
    const over = await fetch(link())
    expect(over.status).toBe(410)
    const unknown = await fetch(link('resolve', 'inc-2'))
    expect(unknown.status).toBe(404)
    expect((await over.text()) + (await unknown.text())).not.toMatch(/<button|<form/)
  })

  it('goes out with headers that let a browser load, run and tell nothing', async () => {
    const answer = await fetch(link())
    const text = await answer.text()
    const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(text) ?? []
    expect(answer.headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'sha256-${hash('sha256', style, 'base64')}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
    )
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(answer.headers.get('x-robots-tag')).toBe('noindex')
    expect(text).not.toMatch(/<script|<link|<img|\son\w+=|style=|https?:/)
  })
})

describe('a link that is answered', () => {
  it('acts once; the second time it says so', async () => {
    const to = link()
    const first = await post(to)
    expect(first.status).toBe(200)
    expect(first.text).toContain('<h1>ana takes care of it</h1>')
    expect(acted).toEqual([[{ action: 'acknowledge', about: 'inc-1', page: `page-${pages}`, by: 'ana' }, 'ana']])
    const second = await post(to)
    expect(second.status).toBe(409)
    expect(second.text).toContain('used already')
    expect(second.text).not.toContain('<button')
  })

  it.each([
    ['resolve', 'It is over, says ana'],
    ['silence', 'By ana. It pages again at 04:14 UTC'],
    ['snooze', 'By ana. It pages again at 03:44 UTC'],
  ] as const)('to %s says what was done, and by whom', async (action, said) => {
    expect((await post(link(action))).text).toContain(said)
  })

  it.each([
    ['no body and no content type', undefined, undefined, 'ana'],
    ['an empty form', '', FORM, 'ana'],
    ['a form without a name in it', 'by=', FORM, 'ana'],
    ['a form with only white space in it', 'by=+%0A', FORM, 'ana'],
    ['a form with a name', 'by=Zo%C3%AB+B.', `${FORM}; charset=UTF-8`, 'Zoë B.'],
    ['a form with a name, and more', 'x=1&by=ben&by=carl&__proto__=1', FORM, 'carl'],
    ['a form with the longest name', `by=${'x'.repeat(200)}`, FORM, 'x'.repeat(200)],
  ])('with %s acts', async (_, body, type, by) => {
    expect((await post(link(), body, type)).status).toBe(200)
    expect(acted.map(([, who]) => who)).toEqual([by])
  })

  it.each([
    ['as JSON', '{"by":"ben"}', 'application/json', 415],
    ['as text', 'by=ben', 'text/plain', 415],
    ['in parts', '--x--', 'multipart/form-data; boundary=x', 415],
    ['without a type', 'by=ben', undefined, 415],
    ['beyond 4 kB', `by=ben&x=${'x'.repeat(4_100)}`, FORM, 413],
    ['with too long a name', `by=${'x'.repeat(201)}`, FORM, 400],
    ['with a control character in the name', 'by=be%00n', FORM, 400],
    ['with a line feed in the name', 'by=be%0An', FORM, 400],
  ])('%s acts on nothing', async (_, body, type, status) => {
    expect((await post(link(), body, type)).status).toBe(status)
    expect(acted).toEqual([])
  })

  it.each([
    ['used', 409],
    ['over', 410],
    ['unknown', 404],
    ['unavailable', 503],
  ] as const)('says when it is %s, with a status that a script can read', async (what, status) => {
    outcome = what
    const { status: found, text, headers } = await post(link())
    expect(found).toBe(status)
    expect(text).toContain('Nothing changed')
    expect(headers.get('retry-after')).toBe(what === 'unavailable' ? '5' : null)
    expect(text.includes('<button>Acknowledge')).toBe(what === 'unavailable')
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  it('acts on a POST that says nothing at all, as curl -X POST sends it', async () => {
    const { port, pathname, host } = new URL(link())
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 200 /)
    expect(acted).toHaveLength(1)
  })

  it('shows nothing of an error inside', async () => {
    failure = new Error('the secret of the house')
    const { status, text } = await post(link())
    expect(status).toBe(500)
    expect(text).not.toContain('secret')
  })

  it('to something that is forgotten meanwhile still says what was done', async () => {
    const to = link()
    subjects.clear()
    expect((await post(to)).text).toContain('ana takes care of it')
  })
})

describe('what people wrote', () => {
  const MARKUP = `"><script>alert('1')</script><b x='`
  const ESCAPED = '&#34;&#62;&#60;script&#62;alert(&#39;1&#39;)&#60;/script&#62;&#60;b x=&#39;'

  it('stays text on every page', async () => {
    subjects.set('inc-1', {
      title: `a ${MARKUP}`,
      detail: `b ${MARKUP}`,
      state: 'acknowledged',
      acknowledgedBy: MARKUP,
    })
    const to = link('acknowledge', 'inc-1', MARKUP)
    const asked = await (await fetch(to)).text()
    const done = await post(to, new URLSearchParams({ by: `me ${MARKUP}` }).toString(), FORM)
    outcome = 'unavailable'
    const refused = await post(to)
    expect(done.status).toBe(200)
    for (const text of [asked, done.text, refused.text]) {
      expect(text).toContain(`a ${ESCAPED}`)
      expect(text).toContain(`b ${ESCAPED}`)
      expect(text).toContain(`Acknowledged by ${ESCAPED}`)
      expect(text).not.toMatch(/<script|<b |alert\('/)
    }
    expect(done.text).toContain(`<h1>me ${ESCAPED} takes care of it</h1>`)
    for (const text of [asked, refused.text]) expect(text).toContain(`placeholder="${ESCAPED}"`)
  })
})

describe('the other routes', () => {
  it('take JSON, and no form', async () => {
    expect((await post(`${url}/json`, '{"by":"ben"}', 'application/json')).text).toBe('{"body":{"by":"ben"}}')
    expect((await post(`${url}/json`, 'by=ben', FORM)).status).toBe(415)
  })
})

describe('a link that nobody was sent', () => {
  it('leads nowhere, whatever is changed about it', async () => {
    const to = link()
    const token = to.slice(`${url}/answer/`.length)
    const wrong = [`${to}A`, to.slice(0, -1), `${url}/answer/${'A'.repeat(399)}`, `${url}/answer/x?token=${token}`]
    for (const other of [...wrong, `${url}/answer/%3Cscript%3E`]) {
      for (const method of ['GET', 'POST']) {
        const answer = await fetch(other, { method })
        expect(answer.status).toBe(404)
        expect(await answer.text()).toContain('This link leads nowhere')
      }
    }
    expect((await fetch(`${url}/answer/${'A'.repeat(401)}`)).status).toBe(400)
    expect((await fetch(`${url}/answer?token=${token}`, { method: 'POST' })).status).toBe(404)
    expect(acted).toEqual([])
  })
})
