// What each kind posts, held to the byte; RECORD_EXAMPLES=1 writes the examples anew. Each page of each kind is what its
// receiver documents.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PageBody } from '../domain/page.ts'
import { composeAlertmanager } from './channel-alertmanager.ts'
import { composeDiscord } from './channel-discord.ts'
import { ALL, RESOLVED, TRIGGERED } from './channel-examples.stage.ts'
import type { Compose } from './channel-http.ts'
import { composeIrm } from './channel-irm.ts'
import { composeNtfy } from './channel-ntfy.ts'
import { composePagerDuty, PAGERDUTY_URL } from './channel-pagerduty.ts'
import * as shapes from './channel-shapes.stage.ts'
import { composeSlack } from './channel-slack.ts'
import { composeTeams } from './channel-teams.ts'
import { composeTemplate } from './channel-template.ts'
import { composeWebhook } from './channel-webhook.ts'

const NOW = Date.UTC(2026, 2, 2, 2, 12, 1)
const URL = 'https://receiver.example.org/hook'
const FOLDER = join(import.meta.dirname, 'channel-examples')
const IS_RECORDING = process.env['RECORD_EXAMPLES'] === '1'

const TEMPLATE = {
  url: URL,
  headers: {},
  contentType: 'application/json',
  body: '{"title": "{{text}}", "heartbeat": "{{incident.heartbeat}}", "answer": "{{links.acknowledge}}", "step": {{page.step}}, "text": "{{lines}}"}',
}
const isObject: shapes.Demand = (body) => (typeof body === 'object' ? [] : ['expected an object'])

const KINDS: readonly { kind: string; compose: Compose; demand: shapes.Demand }[] = [
  { kind: 'webhook', compose: composeWebhook({ url: URL, secrets: [] }), demand: isObject },
  { kind: 'slack', compose: composeSlack(URL), demand: shapes.SLACK },
  { kind: 'discord', compose: composeDiscord(URL), demand: shapes.DISCORD },
  { kind: 'teams', compose: composeTeams(URL), demand: shapes.TEAMS },
  { kind: 'ntfy', compose: composeNtfy({ url: URL, topic: 'overdue' }), demand: shapes.NTFY },
  {
    kind: 'pagerduty',
    compose: composePagerDuty({ url: PAGERDUTY_URL, routingKey: '0123456789abcdef0123456789abcdef' }),
    demand: shapes.PAGERDUTY,
  },
  { kind: 'irm', compose: composeIrm(URL), demand: shapes.IRM },
  { kind: 'alertmanager', compose: composeAlertmanager({ url: URL, api: 'webhook' }), demand: shapes.ALERTMANAGER },
  { kind: 'alertmanager-v2', compose: composeAlertmanager({ url: URL, api: 'v2' }), demand: shapes.ALERTMANAGER_V2 },
  { kind: 'template', compose: composeTemplate(TEMPLATE), demand: isObject },
]

const posted = (compose: Compose, page: PageBody): unknown => JSON.parse(compose(page, NOW).body)

function recorded(name: string, text: string): string {
  const file = join(FOLDER, name)
  if (IS_RECORDING) {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, text)
  }
  return readFileSync(file, 'utf8')
}

describe.each(KINDS)('a page on $kind', ({ kind, compose, demand }) => {
  it.each([
    ['triggered', TRIGGERED],
    ['resolved', RESOLVED],
  ])('that is %s is the recorded example', (state, page) => {
    const text = `${JSON.stringify(posted(compose, page), null, 2)}\n`
    expect(text).toBe(recorded(`${kind}-${state}.json`, text))
  })

  it.each(ALL.map((page) => [page.id, page.text.length, page] as const))(
    'has the shape that its receiver documents (%s, %i characters)',
    (_, __, page) => {
      expect(demand(posted(compose, page))).toEqual([])
    },
  )

  it('says the same of the same page, and is told that it is JSON', () => {
    const { headers, body } = compose(TRIGGERED, NOW)
    expect(compose(TRIGGERED, NOW).body).toBe(body)
    expect(headers).toMatchObject({ 'content-type': 'application/json' })
  })
})
