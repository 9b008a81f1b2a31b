// What each receiver's documentation demands of a request, as far as a test can hold it: everything that is wrong, in words.

type Json = Readonly<Record<string, unknown>>
export type Demand = (body: unknown) => readonly string[]

/** https://docs.slack.dev/reference/block-kit/blocks and …/messaging/formatting-message-text */
export const SLACK: Demand = (body) => {
  const { text, blocks } = body as { text: unknown; blocks: readonly Json[] }
  const wrong = [...isText('text', text, 40_000), ...(blocks.length <= 50 ? [] : ['more than 50 blocks'])]
  for (const block of blocks) {
    if (block['type'] === 'header') wrong.push(...isPlainText('header', block['text'], 150))
    else if (block['type'] === 'section') wrong.push(...isPlainText('section', block['text'], 3_000))
    else if (block['type'] === 'actions') {
      const elements = block['elements'] as readonly Json[]
      if (elements.length < 1 || elements.length > 25) wrong.push('actions: expected 1 to 25 elements')
      if (new Set(elements.map((element) => element['action_id'])).size < elements.length) wrong.push('action_id twice')
      for (const element of elements) {
        if (element['type'] !== 'button') wrong.push('expected a button')
        wrong.push(...isPlainText('button', element['text'], 75), ...isUrl('button', element['url'], 3_000))
      }
    } else wrong.push(`a block of type ${String(block['type'])}`)
  }
  return wrong
}

/** https://discord.com/developers/docs/resources/webhook#execute-webhook and …/message#embed-object-embed-limits */
export const DISCORD: Demand = (body) => {
  const { embeds, allowed_mentions } = body as { embeds: readonly Json[]; allowed_mentions: { parse: unknown[] } }
  const [embed = {}] = embeds
  const total = String(embed['title'] ?? '').length + String(embed['description'] ?? '').length
  return [
    ...(embeds.length >= 1 && embeds.length <= 10 ? [] : ['expected 1 to 10 embeds']),
    ...(allowed_mentions.parse.length === 0 ? [] : ['mentions somebody']),
    ...isText('title', embed['title'], 256),
    ...(embed['description'] === undefined ? [] : isText('description', embed['description'], 4_096)),
    ...(total <= 6_000 ? [] : ['more than 6000 characters']),
    ...(embed['url'] === undefined ? [] : isUrl('url', embed['url'])),
    ...isInstant('timestamp', embed['timestamp']),
    ...(Number.isInteger(embed['color']) && (embed['color'] as number) <= 0xffffff ? [] : ['color: expected RGB']),
  ]
}

/** https://learn.microsoft.com/connectors/teams (28 kB) and https://adaptivecards.io/explorer */
export const TEAMS: Demand = (body) => {
  const { type, attachments } = body as { type: unknown; attachments: readonly Json[] }
  const [attachment = {}] = attachments
  const card = attachment['content'] as Json
  const wrong = [
    ...is('type', type, ['message']),
    ...is('contentType', attachment['contentType'], ['application/vnd.microsoft.card.adaptive']),
    ...is('card.type', card['type'], ['AdaptiveCard']),
    ...is('card.version', card['version'], ['1.2', '1.3', '1.4', '1.5']),
    ...(Buffer.byteLength(JSON.stringify(body)) <= 28 * 1_024 ? [] : ['more than 28 kB']),
  ]
  const visit = (element: Json): void => {
    wrong.push(...is('element', element['type'], ['Container', 'RichTextBlock', 'ActionSet']))
    for (const item of (element['items'] ?? []) as readonly Json[]) visit(item)
    if (element['type'] === 'Container')
      wrong.push(...is('style', element['style'], ['default', 'emphasis', 'good', 'attention', 'warning', 'accent']))
    for (const run of (element['inlines'] ?? []) as readonly Json[])
      wrong.push(...is('inline', run['type'], ['TextRun']), ...isText('run', run['text']))
    const actions = (element['actions'] ?? []) as readonly Json[]
    if (actions.length > 6) wrong.push('more than 6 actions')
    for (const action of actions)
      wrong.push(...is('action', action['type'], ['Action.OpenUrl']), ...isUrl('action', action['url']))
  }
  for (const element of card['body'] as readonly Json[]) visit(element)
  return wrong
}

/** https://docs.ntfy.sh/publish/#publish-as-json and #limitations */
export const NTFY: Demand = (body) => {
  const { topic, title, message, priority, tags, click, actions = [] } = body as Json & { actions?: readonly Json[] }
  return [
    ...(/^[-_A-Za-z0-9]{1,64}$/.test(String(topic)) ? [] : ['topic']),
    ...isText('title', title),
    ...isText('message', message),
    ...(Buffer.byteLength(String(message)) <= 4_096 ? [] : ['a message of more than 4096 bytes']),
    ...is('priority', priority, [1, 2, 3, 4, 5]),
    ...((tags as unknown[]).every((tag) => /^[a-z_]+$/.test(String(tag))) ? [] : ['tags']),
    ...(click === undefined ? [] : isUrl('click', click)),
    ...(actions.length <= 3 ? [] : ['more than 3 actions']),
    ...actions.flatMap((action) => [
      ...is('action', action['action'], ['view']),
      ...isText('label', action['label']),
      ...isUrl('url', action['url']),
    ]),
  ]
}

