import { describe, expect, it } from 'vitest'
import { ACKNOWLEDGED, STORM, TRIGGERED } from '../adapters/channel-examples.stage.ts'
import { plainText } from './page-lines.ts'
import { fillTemplate, sampleOf, TEMPLATE_FIELDS, unknownFields } from './page-template.ts'

const plain = (text: string): string => text

/** `incident.id` and the like, for everything that a page holds that is not a map itself. */
function pathsOf(value: object, before = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? pathsOf(inner, `${before}${key}.`)
      : [`${before}${key}`],
  )
}

describe('a template', () => {
  it('knows every field of a page, the lines that people read, and nothing else', () => {
    const fields = new Set([...pathsOf(TRIGGERED), ...pathsOf(STORM), 'lines'])
    expect([...TEMPLATE_FIELDS].sort()).toEqual([...fields].sort())
  })

  it('is filled with texts, numbers and lists, and with nothing where the page has nothing', () => {
    const template = '{{text}}|{{ page.step }}|{{heartbeat.tags}}|{{incident.resolvedAt}}|{{storm.id}}'
    expect(fillTemplate(template, ACKNOWLEDGED, plain)).toBe(`${ACKNOWLEDGED.text}|1|backup, db||`)
    expect(fillTemplate('{{lines}}', TRIGGERED, plain)).toBe(plainText(TRIGGERED))
  })

  it('escapes what it puts in, and only that', () => {
    expect(fillTemplate('<{{incident.id}}>', TRIGGERED, (text) => text.toUpperCase())).toBe('<INC-0001>')
  })

  it('names what is no field', () => {
    const template = '{{text}} {{txt}} {{}} {{incident}} {{constructor}} {{ a.b }} {text} {{{id}}}'
    expect(unknownFields(template)).toEqual(['txt', '', 'incident', 'constructor', 'a.b'])
  })

  it('can be tried with samples', () => {
    expect(sampleOf('{"a": "{{text}}", "b": {{page.step}}}')).toBe('{"a": "x", "b": 0}')
  })
})
