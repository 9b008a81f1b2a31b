// Every query of every dashboard against Debian's influxd, over the two days of the story. SHOW_PANELS=1 prints what each answers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasInfluxd, RealInfluxd } from '../../gateway/test/real-influxd.ts'
import { EVERY_QUERY, type Placed } from './every-query.ts'
import { CHOICES, EXPECTED, NARROW } from './expected.ts'
import { frameOf, interpolate, rangeOf, type Table, type Values } from './grafana.ts'
import { fill } from './seeded-influxd.ts'
import { BLIND, CODE, END, FLEET, HOUR, MINUTE, STORM } from './story.ts'

const influxd = new RealInfluxd()
const shown: string[] = []

beforeAll(async () => {
  if (hasInfluxd) await fill(influxd)
}, 120_000)

afterAll(async () => {
  await influxd.stop()
  if (process.env['SHOW_PANELS'] === '1')
    console.log(['| dashboard | query | rows | columns | first row |', '|---|---|---|---|---|', ...shown].join('\n'))
})

async function ask(placed: Placed, values: Values, now = END): Promise<Table> {
  const span = (placed.dashboard['time'] as { from: string }).from
  const text = interpolate(placed.query.query, values, rangeOf(placed.panel ?? {}, span, now))
  const answer = await influxd.query(text, 'overdue')
  return placed.kind === 'variable' ? valuesOf(answer) : frameOf(answer, placed.query)
}

/** SHOW TAG VALUES has no time. */
function valuesOf(answer: Awaited<ReturnType<RealInfluxd['query']>>): Table {
  return { columns: ['Time', ...(answer[0]?.columns ?? [])], rows: answer.flatMap(({ values }) => values) }
}

function find(uid: string, title: string, refId = 'A'): Placed {
  return EVERY_QUERY.find(
    (placed) => placed.dashboard.uid === uid && placed.title === title && placed.refId === refId,
  ) as Placed
}

/** The values of one column. */
function valuesIn({ columns, rows }: Table, name: string): readonly unknown[] {
  return rows.map((row) => row[columns.indexOf(name)])
}

