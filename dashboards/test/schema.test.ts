import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { VERDICTS } from '../build/verdicts.ts'
import { EVERY_QUERY } from './every-query.ts'
import { readSchema } from './schema.ts'
import { seed } from './seed.ts'

const schema = readSchema()

describe('the schema', () => {
  it('is read as it is written', () => {
    expect([...schema.keys()]).toEqual([
      'hb_signal',
      'hb_state',
      'hb_incident',
      'hb_page',
      'hb_fleet',
      'hb_gateway',
      'hb_1h',
    ])
    expect([...(schema.get('hb_gateway')?.tags ?? [])]).toEqual(['instance', 'source', 'cause'])
    expect([...(schema.get('hb_page')?.tags ?? [])]).toEqual([
      'channel',
      'responder',
      'policy',
      'kind',
      'outcome',
      'heartbeat',
      'group',
    ])
    expect(schema.get('hb_gateway')?.fields.get('blind_ms')).toBe('float')
    expect(schema.get('hb_fleet')?.fields.size).toBe(15)
    expect(schema.get('hb_1h')?.fields.get('ok_ratio')).toBe('float')
    expect(schema.get('hb_incident')?.fields.get('text')).toBe('text')
  })

  it('numbers the verdicts as the dashboards do', () => {
    const page = readFileSync(join(import.meta.dirname, '../../gateway/docs/series.md'), 'utf8')
    expect(page).toContain(`the verdict: ${VERDICTS.map(({ code, word }) => `${code} ${word}`).join(', ')}`)
  })
})

describe('queries', () => {
  it.each(EVERY_QUERY.map((placed) => [`${placed.dashboard.uid}, ${placed.title}, ${placed.refId}`, placed] as const))(
    '%s names only what the schema has',
    (_, { query: { query } }) => {
      const name = [...query.matchAll(/FROM "(\w+)"/g)].at(-1)?.[1] ?? ''
      const measurement = schema.get(name)
      expect(measurement, name).toBeDefined()
      const made = new Set([...query.matchAll(/ AS "([^"]+)"/g)].map(([, alias]) => alias))
      const named = [...query.matchAll(/"([^"]+)"/g)].map(([, word]) => word as string)
      const unknown = named.filter(
        (word) => word !== name && !made.has(word) && !measurement?.tags.has(word) && !measurement?.fields.has(word),
      )
      expect(unknown).toEqual([])
    },
  )
})

describe('the seed', () => {
  it('has the tags and the types of the schema', () => {
    const wrong = new Set<string>()
    for (const { measurement, tags, fields } of seed()) {
      const known = schema.get(measurement)
      for (const tag of Object.keys(tags)) if (!known?.tags.has(tag)) wrong.add(`${measurement}: tag ${tag}`)
      for (const [field, value] of Object.entries(fields)) {
        const type = typeof value === 'bigint' ? 'integer' : typeof value === 'number' ? 'float' : 'text'
        if (known?.fields.get(field) !== type)
          wrong.add(`${measurement}: ${field} is ${known?.fields.get(field)}, not ${type}`)
      }
    }
    expect([...wrong]).toEqual([])
  })
})
