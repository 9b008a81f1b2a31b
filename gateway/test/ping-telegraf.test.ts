// Telegraf's heartbeat output (1.37 and later): the body is that of its schema_v1.json with everything that can be included.
import { expect, it } from 'vitest'
import { last, stage } from './ping-stage.ts'

const BODY = JSON.stringify({
  id: 'agent-123',
  version: 'Telegraf 1.37.0-c3db479e (git: output_heartbeat@c3db479e)',
  schema: 1,
  last: 1_761_148_950,
  hostname: 'web-1',
  configurations: ['/etc/telegraf/telegraf.conf', 'https://config.example.org/web-1.conf'],
  statistics: { errors: 1, warnings: 0, metrics: 1_204 },
  logs: [
    {
      ...{ time: '2025-10-22T16:02:30.12345+02:00', level: 'ERROR', source: 'outputs.influxdb::main' },
      ...{ message: 'could not write: 500', attributes: { category: 'outputs', plugin: 'influxdb' } },
    },
  ],
  status: 'FAIL',
})

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'Telegraf/1.37.0 Go/1.25.3' }

it.each([
  ['a name, where signals are open', '/hb/nightly-backup', {}],
  ['a secret key', '/ping/{key}', {}],
  ['a name, and the key in a header', '/ping/nightly-backup', { authorization: 'Bearer {key}' }],
])('its word is a sign of life, kept as it came, whatever its status: %s', async (_, path, headers) => {
  const world = await stage({ open: () => path === '/hb/nightly-backup' })
  const key = world.keys.keyOf('nightly-backup') as string
  const own = Object.entries(headers).map(([name, value]) => [name, value.replace('{key}', key)])
  const request = { method: 'POST', headers: { ...HEADERS, ...Object.fromEntries(own) }, body: BODY }
  expect(await world.get(path.replace('{key}', key), request)).toMatchObject({ status: 200 })
  expect(last(world)).toEqual({ name: 'nightly-backup', kind: 'ok', bodySize: Buffer.byteLength(BODY) })
  expect(Buffer.from(world.arrivals[0]?.body as Uint8Array).toString()).toBe(BODY)
})
