// The sender against Debian's influxd 1.6.7 and VictoriaMetrics, where they are installed.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { deliver } from '../src/adapters/influx-bisect.ts'
import { createSender, type Sender } from '../src/adapters/influx-sender.ts'
import type { InfluxTarget } from '../src/adapters/influx-target.ts'
import { ADMIN, hasInfluxd, PLAIN, RealInfluxd } from './real-influxd.ts'
import { hasVictoria, RealVictoria } from './real-victoria.ts'

const NOW = Date.now()
const senders: Sender[] = []
afterEach(() => {
  for (const sender of senders.splice(0)) sender.close()
})

async function connect(url: string, target: Partial<InfluxTarget>): Promise<Sender> {
  const sender = createSender({ url, flavor: 'auto', database: 'overdue', ...target }, { now: () => NOW })
  senders.push(sender)
  expect(await sender.connect()).toMatchObject({ kind: 'connected' })
  return sender
}

/** As the ledger's facts become them: ns that only differ in what lies below a ms. */
function lines(count: number, value = (index: number): string => `${index}i`): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `pump-${index}/battery`
    return `hb_signal,group=hall\\ 7,heartbeat=${name} n=1i,seq=${value(index)},text="läuft \\"gut\\"" ${NOW}${String(index).padStart(6, '0')}`
  })
}

describe('influxd 1.6.7', () => {
  let influxd: RealInfluxd
  beforeAll(async () => {
    if (hasInfluxd) influxd = await new RealInfluxd().start()
  })
  beforeEach(async () => {
    if (hasInfluxd) await influxd.query('DROP DATABASE overdue')
  })
  afterAll(async () => await influxd?.stop())

  it.skipIf(!hasInfluxd).each<[string, Partial<InfluxTarget>]>([
    ['auto, with a login', { ...ADMIN }],
    ['v1, with a login', { flavor: 'v1', ...ADMIN }],
    ['auto, with a token of two parts', { token: `${ADMIN.username}:${ADMIN.password}` }],
  ])('makes the database and reads back what was written: %s', async (_, target) => {
    const sender = await connect(influxd.url, target)
    expect(await sender.send(lines(2_000))).toEqual({ kind: 'taken' })
    expect(await sender.send(lines(2_000))).toEqual({ kind: 'taken' })
    expect(await influxd.count('overdue', 'hb_signal', 'n')).toBe(2_000)
    const where = `heartbeat = 'pump-1999/battery' AND "group" = 'hall 7'`
    const [series] = await influxd.query(`SELECT seq, text FROM hb_signal WHERE ${where}`, 'overdue')
    expect(series?.values).toEqual([[NOW, 1_999, 'läuft "gut"']])
  })

  it.skipIf(!hasInfluxd)(
    'makes a database whose points a named policy keeps for ever, and leaves others as they are',
    async () => {
      const sender = await connect(influxd.url, { ...ADMIN, retentionPolicy: 'raw' })
      expect(await sender.send(lines(1))).toEqual({ kind: 'taken' })
      const [policies] = await influxd.query('SHOW RETENTION POLICIES ON overdue')
      expect(policies?.values.map(([name, duration]) => [name, duration])).toEqual([['raw', '0s']])
      const other = await connect(influxd.url, { ...ADMIN, retentionPolicy: 'other' })
      expect(await other.send(lines(1))).toMatchObject({
        kind: 'waits',
        because: 'busy',
        why: 'answered 500: retention policy not found: other',
      })
    },
  )

  it.skipIf(!hasInfluxd)('refuses lines of another type, and lines that are none, and keeps all others', async () => {
    const sender = await connect(influxd.url, ADMIN)
    expect(await sender.send([`hb_signal,heartbeat=first seq=0i ${NOW - 1}000000`])).toEqual({ kind: 'taken' })
    const batch = lines(3_000, (index) =>
      index === 77 || index === 2_900 ? '1.5' : index === 1_500 ? '' : `${index}i`,
    )
    const delivered = await deliver(batch, sender)
    expect(delivered.kind).toBe('done')
    const dead = [...delivered.dead].sort((a, b) => batch.indexOf(a.line) - batch.indexOf(b.line))
    expect(dead.map(({ line }) => line)).toEqual([batch[77], batch[1_500], batch[2_900]])
    expect(dead.map(({ why }) => why)).toEqual([
      expect.stringMatching(/^answered 400: partial write: field type conflict: input field "seq"/),
      expect.stringMatching(/^answered 400: unable to parse .*missing field value/),
      expect.stringMatching(/^answered 400: partial write: field type conflict/),
    ])
    expect(await influxd.count('overdue', 'hb_signal', 'seq')).toBe(2_998)
  })

  it.skipIf(!hasInfluxd)('lets nobody in with a wrong password, or without the right to write', async () => {
    const wrong = await connect(influxd.url, { ...ADMIN, password: 'wrong' })
    expect(await wrong.send(lines(1))).toMatchObject({ kind: 'waits', because: 'unauthorized' })
    const nobody = await connect(influxd.url, {})
    expect(await nobody.send(lines(1))).toMatchObject({ kind: 'waits', because: 'unauthorized' })
    const plain = await connect(influxd.url, PLAIN)
    expect(await plain.send(lines(1))).toMatchObject({
      because: 'missing',
      why: expect.stringMatching(/database not found: "overdue"; not made: answered 403: .*requires admin privilege/),
    })
    await influxd.query('CREATE DATABASE overdue')
    expect(await plain.send(lines(1))).toMatchObject({
      because: 'unauthorized',
      why: expect.stringMatching(/^answered 403/),
    })
    await influxd.query(`GRANT WRITE ON overdue TO ${PLAIN.username}`)
    expect(await plain.send(lines(1))).toEqual({ kind: 'taken' })
  })

  it.skipIf(!hasInfluxd)('has its database made again after it was dropped', async () => {
    const sender = await connect(influxd.url, ADMIN)
    await sender.send(lines(5))
    await influxd.query('DROP DATABASE overdue')
    expect(await sender.send(lines(7))).toEqual({ kind: 'taken' })
    expect(await influxd.count('overdue', 'hb_signal', 'n')).toBe(7)
  })

  it.skipIf(!hasInfluxd)(
    'that is killed loses nothing that it took, and has each point once after all is sent again',
    async () => {
      const sender = await connect(influxd.url, ADMIN)
      const batches = Array.from({ length: 20 }, (_, index) => lines(2_000).slice(index * 100, index * 100 + 100))
      const waiting = new Set(batches)
      const sendAll = async (): Promise<void> => {
        for (const batch of [...waiting]) if ((await sender.send(batch)).kind === 'taken') waiting.delete(batch)
      }
      const first = sendAll()
      while (waiting.size > 14) await new Promise(setImmediate)
      await influxd.kill()
      await first
      const taken = batches.length - waiting.size
      expect(waiting.size).toBeGreaterThan(0)
      await influxd.start()
      expect(await influxd.count('overdue', 'hb_signal', 'n')).toBeGreaterThanOrEqual(taken * 100)
      expect(await sender.connect()).toMatchObject({ kind: 'connected' })
      await sendAll()
      expect(await influxd.count('overdue', 'hb_signal', 'n')).toBe(2_000)
    },
  )
})

