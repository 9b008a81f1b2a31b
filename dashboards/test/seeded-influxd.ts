// A real influxd that holds the two days of the story.
import { ADMIN, type RealInfluxd } from '../../gateway/test/real-influxd.ts'
import { linesOf } from './points.ts'
import { seed } from './seed.ts'

const LINES_AT_ONCE = 10_000

export async function fill(influxd: RealInfluxd): Promise<void> {
  await influxd.start()
  await influxd.query('CREATE DATABASE "overdue"')
  const lines = linesOf(seed())
  for (let from = 0; from < lines.length; from += LINES_AT_ONCE)
    await write(influxd, lines.slice(from, from + LINES_AT_ONCE))
}

async function write(influxd: RealInfluxd, lines: readonly string[]): Promise<void> {
  const answer = await fetch(`${influxd.url}/write?db=overdue&precision=ns`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64')}` },
    body: lines.join('\n'),
  })
  if (answer.status !== 204) throw new Error(`influxd refused what was seeded: ${await answer.text()}`)
}
