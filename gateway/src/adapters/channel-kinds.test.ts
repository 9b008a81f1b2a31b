// What people see of a page on each kind of channel: marks, priorities, answers, and none of a user's text as markup.
import { describe, expect, it } from 'vitest'
import type { PageBody } from '../domain/page.ts'
import { composeAlertmanager } from './channel-alertmanager.ts'
import { composeDiscord } from './channel-discord.ts'
import {
  ACKNOWLEDGED,
  DRILL,
  hostilePage,
  NOTICE,
  RESOLVED,
  STORM,
  TRIGGERED,
  WARNING,
} from './channel-examples.stage.ts'
import type { Compose } from './channel-http.ts'
import { composeIrm } from './channel-irm.ts'
import { composeNtfy } from './channel-ntfy.ts'
import { composePagerDuty } from './channel-pagerduty.ts'
import { composeSlack } from './channel-slack.ts'
import { composeTeams } from './channel-teams.ts'
import { composeTemplate } from './channel-template.ts'
import { pageExample } from './page-example.stage.ts'

const URL = 'https://receiver.example.org/hook'
const NOW = Date.UTC(2026, 2, 2, 2, 12, 1)
const pd = composePagerDuty({ url: URL, routingKey: 'key' })
const ntfy = composeNtfy({ url: URL, topic: 'overdue' })
const CHATS: Readonly<Record<string, Compose>> = {
  slack: composeSlack(URL),
  discord: composeDiscord(URL),
  teams: composeTeams(URL),
  ntfy,
  irm: composeIrm(URL),
  alertmanager: composeAlertmanager({ url: URL, api: 'webhook' }),
  pagerduty: pd,
}

// biome-ignore lint/suspicious/noExplicitAny: each receiver has a shape of its own.
const posted = (compose: Compose, page: PageBody): any => JSON.parse(compose(page, NOW).body)

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Whatever a receiver makes something to click of. */
function linksIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'string' && /url$|^href$|^click$|^link_/i.test(key) ? [inner] : linksIn(inner),
  )
}

describe.each(Object.entries(CHATS))('a page on %s', (_, compose) => {
  it.each([TRIGGERED, ACKNOWLEDGED, RESOLVED, DRILL, STORM, NOTICE])('says what and since when ($type)', (page) => {
    const first = textsIn(posted(compose, page)).find((text) => text.includes(page.text))
    expect(first).toBeDefined()
    expect(first?.split('\n')[0]).toMatch(/^(\W+ )?\S/u)
  })

  it('says whose it is, what it is for, why, and who else was paged', () => {
    const all = textsIn(posted(compose, TRIGGERED)).join('\n').replaceAll('\\', '')
    for (const text of ['ana', 'pg_dump of mydb', 'No ok by Mon 2026-03-02', 'ben › phone']) expect(all).toContain(text)
  })

  it('looks different while somebody has to act, when somebody does, and when it is over', () => {
    const bodies = [TRIGGERED, ACKNOWLEDGED, RESOLVED].map(
      (page) => compose({ ...page, type: TRIGGERED.type, id: '', at: TRIGGERED.at, text: 'x', links: {} }, NOW).body,
    )
    expect(new Set(bodies).size).toBe(3)
  })

  it('links to nothing but the web, and still shows what it does not link to', () => {
    const body = posted(compose, hostilePage())
    expect(linksIn(body).length).toBeGreaterThan(0)
    expect(linksIn(body).filter((url) => !url.startsWith('https://'))).toEqual([])
    expect(textsIn(body).join()).toContain('javascript:alert')
  })
})

describe('a drill', () => {
  it('is marked as a test wherever a mark can be, and begins with the word everywhere', () => {
    expect(posted(CHATS['slack'] as Compose, DRILL).blocks[0].text.text).toBe(`🧪 🔵 ${DRILL.text}`)
    expect(posted(CHATS['discord'] as Compose, DRILL).embeds[0].title).toBe(`🧪 🔵 ${DRILL.text}`)
    expect(posted(ntfy, DRILL)).toMatchObject({
      title: DRILL.text,
      priority: 3,
      tags: ['test_tube', 'information_source'],
    })
    expect(posted(pd, DRILL)).toMatchObject({ payload: { summary: DRILL.text, class: 'drill', severity: 'info' } })
    expect(posted(CHATS['alertmanager'] as Compose, DRILL).alerts[0].labels.alertname).toBe('OverdueDrill')
  })
})

