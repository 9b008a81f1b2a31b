import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import type { ChannelSettings } from './settings.ts'

const KEY = '0123456789abcdef0123456789abcdef'

function read(text: string, env: Record<string, string> = {}) {
  const readFile = (): string => {
    throw new Error('ENOENT: no such file')
  }
  return readDocument(text, { env, environment: {}, file: '/etc/overdue.yaml', readFile, hostZone: 'UTC' })
}

function channels(text: string): readonly ChannelSettings[] {
  const checked = read(text)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value.channels
}

const channel = (kind: string): ChannelSettings | undefined => channels(`channels: [{ name: a, ${kind} }]\n`)[0]

function problems(kind: string, env?: Record<string, string>): readonly string[] {
  const checked = read(`channels: [{ name: a, ${kind} }]\n`, env)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('a channel', () => {
  it('is of one of ten kinds, and the example shows all of them without asking for anything', () => {
    const example = readFileSync(join(import.meta.dirname, '../../../overdue.example.yaml'), 'utf8')
    expect(channels(example).map(({ kind }) => kind)).toEqual([
      ...['webhook', 'webhook', 'slack', 'discord', 'teams', 'ntfy', 'pagerduty', 'alertmanager', 'irm', 'email'],
      'template',
    ])
  })

  it.each(['slack', 'discord', 'teams', 'irm'])('of kind %s needs a URL', (kind) => {
    expect(channel(`${kind}: { url: "https://a.example/x" }`)).toEqual({ name: 'a', kind, url: 'https://a.example/x' })
  })

  it('has what its kind says, and defaults for the rest', () => {
    expect(channel('ntfy: { url: "https://n.example", topic: t-1, token: tk_1 }')).toEqual({
      ...{ name: 'a', kind: 'ntfy', url: 'https://n.example', topic: 't-1', token: 'tk_1' },
    })
    expect(channel(`pagerduty: { routingKey: "${KEY}" }`)).toEqual({ name: 'a', kind: 'pagerduty', routingKey: KEY })
    expect(channel('alertmanager: { url: "http://am:9093" }')).toMatchObject({ api: 'webhook' })
    expect(channel('alertmanager: { url: "http://am:9093", api: v2 }')).toMatchObject({ api: 'v2' })
    expect(channel(`template: { url: "https://t.example", body: '{"a": "{{text}}"}' }`)).toMatchObject({
      headers: {},
      contentType: 'application/json',
    })
  })

  it.each([
    ['smtp://mail.example', { host: 'mail.example', port: 587, isSecure: false }],
    ['smtps://mail.example', { host: 'mail.example', port: 465, isSecure: true }],
    ['smtp://127.1:80/', { host: '127.0.0.1', port: 80, isSecure: false }],
    ['smtps://[::1]:443', { host: '[::1]', port: 443, isSecure: true }],
    [
      'SMTP://ana%40b.example:p%3Aw@mail.example:25',
      { host: 'mail.example', port: 25, isSecure: false, login: { user: 'ana@b.example', password: 'p:w' } },
    ],
  ])('for mail goes to %s', (smtp, server) => {
    expect(channel(`email: { smtp: "${smtp}", from: a@b.example, to: [Ben <c@d.example>] }`)).toEqual({
      ...{ name: 'a', kind: 'email', server, from: 'a@b.example', to: ['Ben <c@d.example>'] },
    })
  })

  it('for mail may have its password beside the URL', () => {
    const text = 'email: { smtp: "smtp://u@m.example", password: "p", from: a@b.example, to: [c@d.example] }'
    expect(channel(text)).toMatchObject({ server: { login: { user: 'u', password: 'p' } } })
  })
})

describe('a problem of a channel is told once, with its place', () => {
  const mail = 'from: a@b.example, to: [c@d.example]'
  it.each([
    ['slack: { url: "https://a" }, discord: { url: "https://b" }', 'channels[0]: expected one of', 'slack and discord'],
    ['slak: { url: "https://a" }', 'channels[0].slak: expected a key that exists, nearest: "slack"'],
    ['slack: {}', 'channels[0].slack.url: expected an http or https URL', 'got nothing'],
    ['slack: { url: "ftp://a" }', 'channels[0].slack.url: expected an http or https URL'],
    ['ntfy: { url: "https://a", topic: "a b" }', 'channels[0].ntfy.topic: expected 1 to 64 letters'],
    ['ntfy: { url: "https://a" }', 'channels[0].ntfy.topic: expected 1 to 64 letters', 'got nothing'],
    ['pagerduty: { routingKey: "123" }', 'channels[0].pagerduty.routingKey: expected the 32 letters and digits'],
    ['pagerduty: { routingKey: 12345 }', 'channels[0].pagerduty.routingKey: expected an integration key in quotes'],
    ['alertmanager: { url: "http://a", api: v1 }', 'channels[0].alertmanager.api: expected webhook, v2, got "v1"'],
    ['alertmanager: { url: "http://a/?b", api: v2 }', 'channels[0].alertmanager.url: expected Alertmanager'],
    [`email: { smtp: "http://m", ${mail} }`, 'channels[0].email.smtp: expected a URL such as smtp://host:587'],
    [`email: { smtp: "smtp://m/path", ${mail} }`, 'channels[0].email.smtp: expected a URL such as smtp://host:587'],
    [`email: { smtp: "smtp://u@m", ${mail} }`, 'channels[0].email.smtp: expected a user and a password, or neither'],
    [`email: { smtp: "smtp://u:p@m", password: "q", ${mail} }`, 'channels[0].email.password: expected one password'],
    ['email: { smtp: "smtp://m", from: a@b.example, to: [] }', 'channels[0].email.to: expected at least one'],
    ['email: { smtp: "smtp://m", from: "a@b\\r\\nBcc: c@d", to: [c@d] }', 'channels[0].email.from: expected a mail'],
    ['email: { smtp: "smtp://m", from: a@b, to: ["c@d, e@f"] }', 'channels[0].email.to[0]: expected a mail'],
    ['template: { url: "https://a" }', 'channels[0].template.body: expected text with fields'],
    [`template: { url: "https://a", body: '"{{txt}}"' }`, 'channels[0].template.body', 'nearest: "text", got "txt"'],
    [`template: { url: "https://a", body: '{"a": {{text}}}' }`, 'expected JSON with every field inside quotes'],
    ['template: { url: "https://a", body: "1", headers: { Host: a } }', 'channels[0].template.headers.Host: expected'],
    ['template: { url: "https://a", body: "1", headers: { a: "b\\r\\nc: d" } }', 'headers.a: expected printable ASCII'],
    ['template: { url: "https://a", body: "1", contentType: json }', 'channels[0].template.contentType: expected'],
  ])('%s', (kind, ...expected) => {
    const found = problems(kind)
    expect(found).toHaveLength(1)
    for (const part of expected) expect(found[0]).toContain(part)
  })

  it('and keeps the name of its channel known', () => {
    const checked = read('channels: [{ name: a, slack: {} }]\nresponders: [{ name: ana, page: [a] }]\n')
    expect(isWrong(checked) && checked.problems).toHaveLength(1)
  })

  it.each([
    'slack: "https://hooks.slack.com/hunter2"',
    'slack: { url: "ftp://a/hunter2" }',
    'ntfy: { url: "https://a", topic: "hunter2 hunter2", token: "hunter2 " }',
    'pagerduty: { routingKey: hunter2 }',
    'pagerduty: hunter2',
    'email: { smtp: "smtp://u:hunter2@m:99999", from: x, to: [] }',
    'email: { smtp: "smtp://m", password: [hunter2], from: x, to: [] }',
    'template: { url: "https://a", body: "{hunter2", headers: { a: "hunter2\\n", b: hunter2 } }',
    'template: { url: "https://a", body: x, headers: hunter2 }',
    'webhook: { url: "x:hunter2", secret: [hunter2] }',
    'slack: { url: "${SECRET}" }',
    'template: { url: "https://a", body: "{{${SECRET}}}" }',
  ])('and shows no secret: %s', (kind) => {
    const found = problems(kind, { SECRET: 'hunter2' })
    expect(found.length).toBeGreaterThan(0)
    expect(found.join('\n')).not.toContain('hunter2')
  })

  it('not even of a secret that is a number', () => {
    const found = problems('email: { smtp: "smtp://u@m", password: 271828, from: a@b, to: [c@d] }')
    expect(found.join('\n')).toContain('channels[0].email.password: expected a password in quotes')
    expect(found.join('\n')).not.toContain('271828')
  })
})
