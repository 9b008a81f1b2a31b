import { describe, expect, it } from 'vitest'
import { DEFAULT_TERMS } from '../domain/heartbeat.ts'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import type { Environment } from './env.ts'
import type { Settings } from './settings.ts'

const SECRET = 'whsec_b3ZlcmR1ZSBleGFtcGxlIHNlY3JldCEh'

type Around = {
  env?: Record<string, string>
  environment?: Environment
  files?: Record<string, string>
  hostZone?: string
}

function read(text: string, { env = {}, environment = {}, files = {}, hostZone = 'Europe/Riga' }: Around = {}) {
  const readFile = (path: string): string => {
    const found = files[path]
    if (found === undefined) throw new Error('ENOENT: no such file')
    return found
  }
  return readDocument(text, { env, environment, file: '/etc/overdue/overdue.yaml', readFile, hostZone })
}

function settings(text: string, around?: Around): Settings {
  const checked = read(text, around)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value
}

function problems(text: string, around?: Around): readonly string[] {
  const checked = read(text, around)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

describe('a configuration', () => {
  it('that says nothing listens on loopback, keeps its data here, and pages nobody', () => {
    expect(settings('')).toEqual({
      file: '/etc/overdue/overdue.yaml',
      adopt: [],
      grafana: {},
      http: { host: '127.0.0.1', port: 8080 },
      mqtt: { host: '127.0.0.1', port: 1883 },
      data: './data',
      retention: { facts: 90 * 86_400_000, bodies: 30 * 86_400_000 },
      bodiesKeep: 100_000,
      zone: 'Europe/Riga',
      url: 'http://127.0.0.1:8080',
      signals: { open: 'auto', denied: 'drop', create: 'auto' },
      channels: [],
      bridges: [],
      allow: [],
      limits: {
        ...{ connections: 20_000, perAddress: 1_000, perSecond: 2_000 },
        signals: { perSecond: 10, burst: 100 },
      },
      proxies: [],
      published: { groups: [], badges: false, descriptions: false },
      responders: [],
      oncall: [],
      policies: [{ name: 'default', ackTimeout: 1_800_000, steps: [], fallback: [] }],
      mutes: [],
      defaults: DEFAULT_TERMS,
      heartbeats: [],
      drills: [],
      devices: [],
      log: 'info',
    })
  })

  it('gives way to the environment', () => {
    const environment = { http: '[::1]:9090', mqtt: 'off', data: '/var/lib/overdue', log: 'warn' } as const
    const text = 'listen: { http: "0.0.0.0:1", mqtt: "0.0.0.0:2" }\ndata: /elsewhere\n'
    expect(settings(text, { environment })).toMatchObject({
      http: { host: '::1', port: 9090 },
      mqtt: 'off',
      data: '/var/lib/overdue',
      url: 'http://[::1]:9090',
      log: 'warn',
    })
    expect(problems(text, { environment: { http: 'nowhere' } })).toEqual([
      'OVERDUE_HTTP: expected an address and a port such as 127.0.0.1:8080 or [::1]:8080, got "nowhere"',
    ])
  })

  it('keeps the names that a policy pages, and makes a policy that pages everybody where none is called default', () => {
    const channels = `channels:\n  - { name: ops, webhook: { url: "https://a.example", secret: "${SECRET}" } }\n  - { name: boss, webhook: { url: "https://b.example" } }\n`
    expect(settings(channels).policies).toEqual([
      { name: 'default', ackTimeout: 1_800_000, steps: [{ after: 0, page: ['ops', 'boss'] }], fallback: [] },
    ])
    const text = `${channels}responders:\n  - { name: ana, page: [boss, ops] }\npolicies:\n  - { name: default, steps: [{ page: [ana, ops] }, { after: 15m, page: [boss], severity: critical, repeat: { every: 5m, times: 2 } }] }\n`
    expect(settings(text).policies).toEqual([
      {
        name: 'default',
        ackTimeout: 1_800_000,
        steps: [
          { after: 0, page: ['ana', 'ops'] },
          { after: 900_000, page: ['boss'], severity: 'critical', repeat: { every: 300_000, times: 2 } },
        ],
        fallback: [],
      },
    ])
    expect(settings(text).channels[0]).toEqual({
      name: 'ops',
      kind: 'webhook',
      url: 'https://a.example',
      secrets: [SECRET],
    })
  })

  it('declares heartbeats in every kind of schedule, with the defaults it names', () => {
    const text = `zone: Europe/London
defaults: { slow: off, owner: ops }
heartbeats:
  - { name: a, every: 1h30m, grace: 0s, tags: [x, y], early: off }
  - { name: b/c, cron: "0 3 * * *", owner: ana }
  - { name: d, calendar: "Mon..Fri 08:00", zone: UTC, slow: 2.5 }
  - { name: e, window: "05:00-08:00", on: mon-fri, parent: a }
  - { name: f, schedule: none, tolerate: 2, key: 0123456789abcdefghijkA }
`
    const [a, b, d, e, f] = settings(text).heartbeats
    const own = { ...DEFAULT_TERMS, slow: 0, owner: 'ops', declaredBy: 'file' }
    expect(a).toEqual({
      name: 'a',
      terms: { ...own, schedule: { kind: 'every', every: 5_400_000 }, grace: 0, tags: ['x', 'y'], early: false },
    })
    expect(b).toEqual({
      name: 'b/c',
      terms: { ...own, owner: 'ana', schedule: { kind: 'cron', cron: '0 3 * * *', zone: 'Europe/London' } },
    })
    expect(d?.terms).toMatchObject({ slow: 2.5, schedule: { kind: 'calendar', zone: 'UTC' } })
    expect(e?.terms).toMatchObject({ parent: 'a', schedule: { kind: 'window', on: 'mon-fri', zone: 'Europe/London' } })
    expect(f).toMatchObject({ key: '0123456789abcdefghijkA', terms: { tolerate: 2, schedule: { kind: 'none' } } })
  })

  it('may leave the schedule to the defaults', () => {
    const [a] = settings('defaults: { every: 5m }\nheartbeats: [{ name: a }]\n').heartbeats
    expect(a?.terms.schedule).toEqual({ kind: 'every', every: 300_000 })
    expect(problems('heartbeats: [{ name: a }]\n')).toEqual([
      'heartbeats[0]: expected one of every, cron, calendar, window, schedule, got none of them',
    ])
  })

  it('takes text from the environment and from files beside it, and shows none of it in a problem', () => {
    const text = [
      'signals: { pingKey: "${file:ping}" }',
      'channels: [{ name: ops, webhook: { url: "https://${HOST}/x", secret: "${HOOK}" } }]',
      'url: "http://$${HOST}/"',
      '',
    ].join('\n')
    const good = { env: { HOST: 'a.example', HOOK: SECRET }, files: { '/etc/overdue/ping': 'ping-key-of-16-chars\n' } }
    expect(
      settings(
        text.replace('$${', () => '${'),
        good,
      ),
    ).toMatchObject({
      signals: { pingKey: 'ping-key-of-16-chars' },
      channels: [{ url: 'https://a.example/x', secrets: [SECRET] }],
      url: 'http://a.example',
    })
    const bad = problems(text, { env: { HOST: 'a.example', HOOK: 'hunter2' }, files: { '/etc/overdue/ping': 'short' } })
    expect(bad.join('\n')).not.toMatch(/hunter2|short/)
    expect(bad).toHaveLength(2)
    expect(problems(text, { env: {} }).join('\n')).toContain(
      'expected the environment variable HOOK, got nothing: it is not set',
    )
  })
})

describe('every problem is told at once, with its place', () => {
  it.each([
    ['lisen: {}', 'lisen: expected a key that exists, nearest: "listen", got an unknown one'],
    ['listen: { http: 8080 }', 'listen.http: expected text, got 8080'],
    ['zone: Riga', 'zone: expected an IANA zone such as Europe/Riga, got "Riga"'],
    ['retention: { facts: 90 }', 'retention.facts: expected a duration such as 90s, 15m or 1h30m, got 90'],
    ['bodies: { keep: 1GB }', 'bodies.keep: expected a size from 0B to 10MB such as 100kB, got "1GB"'],
    ['url: "ftp://x"', 'url: expected an http or https URL without a user name in it, got "ftp://x"'],
    ['signals: { open: maybe }', 'signals.open: expected auto, true, false, got "maybe"'],
    ['signals: { denied: maybe }', 'signals.denied: expected drop, close, got "maybe"'],
    ['signals: { pingKey: short }', 'signals.pingKey: expected 16 to 128 letters'],
    ['webhooks: { allow: ["10.1.0.0/8"] }', 'webhooks.allow[0]: expected a CIDR'],
    [
      'channels: [{ name: a }]',
      'channels[0]: expected one of webhook, slack, discord, teams, irm, ntfy, pagerduty, alertmanager, email, template, got none of them',
    ],
    ['channels: [{ name: a, webhook: { url: "x:y" } }]', 'channels[0].webhook.url: expected an http or https URL'],
    ['responders: [{ name: a, page: [ops] }]', 'responders[0].page[0]: expected the name of a channel'],
    [
      'policies: [{ name: p, steps: [{ page: [nobody] }] }]',
      'policies[0].steps[0].page[0]: expected the name of a channel, responder or on-call schedule',
    ],
    ['policies: [{ name: p }]', 'policies[0].steps: expected at least one step, got nothing'],
    ['defaults: { policy: strict }', 'defaults.policy: expected the name of a policy'],
    ['heartbeats: [{ every: 1m }]', 'heartbeats[0].name: expected a name, got nothing'],
    ['heartbeats: [{ name: a/b/c, every: 1m }]', 'heartbeats[0].name: expected one or two levels'],
    ['heartbeats: [{ name: a/start, every: 1m }]', 'heartbeats[0].name: expected one or two levels'],
    [
      'heartbeats: [{ name: a, every: 1m }, { name: a, every: 1m }]',
      'heartbeats[1].name: expected a name of its own, got "a", which is declared above',
    ],
    [
      'heartbeats: [{ name: a, every: 1m }, { name: A, every: 1m }]',
      'heartbeats[1].name: expected a name of its own, got "A", which differs from "a" by case alone',
    ],
    [
      'heartbeats: [{ name: a, every: 1m, cron: "0 3 * * *" }]',
      'heartbeats[0]: expected one of every, cron, calendar, window, schedule, got every and cron',
    ],
    ['heartbeats: [{ name: a, every: 1ms }]', 'heartbeats[0].every: expected 1s to 400d, got 1ms'],
    ['heartbeats: [{ name: a, cron: "0 2 * *" }]', 'heartbeats[0].cron: expected 5 fields'],
    ['heartbeats: [{ name: a, cron: "0 0 31 2 *" }]', 'heartbeats[0].cron: expected'],
    ['heartbeats: [{ name: a, cron: "0 3 * * *", zone: Mars }]', 'heartbeats[0].zone: expected an IANA zone'],
    ['heartbeats: [{ name: a, every: 1m, on: mon }]', 'heartbeats[0].on: expected a window beside it'],
    ['heartbeats: [{ name: a, every: 1m, slow: 1 }]', 'heartbeats[0].slow: expected a factor above 1, or off, got 1'],
    [
      'heartbeats: [{ name: a, every: 1m, parent: b }]',
      'heartbeats[0].parent: expected the name of a heartbeat of this file',
    ],
    ['heartbeats: [{ name: a, every: 1m, parent: a }]', 'heartbeats[0].parent: expected another heartbeat, got itself'],
    [
      'heartbeats: [{ name: a, every: 1m, policy: defualt }]',
      'heartbeats[0].policy: expected the name of a policy, nearest: "default"',
    ],
    [
      'heartbeats: [{ name: a, every: 1m, key: abc }]',
      'heartbeats[0].key: expected 22 characters of base64url or a UUID, got something else of 3 characters',
    ],
    ['adopt: [{ topic: x }]', 'adopt[0].as: expected one of tasmota, zigbee2mqtt,'],
    ['a: [', 'line 2, column 1: expected YAML, got an error'],
  ])('%s', (text, expected) => {
    const found = problems(`${text}\n`)
    expect(found).toHaveLength(1)
    expect(found[0]).toContain(expected)
  })

  it('whatever number there are', () => {
    expect(problems('zone: X\nurl: y\nheartbeats:\n  - { name: a }\n  - { name: b, every: 0s }\n  - 7\n')).toHaveLength(
      5,
    )
  })
})
