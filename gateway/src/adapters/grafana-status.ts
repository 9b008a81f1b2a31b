// What Alertmanager says of itself, said by us: a configuration that its own parser takes, with a route and a receiver for each
// policy and a receiver for each channel. No address and no secret is in it.
import { NOBODY } from '../app/foreign-alerts.ts'
import type { LiveScene } from '../app/scene.ts'
import type { Step } from '../domain/escalation.ts'
import { formatDuration, formatInstant, type Instant } from '../domain/time.ts'
import { ALERTMANAGER } from './grafana-alerts.ts'
import type { Route } from './http-route.ts'

export type StatusWorld = {
  readonly version: string
  readonly startedAt: Instant
  scene(): Pick<LiveScene, 'policies' | 'channels'>
}

export function statusRoutes({ version, startedAt, scene }: StatusWorld): readonly Route[] {
  const route = (path: string, summary: string, json: () => object): Route => ({
    ...{ method: 'GET', path: `${ALERTMANAGER}${path}`, for: 'grafana', docs: { summary } },
    answer: () => ({ status: 200, json: json() }),
  })
  return [
    route('/receivers', 'Policies and channels', () => receiversOf(scene()).map((name) => ({ name }))),
    route('/status', 'What Alertmanager says of itself', () => ({
      cluster: { status: 'disabled', peers: [] },
      config: { original: configOf(scene()) },
      uptime: formatInstant(startedAt),
      versionInfo: {
        ...{ version: SPOKEN, branch: `overdue ${version}`, revision: version },
        ...{ buildUser: 'overdue', buildDate: '', goVersion: '' },
      },
    })),
  ]
}

/** The version whose API this is: amtool warns of any other. */
const SPOKEN = '0.25.0'

function receiversOf({ policies, channels }: Pick<LiveScene, 'policies' | 'channels'>): readonly string[] {
  return [...new Set([NOBODY, ...policies.map(({ name }) => name), ...channels])]
}

/** Names are letters, digits, "-" and "_"; whatever they are, JSON is YAML. */
function configOf(scene: Pick<LiveScene, 'policies' | 'channels'>): string {
  const routes = scene.policies.flatMap(({ name, steps }) => [
    ...steps.map((step) => `    # ${sentence(step)}`),
    `    - receiver: ${JSON.stringify(name)}`,
    `      matchers: [${JSON.stringify(`policy=${JSON.stringify(name)}`)}]`,
  ])
  return [
    '# Made by Overdue of its policies: it pages by their steps, whatever Alertmanager would make of this.',
    'route:',
    `  receiver: ${NOBODY}`,
    '  group_by: [alertname, group]',
    ...(routes.length === 0 ? [] : ['  routes:', ...routes]),
    'receivers:',
    ...receiversOf(scene).map((name) => `  - name: ${JSON.stringify(name)}`),
    '',
  ].join('\n')
}

function sentence({ after, page, severity }: Step): string {
  const which = severity === undefined ? '' : `, ${severity} only`
  return `after ${formatDuration(after)}${which}: ${page.join(', ')}`
}
