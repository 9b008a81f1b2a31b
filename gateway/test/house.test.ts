import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { METRICS } from '../src/adapters/http-health.ts'
import { PROBLEMS } from '../src/adapters/http-problem.ts'
import { SERIES } from '../src/app/series-schema.ts'
import { KNOWN_VARIABLES } from '../src/config/env.ts'
import { FACT_TYPES } from '../src/domain/fact-list.ts'
import { RULES, VERDICTS } from '../src/domain/verdict.ts'

const ROOT = join(import.meta.dirname, '../..')
const FILES = globSync(
  ['gateway/{src,bench,test}/**/*.ts', 'device-sdk/{.,src,test}/*.ts', 'dashboards/{build,compose,test}/**/*.ts'],
  { cwd: ROOT },
)
  .filter((file) => !file.includes('.tsc'))
  .sort()
const SOURCES = FILES.filter(
  (file) =>
    /^(gateway\/src|device-sdk\/src|dashboards\/(build|compose))\//.test(file) && !/\.(test|stage)\.ts$/.test(file),
)

/** Which rooms a room may know. Files of `gateway/src` itself put the rooms together. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  boards: ['boards'],
  sdk: ['sdk', 'wire'],
  wire: ['wire'],
  domain: ['domain'],
  app: ['app', 'domain'],
  config: ['config', 'domain', 'wire'],
  adapters: ['adapters', 'app', 'domain', 'wire'],
  console: ['console', 'adapters', 'app', 'domain', 'wire'],
  top: ['top', 'adapters', 'console', 'app', 'config', 'domain'],
  audit: ['audit', 'config', 'domain', 'wire'],
  cli: ['cli', 'audit', 'config', 'domain', 'wire'],
}

/** Of the SDK: what the gateway reads with. It runs anywhere; the rest is a client for Node. */
const WIRE = /\/(?:cbor|ear|payload|text|wire)\.ts$/