describe.skipIf(!hasInfluxd)('on a real influxd', () => {
  const nth = new Map<string, number>()
  it.each(
    EVERY_QUERY.map((placed) => {
      const key = `${placed.dashboard.uid}, ${placed.title}`
      nth.set(key, (nth.get(key) ?? -1) + 1)
      return [`${key}, ${placed.kind} ${placed.refId}`, placed, nth.get(key) as number] as const
    }),
  )('%s answers with its columns, and the same for All as for each value', async (title, placed, index) => {
    const wanted = EXPECTED[placed.dashboard.uid]?.[placed.title]?.[index]
    expect(wanted, 'expected.ts says nothing of it').toBeDefined()
    const all = await ask(placed, CHOICES.all)
    const isSeries = placed.query.resultFormat === 'time_series'
    if (wanted?.length !== 0)
      expect(isSeries ? [...all.columns].sort() : all.columns).toEqual(isSeries ? [...(wanted ?? [])].sort() : wanted)
    expect(all.rows.length).toBeGreaterThan(0)
    expect(sorted(await ask(placed, CHOICES.each))).toEqual(sorted(all))
    await ask(placed, NARROW)
    const [first = []] = all.rows
    shown.push(
      `| ${title.replace(', ', ' | ')} | ${all.rows.length} | ${all.columns.slice(0, 12).join(', ')} | ${first.map(String).join(', ')} |`,
    )
  })

  it('the overview says what is wrong, whose it is and since when', async () => {
    const table = await ask(find('overdue-overview', 'What is wrong, and since when'), CHOICES.all)
    expect(table.rows.map(([at, code, heartbeat, owner]) => [heartbeat, code, owner, END - Number(at)]).sort()).toEqual(
      [
        ['etl-hourly', CODE.overrun, 'carl', 25 * MINUTE - 300],
        ['nightly-backup', CODE.failed, 'ana', 40 * MINUTE - 300],
        ['pump-18/battery', CODE.missed, 'ana', 2 * HOUR - 300],
        ['queue-worker-3', CODE.slow, 'ben', 10 * MINUTE - 300],
      ],
    )
    const counts = await ask(find('overdue-overview', 'Wrong now'), CHOICES.all)
    expect(counts.rows.map((row) => row.slice(1))).toEqual([[1, 1, 1, 1, 1]])
    const oldest = await ask(find('overdue-overview', 'Oldest overdue'), CHOICES.all)
    expect(valuesIn(oldest, 'oldest')).toEqual([2 * HOUR - 10_000])
    expect(valuesIn(await ask(find('overdue-overview', 'All the others'), CHOICES.all), 'total')).toEqual([
      FLEET.length,
    ])
  })

  it('the overview says who has taken what', async () => {
    const table = await ask(find('overdue-overview', 'Who has it'), CHOICES.all)
    expect(table.rows.map(([, event, heartbeat, , by]) => [heartbeat, event, by]).sort()).toEqual([
      ['etl-hourly', 'opened', null],
      ['nightly-backup', 'opened', null],
      ['pump-18/battery', 'acknowledged', 'ana'],
      ['queue-worker-3', 'opened', null],
    ])
  })

  it('who has recovered is not listed as wrong, and who is silent stays listed though nothing changes', async () => {
    const placed = find('overdue-fleet', 'Not ok now')
    const now = await ask(placed, CHOICES.all)
    expect([...valuesIn(now, 'heartbeat')].sort()).toEqual([
      'etl-hourly',
      'nightly-backup',
      'pump-18/battery',
      'pump-5',
      'queue-worker-3',
    ])
    expect((await ask(placed, CHOICES.all, STORM.to - MINUTE)).rows.length).toBe(25)
    const after = await ask(placed, CHOICES.all, STORM.to + MINUTE)
    expect(valuesIn(after, 'heartbeat').filter((name) => String(name).startsWith('pump'))).toEqual([])
  })

  it('the group, the owner and the name narrow what is wrong', async () => {
    expect(valuesIn(await ask(find('overdue-fleet', 'Not ok now'), NARROW), 'heartbeat')).toEqual(['pump-18/battery'])
    const wrong = await ask(find('overdue-overview', 'What is wrong, and since when'), NARROW)
    expect(valuesIn(wrong, 'heartbeat')).toEqual(['pump-18/battery'])
  })

  it('the fleet shows only who was bad, each step of the way', async () => {
    const { columns } = await ask(find('overdue-fleet', 'Who was bad, and when'), CHOICES.all)
    expect(columns.length).toBe(30)
    expect(columns).not.toContain('ntp')
    expect((await ask(find('overdue-fleet', 'Who was bad, and when'), NARROW)).columns).toEqual(['pump-18/battery'])
  })

  it('a heartbeat with a slash in its name can be searched for and chosen', async () => {
    expect((await ask(find('overdue-heartbeat', 'heartbeat'), NARROW)).rows).toEqual([['heartbeat', 'pump-18/battery']])
    const { rows } = await ask(find('overdue-heartbeat', '$heartbeat'), NARROW)
    expect(rows.map((row) => row[1])).toEqual([CODE.missed])
  })

  it('a blind window has its length and its cause', async () => {
    const table = await ask(find('overdue-gateway', 'Blind windows'), CHOICES.all, BLIND.at + BLIND.ms + 1000)
    expect(table.rows).toEqual([[BLIND.at + BLIND.ms, BLIND.ms, BLIND.unverified, BLIND.cause, BLIND.source, 'main']])
  })
})

function sorted({ columns, rows }: Table): unknown {
  return { columns: [...columns].sort(), rows: rows.map((row) => JSON.stringify(row)).sort() }
}
