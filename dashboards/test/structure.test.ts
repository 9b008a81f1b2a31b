import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DASHBOARDS } from '../build/all.ts'
import { type Dashboard, isRow, panelsOf } from '../build/dashboard.ts'
import { UID } from '../build/links.ts'
import { DATASOURCE } from '../build/query.ts'
import { COLOURS, VERDICTS } from '../build/verdicts.ts'

const FOLDER = join(import.meta.dirname, '../json')
const MAIN = join(import.meta.dirname, '../build/main.ts')
/** What Grafana fills in itself. */
const BUILT_IN = /^(__\w+|timeFilter|col|tag_\w+)$/
const KINDS = ['stat', 'table', 'timeseries', 'state-timeline', 'status-history', 'alertlist', 'text']

function twice<T>(list: readonly T[]): readonly T[] {
  return list.filter((one, index) => list.indexOf(one) !== index)
}

/** `${name}`, `${name:format}`, `$name`. */
function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$(?:\{(\w+)|(\w+))/g)].map(([, braced, plain]) => (braced ?? plain) as string)
}

describe('the files', () => {
  it('are what the sources say, and there are no others', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, '--check'], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(readdirSync(FOLDER).sort()).toEqual(
      Object.values(UID)
        .map((uid) => `${uid}.json`)
        .sort(),
    )
  })

  it('have uids, titles and no id of one installation', () => {
    expect(twice(DASHBOARDS.map(({ uid }) => uid))).toEqual([])
    expect(twice(DASHBOARDS.map(({ title }) => title))).toEqual([])
    for (const { id, uid, schemaVersion } of DASHBOARDS) {
      expect(id).toBeNull()
      expect(uid).toMatch(/^[a-z-]{1,40}$/)
      expect(schemaVersion).toBeLessThanOrEqual(42)
    }
  })
})

describe.each(DASHBOARDS.map((dashboard) => [dashboard.uid, dashboard] as const))('%s', (uid, dashboard) => {
  const panels = panelsOf(dashboard)
  const rows = dashboard.panels.filter(isRow)
  const text = readFileSync(join(FOLDER, `${uid}.json`), 'utf8')

  it('has panels with an id, a title and a description of their own', () => {
    expect(twice([...panels, ...rows].map(({ id }) => id))).toEqual([])
    expect(twice(panels.map(({ title }) => title))).toEqual([])
    expect(panels.filter(({ title, description }) => title === '' || description.length < 20)).toEqual([])
    expect(panels.filter(({ type }) => !KINDS.includes(type))).toEqual([])
  })

  it('has panels that stand inside the 24 columns and on nothing else', () => {
    const taken = [...panels, ...rows].flatMap(({ id, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => ({ id, at: `${x + (cell % w)},${y + Math.floor(cell / w)}` })),
    )
    expect(twice(taken.map(({ at }) => at))).toEqual([])
    for (const { gridPos } of panels) {
      expect(gridPos.w * gridPos.h).toBeGreaterThan(0)
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
    }
  })

  it('names no data source but its variable', () => {
    expect(text).not.toMatch(/__inputs|__requires|\$\{DS_/)
    for (const found of objectsWith(JSON.parse(text), 'datasource'))
      if (typeof found['datasource'] === 'object') expect(found['datasource']).toEqual(DATASOURCE)
    for (const panel of panels.filter(({ type }) => type !== 'text' && type !== 'alertlist')) {
      expect(panel.datasource).toEqual(DATASOURCE)
      expect(panel.targets?.length).toBeGreaterThan(0)
      for (const target of panel.targets ?? []) expect(target.datasource).toEqual(DATASOURCE)
    }
  })

  it('has a unit wherever there are numbers', () => {
    const without = panels.filter(
      ({ targets, fieldConfig }) => targets !== undefined && fieldConfig?.defaults.unit === undefined,
    )
    expect(without.map(({ title }) => title)).toEqual([])
  })

  it('uses the variables that it has, and has the variables that it uses', () => {
    const names = dashboard.templating.list.map(({ name }) => name)
    const used = new Set(variablesIn(text).filter((name) => !BUILT_IN.test(name)))
    expect([...used].sort()).toEqual([...names].sort())
    expect(twice(names)).toEqual([])
  })

  it('asks for lists again when the range changes, but for the one that a link fills', () => {
    const lists = dashboard.templating.list.filter(({ type }) => type === 'query')
    expect(lists.filter(({ name, refresh }) => refresh !== (name === 'heartbeat' ? 1 : 2))).toEqual([])
    expect(lists.filter(({ includeAll, allValue }) => includeAll === true && allValue !== '.*')).toEqual([])
  })

  it('leads to dashboards that exist, with variables that they have', () => {
    for (const [, to, query] of text.matchAll(/"\/d\/([a-z-]+)\?([^"]*)"/g)) {
      const target = DASHBOARDS.find((candidate) => candidate.uid === to) as Dashboard
      expect(target, to).toBeDefined()
      const names = target.templating.list.map(({ name }) => name)
      for (const [, name] of query?.matchAll(/var-(\w+)=/g) ?? []) expect(names).toContain(name)
    }
  })

  it('overrides only columns that its queries have', () => {
    for (const { title, targets = [], fieldConfig } of panels) {
      const queries = targets.map(({ query, alias }) => `${query} ${alias ?? ''}`).join(' ')
      const names = fieldConfig?.overrides.map(({ matcher }) => matcher.options) ?? []
      for (const name of names.filter((name) => name !== 'Time' && !queries.includes('$tag_')))
        expect(queries, title).toContain(name)
    }
  })

  it('asks nothing that one of the InfluxDBs has not, and one statement at a time', () => {
    for (const { targets = [] } of panels)
      for (const { query } of targets)
        expect(query).not.toMatch(/;|\bSLIMIT\b|\bSOFFSET\b|CARDINALITY|\bfrom\(bucket|now\(\)/i)
  })
})

describe('colours', () => {
  it('are readable on the panels of both themes', () => {
    for (const colour of Object.values(COLOURS))
      for (const ground of ['#181b1f', '#ffffff'])
        expect(contrast(colour, ground), `${colour} on ${ground}`).toBeGreaterThanOrEqual(3)
  })

  it('are never all that tells two verdicts apart', () => {
    expect(twice(VERDICTS.map(({ word }) => word))).toEqual([])
    expect(twice(VERDICTS.map(({ mark }) => mark))).toEqual([])
  })

  it('differ in lightness where they say how bad something is', () => {
    expect(contrast(COLOURS.warn, COLOURS.crit)).toBeGreaterThan(1.4)
  })
})

function objectsWith(value: unknown, key: string): readonly Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const own = key in value ? [value as Record<string, unknown>] : []
  return [...own, ...Object.values(value).flatMap((inner) => objectsWith(inner, key))]
}

/** WCAG 2.2, 1.4.11. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