/** One library, one file. TypeBox has more: what the file takes and what the API takes, each part beside its own. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  '@influxdata': ['gateway/src/adapters/influx-client.ts'],
  'cron-parser': ['gateway/src/domain/cron.ts'],
  aedes: ['gateway/src/adapters/mqtt-aedes.ts'],
  fastify: ['gateway/src/adapters/http-api.ts'],
  mqtt: ['device-sdk/src/link-mqtt.ts', 'gateway/src/adapters/bridge-client.ts'],
  'mqtt-packet': ['gateway/src/adapters/mqtt5-codec.ts'],
  nodemailer: ['gateway/src/adapters/channel-email.ts'],
  re2js: ['gateway/src/domain/regular.ts'],
  pino: ['gateway/src/adapters/log.ts'],
  typebox: [
    'gateway/src/adapters/http-shapes-board.ts',
    'gateway/src/adapters/http-shapes-bridges.ts',
    'gateway/src/adapters/http-shapes-devices.ts',
    'gateway/src/adapters/http-shapes-drills.ts',
    'gateway/src/adapters/http-shapes-incidents.ts',
    'gateway/src/adapters/http-shapes-mutes.ts',
    'gateway/src/adapters/http-shapes-oncall.ts',
    'gateway/src/adapters/http-shapes-series.ts',
    'gateway/src/adapters/http-shapes-tokens.ts',
    'gateway/src/adapters/http-shapes.ts',
    'gateway/src/config/shape-adopt.ts',
    'gateway/src/config/shape-bridges.ts',
    'gateway/src/config/shape-channels.ts',
    'gateway/src/config/shape-drills.ts',
    'gateway/src/config/shape-grafana.ts',
    'gateway/src/config/shape-influx.ts',
    'gateway/src/config/shape-listen.ts',
    'gateway/src/config/shape-mutes.ts',
    'gateway/src/config/shape-oncall.ts',
    'gateway/src/config/shape-public.ts',
    'gateway/src/config/shape-watchdog.ts',
    'gateway/src/config/shape.ts',
  ],
  ws: ['gateway/src/adapters/mqtt-websocket.ts'],
  yaml: ['gateway/src/config/yaml.ts'],
}

function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

function importsOf(file: string): readonly string[] {
  return [...textOf(file).matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'|^import '([^']+)'/gm)].map(
    ([, from, bare]) => (from ?? bare) as string,
  )
}

function roomOf(file: string): string {
  if (file.startsWith('device-sdk/')) return WIRE.test(file) ? 'wire' : 'sdk'
  if (file.startsWith('dashboards/')) return 'boards'
  return /^gateway\/src\/([a-z]+)\//.exec(file)?.[1] ?? 'top'
}

describe('the house', () => {
  it('has files that are one thing: at most 200 lines, tests and stages at most 300', () => {
    const long = FILES.map((file) => ({ file, lines: textOf(file).split('\n').length - 1 })).filter(
      ({ file, lines }) => lines > (/test\/|\.(test|stage)\.ts$/.test(file) ? 300 : 200),
    )
    expect(long).toEqual([])
  })

  it('says in the first line of each source what it owns', () => {
    expect(SOURCES.filter((file) => !/^\/\/ \S/.test(textOf(file)))).toEqual([])
  })

  it('lets imports point inward only', () => {
    const outward = SOURCES.flatMap((file) =>
      importsOf(file).flatMap((to) => {
        const room =
          to === '@overdue/device-sdk/wire'
            ? 'wire'
            : to.startsWith('.')
              ? roomOf(relative(ROOT, join(ROOT, dirname(file), to)))
              : undefined
        return room === undefined || MAY_IMPORT[roomOf(file)]?.includes(room) ? [] : [`${file} imports ${to}`]
      }),
    )
    expect(outward).toEqual([])
  })

  it('keeps each library in one file, and knows all of them', () => {
    const users: Record<string, string[]> = {}
    for (const file of SOURCES)
      for (const to of importsOf(file)) {
        if (to.startsWith('.') || to.startsWith('node:') || to.startsWith('@overdue/')) continue
        const library = to.split('/')[0] as string
        users[library] = [...new Set([...(users[library] ?? []), file])]
      }
    expect(users).toEqual(LIBRARIES)
  })

  it('keeps Node out of the domain and the app', () => {
    const inner = SOURCES.filter((file) => ['domain', 'app', 'wire'].includes(roomOf(file)))
    expect(inner.filter((file) => importsOf(file).some((to) => to.startsWith('node:')))).toEqual([])
    expect(inner.filter((file) => /\bMath\.random\b|\bDate\b(?!\.UTC)/.test(codeOf(file)))).toEqual([])
  })

  it('has no default exports, no enums, and no tests that are switched off', () => {
    expect(FILES.filter((file) => /^export default|^\s*(?:export )?(?:const )?enum /m.test(textOf(file)))).toEqual([])
    expect(FILES.filter((file) => /\b(?:it|describe|test)\.(?:only|skip|todo)\(/.test(textOf(file)))).toEqual([])
  })
})

describe('the documents and the code name the same', () => {
  it.each([
    ['facts', FACT_TYPES],
    ['verdicts', VERDICTS],
    ['rules', RULES],
    ['problems', Object.keys(PROBLEMS)],
    ['metrics', Object.keys(METRICS)],
    ['variables', KNOWN_VARIABLES],
  ])('%s', (list, inCode) => {
    expect(documented(list)).toEqual([...inCode].sort())
  })

  it('time series, with the type of each field', () => {
    const types = { integer: 'int', float: 'float', text: 'text' }
    const parts = textOf('gateway/docs/series.md').split(/^## /m)
    for (const [measurement, fields] of Object.entries(SERIES)) {
      const part = parts.find((text) => text.startsWith(`${measurement}:`)) ?? ''
      const rows = [...part.matchAll(/^\| ((?:`\w+`†?(?:, )?)+) \| (integer|float|text) \|/gm)]
      const documented = rows.flatMap(([, names = '', type]) =>
        [...names.matchAll(/`(\w+)`/g)].map(([, name]) => [name, types[type as keyof typeof types]]),
      )
      if (documented.length > 0) expect(Object.fromEntries(documented)).toEqual(fields)
      else for (const field of Object.keys(fields)) expect(part, measurement).toContain(`\`${field}\``)
    }
  })

  it('decisions, in the order of their numbers', () => {
    const files = globSync('gateway/decisions/*.md', { cwd: ROOT }).sort()
    const numbers = files.map((file) => Number(/(\d{4})-/.exec(file)?.[1]))
    expect(numbers).toEqual(files.map((_, index) => index + 1))
    for (const file of files) expect(textOf('gateway/README.md')).toContain(file.replace('gateway/', ''))
  })

  it('every relative link of a document leads somewhere', () => {
    const documents = globSync(['*.md', '{gateway,dashboards,device-sdk,firmware-examples}/**/*.md'], {
      cwd: ROOT,
    }).filter((file) => !file.includes('node_modules'))
    const dead = documents.flatMap((file) =>
      [...textOf(file).matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map(([, to]) => join(dirname(file), to as string))
        .filter((to) => globSync(to, { cwd: ROOT }).length === 0)
        .map((to) => `${file} -> ${to}`),
    )
    expect(dead).toEqual([])
  })
})

/** Between `<!-- facts -->` and `<!-- /facts -->`: the first word in backticks of each line. */
function documented(list: string): readonly string[] {
  const [, part = ''] =
    new RegExp(`<!-- ${list} -->([\\s\\S]*?)<!-- /${list} -->`).exec(textOf('gateway/README.md')) ?? []
  return [...part.matchAll(/^(?:- |\| )`([^`]+)`/gm)].map(([, word]) => word as string).sort()
}

function codeOf(file: string): string {
  return textOf(file).replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
}
