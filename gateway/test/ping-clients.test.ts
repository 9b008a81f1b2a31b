// What the clients of hosted heartbeat services send, request by request, when only their base URL is changed.
import { describe, expect, it } from 'vitest'
import { PING_KEY, type Stage, stage } from './ping-stage.ts'

const RID = 'c3d2e1f0-0000-4000-8000-00000000beef'

/** `{uuid}`: the key of nightly-backup; `{slug}`: the ping key and that name. */
const CLIENTS: readonly (readonly [client: string, requests: readonly string[], signals: readonly string[]])[] = [
  [
    'runitor with a UUID',
    [`POST /ping/{uuid}/start?rid=${RID} text/plain`, `POST /ping/{uuid}/1?rid=${RID}&create=1 text/plain last bytes`],
    ['start run', 'fail run exit 1 10 bytes'],
  ],
  [
    'runitor with a slug at the root',
    [`POST /{slug}/start?rid=${RID}&create=1 text/plain`, `POST /{slug}/0?rid=${RID}&create=1 text/plain done`],
    ['start run', 'ok run exit 0 4 bytes'],
  ],
  ['runitor on failure to start', [`POST /{slug}/fail?rid=${RID} text/plain exec: not found`], ['fail run 15 bytes']],
  [
    'borgmatic, healthchecks',
    [
      'POST /ping/{uuid}/start ',
      'POST /ping/{uuid} text/plain log',
      'POST /ping/{uuid}/fail text/plain log',
      'POST /ping/{uuid}/log ',
    ],
    ['start', 'ok 3 bytes', 'fail 3 bytes', 'log'],
  ],
  [
    'borgmatic with create_slug',
    ['POST /ping/{slug}/start?create=1 ', 'POST /ping/{slug}?create=1 text/plain log'],
    ['start', 'ok 3 bytes'],
  ],
  [
    'borgmatic, cronitor',
    ['GET /ping/{uuid}/run', 'GET /ping/{uuid}/complete', 'GET /ping/{uuid}/fail'],
    ['start', 'ok', 'fail'],
  ],
  [
    'backrest',
    ['POST /ping/{uuid}/start text/plain task', 'POST /ping/{uuid}/log?source=backrest text/plain task'],
    ['start 4 bytes', 'log 4 bytes'],
  ],
  [
    'task-mon',
    [`GET /{uuid}/start?rid=${RID}`, `POST /{uuid}/3?rid=${RID} text/plain tail`],
    ['start run', 'fail run exit 3 4 bytes'],
  ],
  [
    'healthchecks-rs',
    [`GET /{uuid}?rid=${RID}`, 'GET /{uuid}/start', 'POST /{uuid}/fail text/plain log'],
    ['ok run', 'start', 'fail 3 bytes'],
  ],
  [
    'py-healthchecks.io',
    ['POST /{slug}/start ', 'POST /{slug}/17 text/plain log', 'POST /{uuid}/log text/plain x'],
    ['start', 'fail exit 17 3 bytes', 'log 1 bytes'],
  ],
  [
    'healthchecks-decorator',
    ['GET /{slug}/start?create=1', 'POST /{slug}?create=1 application/x-www-form-urlencoded state=fail&rid=1'],
    ['start', 'ok 16 bytes'],
  ],
  ['pytocron', ['GET /{uuid}', 'GET /{uuid}/2'], ['ok', 'fail exit 2']],
  ['emborg', ['POST /{uuid}/start ', 'POST /{uuid}/0 application/json {}'], ['start', 'ok exit 0 2 bytes']],
  ['restic-tools', ['GET /ping/{uuid}'], ['ok']],
  [
    'systemd units',
    ['GET /ping/{uuid}/start', 'GET /ping/{uuid}/0', 'GET /ping/{uuid}/TERM', 'GET /ping/{uuid}/KILL'],
    ['start', 'ok exit 0', 'fail by TERM', 'fail by KILL'],
  ],
  [
    'systemd units that send $SERVICE_RESULT',
    [
      'GET /ping/nightly-backup/TERM?result=success',
      'GET /ping/nightly-backup/0?result=timeout',
      'GET /ping/nightly-backup/?result=',
    ],
    ['ok', 'fail exit 0', '400'],
  ],
  ['a load balancer that asks with HEAD', ['HEAD /ping/{uuid}', 'HEAD /{uuid}/'], ['ok', 'ok']],
]

describe('with a changed base URL', () => {
  it.each(CLIENTS)('%s is understood', async (client, requests, signals) => {
    const world = await stage({ open: () => client.includes('$SERVICE_RESULT') })
    const told: string[] = []
    for (const request of requests) told.push(await send(world, request))
    expect(told).toEqual(signals)
  })
})

/** Sends it and tells the signal that arrived, or the status when none did. */
async function send(world: Stage, request: string): Promise<string> {
  const [, method = '', path = '', type, body = ''] = /^(\S+) (\S+)(?: (\S*) ?(.*))?$/.exec(request) ?? []
  const uuid = world.keys.uuidOf('nightly-backup') as string
  const before = world.arrivals.length
  const { status } = await world.get(path.replace('{uuid}', uuid).replace('{slug}', `${PING_KEY}/nightly-backup`), {
    method,
    ...(type && { headers: { 'content-type': type, 'user-agent': 'a client' } }),
    ...(body && { body }),
  })
  const arrival = world.arrivals[before]
  if (arrival === undefined || status !== 200) return String(status)
  const { kind, run, exit, killedBy, bodySize } = arrival.signal
  expect(arrival.name).toBe('nightly-backup')
  expect(run ?? RID).toBe(RID)
  return [
    kind,
    ...(run === undefined ? [] : ['run']),
    ...(exit === undefined ? [] : [`exit ${exit}`]),
    ...(killedBy === undefined ? [] : [`by ${killedBy}`]),
    ...(bodySize === undefined ? [] : [`${bodySize} bytes`]),
  ].join(' ')
}
