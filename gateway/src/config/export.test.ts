import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_TERMS, type Terms } from '../domain/heartbeat.ts'
import type { Mute } from '../domain/mute.ts'
import type { StandIn } from '../domain/oncall.ts'
import { isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import { exportDocument, type Made } from './export.ts'
import { readPromise } from './promise.ts'
import type { Settings } from './settings.ts'

const NOW = Date.UTC(2026, 10, 26)
const DAY = 86_400_000
const FILE = `# Kept: this comment, and the secret.
zone: Europe/Riga
signals: { pingKey: "\${PING}" }
channels: [{ name: ops, webhook: { url: "https://hooks.example.org/x" } }]
responders: [{ name: ana, page: [ops] }, { name: ben, page: [ops] }]
oncall:
  - name: primary
    layers: [{ rotate: [ana], every: week, handoff: "mon 09:00" }]
policies: [{ name: default, steps: [{ page: [primary] }] }, { name: night, steps: [{ page: [ops] }] }]
defaults: { owner: ana, slow: 4, early: off }
heartbeats:
    - { name: of-file, every: 1h } # as it is
    # one more
    - name: other
      cron: "0 3 * * *"
url: https://beats.example.org
`
const text = fc.string({ maxLength: 20, unit: fc.constantFrom(...'ab"\\\':#{}[],&*!|>%@`- \n\t\u0001\u2028é𝄞~0') })
const duration = fc.integer({ min: 1, max: 10_000_000 }).map((ms) => `${ms + 1_000}ms`)
const schedule = fc.oneof(
  duration.map((every) => ({ every })),
  fc.record({ cron: fc.constantFrom('0 3 * * *', '@daily'), zone: fc.constantFrom('UTC', 'Europe/Riga') }),
  fc.record({ calendar: fc.constant('Mon..Fri 08:00') }),
  fc.record({ window: fc.constant('05:00-08:00'), on: fc.constantFrom('mon-fri', '1-7') }),
  fc.constant({ schedule: 'none' }),
)
const more = fc.record(
  {
    ...{ description: text, owner: text, tags: fc.array(text, { maxLength: 3 }), group: text, runbook: text },
    ...{ grace: fc.constantFrom('0s', '90s', '1h30m'), startWithin: duration, finishWithin: duration },
    ...{ tolerate: fc.integer({ min: 1, max: 9 }), recoverAfter: fc.integer({ min: 1, max: 9 }) },
    ...{ slow: fc.constantFrom<unknown>(2.5, 'off', 4), early: fc.constantFrom('on', 'off') },
    ...{ policy: fc.constantFrom('default', 'night'), severity: fc.constantFrom('warning', 'critical') },
    ...{ unseen: fc.constantFrom('page', 'wait'), will: fc.constantFrom('ignore', 'suspect', 'down') },
    ...{ resume: fc.constantFrom('signal', 'manual'), parent: fc.constant('of-file') },
  },
  { requiredKeys: [] },
)

describe('an export', () => {
  it('is what the file says and what was made besides: read anew, it is the same', () => {
    const known = read(FILE)
    fc.assert(
      fc.property(fc.array(fc.tuple(schedule, more), { maxLength: 5 }), fc.constantFrom(FILE, FLOW), (said, file) => {
        const heartbeats = said.map(([when, rest], n) => ({
          name: `made-${n}/a`,
          terms: terms({ ...when, ...rest }, known),
        }))
        const exported = write(file, { heartbeats })
        const settings = read(exported)
        const shown = new Map(settings.heartbeats.map(({ name, terms: found }) => [name, found]))
        expect(shown.size).toBe(2 + heartbeats.length)
        for (const { name, terms: wanted } of heartbeats)
          expect(shown.get(name)).toEqual({ ...wanted, declaredBy: 'file' })
      }),
    )
  })

  it('keeps the text of the file, and the references of its secrets', () => {
    const exported = write(FILE, { heartbeats: [{ name: 'new', terms: { ...read(FILE).defaults, schedule: EVERY } }] })
    expect(exported).toBe(FILE.replace('url: https', '    - { name: new, every: 1h }\nurl: https'))
  })

  it('says silences, maintenance windows and overrides, as far as a file can', () => {
    const mutes: readonly Mute[] = [
      mute('silence-1', { match: { names: ['a*'], severity: 'warning' } }),
      mute('silence-2', { match: {} }),
      mute('silence-3', { match: { about: 'inc-1' } }),
      mute('silence-4', { when: { from: 0, until: NOW } }),
      mute('silence-5', { declaredBy: 'file' }),
      mute('window-1', {
        kind: 'maintenance',
        when: { cron: '0 2 * * sun', zone: 'UTC', for: 7_200_000 },
        reason: 'patch: #1',
      }),
    ]
    const overrides: readonly StandIn[] = [
      { id: 'override-1', oncall: 'primary', who: 'ben', from: NOW, to: NOW + DAY, by: 'ana' },
      { id: 'override-2', oncall: 'primary', who: 'ben', from: NOW - DAY, to: NOW, by: 'ana' },
    ]
    const exported = write(FILE, { mutes, overrides })
    expect(exported).toContain('# silence-3: a file has no words')
    const settings = read(exported)
    const written = (id: string) => ({ ...mutes.find((each) => each.id === id), declaredBy: 'file' })
    expect(settings.mutes).toEqual(['silence-1', 'silence-2', 'window-1'].map(written))
    expect(settings.oncall[0]?.overrides).toEqual([{ who: 'ben', from: NOW, to: NOW + DAY }])
  })

  it('is a file of its own where there is none', () => {
    const exported = write(
      '',
      { heartbeats: [{ name: 'a', terms: { ...DEFAULT_TERMS, schedule: EVERY } }] },
      DEFAULT_TERMS,
    )
    expect(exported).toBe('heartbeats:\n  - { name: a, every: 1h }\n')
    expect(write('', {})).toBe('')
    expect(write('heartbeats: []\n', {})).toBe('heartbeats: []\n')
  })

  it('says what is wrong with a file that was broken meanwhile', () => {
    expect(exportDocument('a: [', { ...NOTHING, mutes: [mute('silence-1', {})] }, NOW)).toHaveProperty('problems')
  })
})

const EVERY = { kind: 'every', every: 3_600_000 } as const
const FLOW = FILE.replace(
  /heartbeats:[\s\S]*(?=url:)/,
  'heartbeats: [{ name: of-file, every: 1h }, { name: other, every: 1h }]\n',
)
const NOTHING: Made = { heartbeats: [], mutes: [], overrides: [], oncall: [], defaults: DEFAULT_TERMS }

function write(text: string, made: Partial<Made>, defaults = read(FILE).defaults): string {
  const oncall = text === '' ? [] : [{ name: 'primary' }]
  const exported = exportDocument(text, { ...NOTHING, oncall, defaults, ...made }, NOW)
  if (isWrong(exported)) throw new Error(JSON.stringify(exported.problems))
  return exported.value
}

function read(file: string): Settings {
  const origin = {
    env: { PING: 'fqOOd6-F4MMNuCEnzTU01w' },
    file: 'x',
    readFile: () => '',
    environment: {},
    hostZone: 'UTC',
  }
  const settings = readDocument(file, origin)
  if (isWrong(settings)) throw new Error(`${JSON.stringify(settings.problems)}\n${file}`)
  return settings.value
}

/** As the API would take them. */
function terms(said: object, { defaults, zone, policies }: Settings): Terms {
  const names = new Set(policies.map(({ name }) => name))
  const checked = readPromise(said, {
    base: { ...defaults, declaredBy: 'api' },
    isScheduled: false,
    zone,
    policies: names,
  })
  if (isWrong(checked)) throw new Error(JSON.stringify(checked.problems))
  return checked.value
}

function mute(id: string, more: Partial<Mute>): Mute {
  const when = { from: NOW - DAY, until: NOW + DAY }
  return { id, kind: 'silence', match: { groups: ['hall 7'] }, when, by: 'ana', reason: '', declaredBy: 'api', ...more }
}