describe('VictoriaMetrics', () => {
  it.skipIf(!hasVictoria).each([
    ['without a login', undefined],
    ['with a login', ADMIN],
  ])('has what was written, once, %s', async (_, login) => {
    await using victoria = await new RealVictoria(login).start()
    const sender = createSender(
      { url: victoria.url, flavor: 'auto', database: 'overdue', ...login },
      { now: () => NOW },
    )
    senders.push(sender)
    expect(await sender.connect()).toEqual({ kind: 'connected', flavor: 'victoriametrics', hasText: false })
    const points = lines(1_000).map((line) => line.replace(/,text=".*"/, ''))
    expect(await deliver(points, sender)).toEqual({ kind: 'done', dead: [] })
    expect(await deliver(points, sender)).toEqual({ kind: 'done', dead: [] })
    const series = await victoria.export(/hb_signal_seq/)
    expect(series.map(({ values }) => values[0]).sort((a = 0, b = 0) => a - b)).toEqual(points.map((_, index) => index))
    expect(series.every(({ values, timestamps }) => values.length === 1 && timestamps[0] === NOW)).toBe(true)
    expect(series[0]?.metric).toMatchObject({ group: 'hall 7', heartbeat: expect.stringMatching(/^pump-/) })
  })

  it.skipIf(!hasVictoria)('lets nobody in with a wrong password', async () => {
    await using victoria = await new RealVictoria(ADMIN).start()
    const sender = await connect(victoria.url, { ...ADMIN, password: 'wrong' })
    expect(await sender.send(lines(1))).toMatchObject({ kind: 'waits', because: 'unauthorized' })
  })
})
