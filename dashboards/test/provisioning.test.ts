// What Grafana is given at its start. The keys are those of its sources (pkg/services/provisioning); the queries of the alert rules
// run on Debian's influxd.
import { globSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasInfluxd, RealInfluxd } from '../../gateway/test/real-influxd.ts'
import { DASHBOARDS } from '../build/all.ts'
import { panelsOf } from '../build/dashboard.ts'
import { interpolate } from './grafana.ts'
import { fill } from './seeded-influxd.ts'
import { END, HOUR, STORM } from './story.ts'
import { ROOT, readText, readYaml, type Yaml } from './yaml-files.ts'

const FOLDER = 'dashboards/provisioning'
const FILES = globSync(`${FOLDER}/**/*.{yaml,example}`, { cwd: ROOT }).sort()
const sources: readonly Yaml[] = readYaml(`${FOLDER}/datasources/overdue.yaml`).datasources
const [group]: readonly Yaml[] = readYaml(`${FOLDER}/alerting/overdue.yaml`).groups
const rules: readonly Yaml[] = group.rules

const RULE_KEYS = [
  'uid',
  'title',
  'condition',
  'data',
  'for',
  'noDataState',
  'execErrState',
  'annotations',
  'labels',
  'dashboardUid',
  'panelId',
]

describe('provisioning', () => {
  it('is YAML of version 1 in all of its files, and replaces nobody’s notification policies', () => {
    expect(FILES.length).toBe(6)
    for (const file of FILES) {
      expect(readYaml(file).apiVersion, file).toBe(1)
      expect(Object.keys(readYaml(file)), file).not.toContain('policies')
      expect(Object.keys(readYaml(file)), file).not.toContain('resetPolicies')
    }
  })

  it('has three data sources, reached through Grafana, with every secret in a file', () => {
    expect(sources.map(({ uid, type, access }) => [uid, type, access])).toEqual([
      ['overdue-influx', 'influxdb', 'proxy'],
      ['overdue-alertmanager', 'alertmanager', 'proxy'],
      ['overdue-rules', 'prometheus', 'proxy'],
    ])
    for (const { secureJsonData } of sources)
      for (const value of Object.values(secureJsonData)) expect(value).toMatch(/\$__file\{\/run\/overdue\/[a-z-]+\}$/)
    const [, alertmanager, prometheus] = sources
    expect(alertmanager.jsonData).toEqual({ implementation: 'prometheus', handleGrafanaManagedAlerts: false })
    expect(prometheus.jsonData.alertmanagerUid).toBe(alertmanager.uid)
    expect(alertmanager.url).toMatch(/\/grafana\/alertmanager$/)
    expect(prometheus.url).toMatch(/\/grafana\/prometheus$/)
  })

  it('calls the data source of the rules by the name that the overview’s list of alerts looks for', () => {
    const lists = DASHBOARDS.flatMap(panelsOf).filter(({ type }) => type === 'alertlist')
    expect(lists.map(({ options }) => options['datasource'])).toEqual([sources[2].name])
  })

  it('has one uid for InfluxDB, whichever its version', () => {
    const [old] = readYaml(`${FOLDER}/datasources/overdue-influxdb-1.yaml.example`).datasources
    expect([old.uid, old.name, old.type]).toEqual([sources[0].uid, sources[0].name, sources[0].type])
    expect(old.user).toBeDefined()
  })

  it('expands variables only where it means to', () => {
    for (const file of FILES) {
      const text = readText(file).replaceAll(/^\s*#.*$/gm, '')
      const braced = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name)
      for (const name of braced) expect(['INFLUX_URL', 'INFLUX_BUCKET', 'OVERDUE_URL']).toContain(name)
    }
    // Titles and labels expand every $; annotations the braced ones; models none.
    for (const { title, labels, annotations } of rules) {
      expect(JSON.stringify([title, labels])).not.toContain('$')
      expect(JSON.stringify(annotations)).not.toContain('${')
    }
  })
})

describe('the alert rules', () => {
  it('have the keys that Grafana reads, and uids of their own', () => {
    expect(Object.keys(group)).toEqual(['orgId', 'name', 'folder', 'interval', 'rules'])
    for (const rule of rules) expect(Object.keys(rule)).toEqual(RULE_KEYS)
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length)
    for (const { uid } of rules) expect(uid).toMatch(/^[a-z-]{1,40}$/)
  })

  it('end in a condition that follows from a query', () => {
    for (const { condition, data } of rules) {
      expect(data.map(({ refId, model }: Yaml) => [refId, model.refId])).toEqual([
        ['A', 'A'],
        ['B', 'B'],
        ['C', 'C'],
      ])
      expect(condition).toBe('C')
      const [query, reduce, threshold] = data
      expect(query.datasourceUid).toBe(sources[0].uid)
      expect(query.model.query).toMatch(/\$timeFilter GROUP BY time\(\$__interval\)/)
      expect([reduce.datasourceUid, reduce.model.type, reduce.model.expression]).toEqual(['__expr__', 'reduce', 'A'])
      expect([threshold.datasourceUid, threshold.model.type, threshold.model.expression]).toEqual([
        '__expr__',
        'threshold',
        'B',
      ])
    }
  })

  it('lead to panels that exist', () => {
    for (const { dashboardUid, panelId } of rules) {
      const dashboard = DASHBOARDS.find(({ uid }) => uid === dashboardUid)
      expect(dashboard === undefined ? [] : panelsOf(dashboard).map(({ id }) => id)).toContain(panelId)
    }
  })

  it('alert when the gateway’s own series end, and in no other case for want of data', () => {
    const states = rules.map(({ uid, noDataState }) => [uid, noDataState])
    expect(states.filter(([, state]) => state === 'Alerting')).toEqual([['overdue-silent', 'Alerting']])
  })
})

describe.skipIf(!hasInfluxd)('the queries of the alert rules, on a real influxd', () => {
  const influxd = new RealInfluxd()
  beforeAll(() => fill(influxd), 120_000)
  afterAll(() => influxd.stop())

  /** Whether a rule's condition holds at an instant, for any of its series; undefined: there is no data. */
  async function fires(uid: string, now: number): Promise<boolean | undefined> {
    const { data } = rules.find((rule) => rule.uid === uid)
    const [{ model, relativeTimeRange }, , threshold] = data
    const range = { from: now - relativeTimeRange.from * 1000, to: now, interval: model.intervalMs }
    const series = await influxd.query(interpolate(model.query, {}, range), 'overdue')
    if (series.length === 0) return undefined
    const { type, params } = threshold.model.conditions[0].evaluator
    return series.some(({ values }) => {
      const last = Number(values.findLast(([, value]) => value !== null)?.[1])
      return type === 'gt' ? last > params[0] : last < params[0]
    })
  }

  it.each([
    ['overdue-group-bad', END, true],
    ['overdue-group-bad', END - 45 * HOUR, false],
    ['overdue-group-late', END, false],
    ['overdue-oldest', END, false],
    ['overdue-storm', STORM.from + HOUR / 2, true],
    ['overdue-storm', END, false],
    ['overdue-behind', END, false],
    ['overdue-silent', END, false],
    ['overdue-silent', END + HOUR, undefined],
  ] as const)('%s at %i: %s', async (uid, now, wanted) => {
    expect(await fires(uid, now)).toBe(wanted)
  })
})