/** https://developer.pagerduty.com/docs/events-api-v2-overview and …/send-alert-event */
export const PAGERDUTY: Demand = (body) => {
  const event = body as Json
  const payload = event['payload'] as Json
  const links = (event['links'] ?? []) as readonly Json[]
  return [
    ...(/^[A-Za-z0-9]{32}$/.test(String(event['routing_key'])) ? [] : ['routing_key: expected 32 characters']),
    ...is('event_action', event['event_action'], ['trigger', 'acknowledge', 'resolve']),
    ...isText('dedup_key', event['dedup_key'], 255),
    ...isText('summary', payload['summary'], 1_024),
    ...isText('source', payload['source']),
    ...is('severity', payload['severity'], ['critical', 'error', 'warning', 'info']),
    ...isInstant('timestamp', payload['timestamp']),
    ...links.flatMap((link) => [...isUrl('link', link['href']), ...isText('link', link['text'])]),
    ...(Buffer.byteLength(JSON.stringify(body)) <= 512 * 1_024 ? [] : ['more than 512 kB']),
  ]
}

/** https://grafana.com/docs/grafana-cloud/alerting-and-irm/irm (OnCall incoming webhooks, formatted) */
export const IRM: Demand = (body) => {
  const alert = body as Json
  const known = ['alert_uid', 'title', 'image_url', 'state', 'link_to_upstream_details', 'message']
  const link = alert['link_to_upstream_details']
  return [
    ...Object.keys(alert).filter((key) => !known.includes(key)),
    ...isText('alert_uid', alert['alert_uid']),
    ...isText('title', alert['title']),
    ...is('state', alert['state'], ['ok', 'alerting']),
    ...isText('message', alert['message']),
    ...(link === undefined ? [] : isUrl('link', link)),
  ]
}

/** https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
export const ALERTMANAGER: Demand = (body) => {
  const group = body as Json
  return [
    ...is('version', group['version'], ['4']),
    ...is('status', group['status'], ['firing', 'resolved']),
    ...(['receiver', 'groupKey', 'externalURL'] as const).filter((key) => typeof group[key] !== 'string'),
    ...(Number.isInteger(group['truncatedAlerts']) ? [] : ['truncatedAlerts']),
    ...['groupLabels', 'commonLabels', 'commonAnnotations'].flatMap((key) => isLabels(key, group[key])),
    ...(group['alerts'] as readonly Json[]).flatMap((alert) => [
      ...is('alert', alert['status'], [group['status']]),
      ...isAlert(alert),
      ...(/^[0-9a-f]{16}$/.test(String(alert['fingerprint'])) ? [] : ['fingerprint']),
      ...(typeof alert['generatorURL'] === 'string' ? [] : ['generatorURL']),
    ]),
  ]
}

/** `postableAlerts` of Alertmanager's api/v2/openapi.yaml */
export const ALERTMANAGER_V2: Demand = (body) =>
  (body as readonly Json[]).flatMap((alert) => [
    ...isAlert(alert),
    ...(alert['generatorURL'] === undefined ? [] : isUrl('generatorURL', alert['generatorURL'])),
    ...(String(alert['startsAt']) <= String(alert['endsAt']) ? [] : ['ends before it starts']),
  ])

function isAlert(alert: Json): readonly string[] {
  const { labels, annotations, startsAt, endsAt } = alert
  return [
    ...isLabels('labels', labels),
    ...(typeof (labels as Json)['alertname'] === 'string' ? [] : ['no alertname']),
    ...isLabels('annotations', annotations),
    ...isInstant('startsAt', startsAt),
    ...isInstant('endsAt', endsAt),
  ]
}

function isLabels(what: string, value: unknown): readonly string[] {
  return Object.entries(value as Json)
    .filter(([name, text]) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || typeof text !== 'string' || text === '')
    .map(([name]) => `${what}: ${name}`)
}

function isText(what: string, value: unknown, most = Number.POSITIVE_INFINITY): readonly string[] {
  if (typeof value !== 'string' || value === '') return [`${what}: expected text`]
  return value.length <= most ? [] : [`${what}: ${value.length} characters`]
}

function isPlainText(what: string, value: unknown, most: number): readonly string[] {
  const { type, text } = value as Json
  const markup = /[<>]|&(?!amp;|lt;|gt;)/.exec(String(text))
  return [
    ...is(what, type, ['plain_text']),
    ...isText(what, text, most),
    ...(markup === null ? [] : [`${what}: markup at ${markup.index}`]),
  ]
}

function isUrl(what: string, value: unknown, most = 2_048): readonly string[] {
  return /^https?:\/\/[!-~]+$/.test(String(value)) && String(value).length <= most ? [] : [`${what}: expected a URL`]
}

function isInstant(what: string, value: unknown): readonly string[] {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(String(value)) ? [] : [`${what}: expected an instant`]
}

function is(what: string, value: unknown, allowed: readonly unknown[]): readonly string[] {
  return allowed.includes(value) ? [] : [`${what}: ${String(value)}`]
}