describe('Slack', () => {
  it('is given nothing of a user’s text that it could take for markup', () => {
    const { text, blocks } = posted(composeSlack(URL), hostilePage())
    expect(blocks[1].text.text).toContain('&lt;!channel&gt; &lt;@U012AB3CD&gt; @everyone')
    expect(
      [text, ...blocks.slice(0, 2).map((block: { text: { text: string } }) => block.text.text)].join(),
    ).not.toMatch(/[<>]/)
  })

  it('is given the whole first line below, where the header has no room for it', () => {
    const page = pageExample({ text: `${'long-name/'.repeat(20)} is missed` })
    const { blocks } = posted(composeSlack(URL), page)
    expect(blocks[0].text.text).toMatch(/^🔴 long-name.{130,}…$/u)
    expect(blocks[1].text.text).toContain(`What: ${page.text}\nOwner: ana`)
  })
})

describe('Discord', () => {
  it('is given a user’s text escaped, and told to mention nobody', () => {
    const { allowed_mentions, embeds } = posted(composeDiscord(URL), hostilePage())
    expect(allowed_mentions).toEqual({ parse: [] })
    expect(embeds[0].description).toContain(
      '\\*b\\* \\_i\\_ \\~s\\~ \\`c\\` \\[x\\](https://evil.example) \\|\\|s\\|\\|',
    )
    expect(embeds[0].description).not.toMatch(/@(everyone|here)|(?<!\\)<|(?<!\\)\[x/)
  })

  it('is given links that end where they should', () => {
    const links = { ...TRIGGERED.links, runbook: 'https://wiki.example.org/a_(b) c' }
    expect(posted(composeDiscord(URL), pageExample({ links })).embeds[0].description).toContain(
      '[Runbook](https://wiki.example.org/a_%28b%29%20c)',
    )
  })
})

describe('ntfy', () => {
  it('rings as loud as the state asks for', () => {
    const priorities = [TRIGGERED, WARNING, ACKNOWLEDGED, RESOLVED].map((page) => posted(ntfy, page).priority)
    expect(priorities).toEqual([5, 4, 3, 2])
  })

  it('gets the token as a bearer and never in the body', () => {
    const { headers, body } = composeNtfy({ url: URL, topic: 'overdue', token: 'tk_1' })(TRIGGERED, NOW)
    expect(headers['authorization']).toBe('Bearer tk_1')
    expect(body).not.toContain('tk_1')
  })

  it('never gets an empty message', () => {
    expect(posted(ntfy, NOTICE).message).toBe(NOTICE.text)
  })
})

describe('PagerDuty', () => {
  it('is told to trigger, acknowledge and resolve one and the same alert', () => {
    const events = [TRIGGERED, ACKNOWLEDGED, RESOLVED].map((page) => posted(pd, page))
    expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'acknowledge', 'resolve'])
    expect(new Set(events.map(({ dedup_key }) => dedup_key))).toEqual(new Set(['inc-0001']))
  })
})

describe('Grafana IRM', () => {
  it('still alerts what is acknowledged', () => {
    const states = [TRIGGERED, ACKNOWLEDGED, RESOLVED].map((page) => posted(composeIrm(URL), page).state)
    expect(states).toEqual(['alerting', 'alerting', 'ok'])
  })
})

describe('a template', () => {
  const filled = (body: string, contentType: string, page = hostilePage()): string =>
    composeTemplate({ url: URL, headers: { 'X-Team': 'db' }, contentType, body })(page, NOW).body

  it('keeps JSON whole whatever a text contains', () => {
    const body = filled(
      '{"why": "{{ explanation }}", "step": {{page.step}}}',
      'application/vnd.example+json; charset=utf-8',
    )
    expect(JSON.parse(body)).toEqual({ why: hostilePage().explanation, step: 1 })
  })

  it('fills forms, markup and plain text as each needs it', () => {
    const page = pageExample({ explanation: 'a&b=<c>"' })
    expect(filled('why={{explanation}}', 'application/x-www-form-urlencoded', page)).toBe('why=a%26b%3D%3Cc%3E%22')
    expect(filled('<why>{{explanation}}</why>', 'application/xml', page)).toBe('<why>a&#38;b=&#60;c&#62;&#34;</why>')
    expect(filled('{{explanation}}', 'text/plain', page)).toBe('a&b=<c>"')
  })

  it('leaves empty what the page does not have, and does not fill what a text brings', () => {
    expect(filled('[{{incident.verdict}}][{{storm.scope}}]', 'text/plain', STORM)).toBe('[][group hall-7]')
    expect(filled('{{explanation}}', 'text/plain', pageExample({ explanation: '{{id}}' }))).toBe('{{id}}')
  })

  it('has headers of its own, and one content type', () => {
    const { headers } = composeTemplate({
      url: URL,
      headers: { 'X-Team': 'db', 'Content-Type': 'a/b' },
      contentType: 'text/plain',
      body: '',
    })(TRIGGERED, NOW)
    expect(headers).toEqual({ 'x-team': 'db', 'content-type': 'text/plain' })
  })
})
