import { describe, expect, it } from 'vitest'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'
import type { Settings } from './settings.ts'

function read(text: string, env: Readonly<Record<string, string>> = {}) {
  const readFile = (path: string): string => {
    if (path === '/etc/tls/ca.pem') return 'PEM'
    throw new Error('ENOENT: no such file')
  }
  return readDocument(text, { env, environment: {}, file: '/etc/overdue.yaml', readFile, hostZone: 'Europe/Riga' })
}

function settings(text: string): Settings {
  const checked = read(text)
  if (isWrong(checked)) throw new Error(checked.problems.map(formatProblem).join('\n'))
  return checked.value
}

function problems(bridge: string, env?: Readonly<Record<string, string>>): readonly string[] {
  const checked = read(`bridges: [{ ${bridge} }]\n`, env)
  return isWrong(checked) ? checked.problems.map(formatProblem) : []
}

const PLANT = 'name: plant, url: "mqtt://10.0.0.7:1883"'

describe('a bridge', () => {
  it('needs a name and a URL, and may lead to a private address', () => {
    expect(settings(`bridges: [{ ${PLANT} }]\n`).bridges).toEqual([
      {
        ...{ name: 'plant', url: 'mqtt://10.0.0.7:1883', root: 'hb', group: 'overdue', shared: false },
        ...{ version: 'auto', topics: [] },
      },
    ])
    expect(problems('group: g')).toEqual([
      'bridges[0].name: expected a name, got nothing',
      expect.stringMatching(/^bridges\[0\]\.url: expected a URL such as mqtt:.*got nothing$/),
    ])
  })

  it('has a heartbeat of its own, that devices may have as their parent', () => {
    const { heartbeats } = settings(
      `bridges: [{ ${PLANT}, owner: ana, grace: 5m }]\nheartbeats: [{ name: pump-1, every: 1m, parent: bridge-plant }]\n`,
    )
    expect(heartbeats.map(({ name }) => name)).toEqual(['pump-1', 'bridge-plant'])
    expect(heartbeats[1]?.terms).toMatchObject({
      ...{ schedule: { kind: 'every', every: 60_000 }, grace: 300_000, owner: 'ana', declaredBy: 'file' },
      description: 'Hears the broker at 10.0.0.7:1883',
    })
  })

  it('leaves its heartbeat as the file declares it', () => {
    const { heartbeats } = settings(
      `bridges: [{ ${PLANT} }]\nheartbeats: [{ name: bridge-plant, every: 5m, severity: warning }]\n`,
    )
    expect(heartbeats).toMatchObject([{ name: 'bridge-plant', terms: { severity: 'warning' } }])
  })

  it('reads what else there is', () => {
    const rest = 'username: u, password: p, ca: tls/ca.pem, shared: auto, version: 3.1.1, topics: ["tele/+/STATE", "#"]'
    expect(settings(`bridges: [{ ${PLANT}, ${rest}, root: acme/hb, canary: acme/probe }]\n`).bridges[0]).toMatchObject({
      ...{ username: 'u', password: 'p', ca: '/etc/tls/ca.pem', shared: 'auto', version: 4, root: 'acme/hb' },
      ...{ topics: ['tele/+/STATE', '#'], canary: 'acme/probe' },
    })
    expect(settings(`bridges: [{ ${PLANT}, version: 5, shared: on }]\n`).bridges[0]).toMatchObject({
      ...{ version: 5, shared: true },
    })
  })

  it.each([
    ['name: "a b", url: "mqtt://h"', /name: expected up to 56 letters/],
    [`name: ${'n'.repeat(57)}, url: "mqtt://h"`, /name: expected up to 56 letters/],
    ['name: a, url: "http://h"', /url: expected a URL such as mqtt:.*got "http:/],
    ['name: a, url: "mqtt://h/path"', /url: expected a URL/],
    ['name: a, url: "mqtt://u:secret@h"', /url: .*got something else of 17 characters$/],
    ['name: a, url: "wss://h/mqtt?token=1"', /url: expected a URL/],
    [`${PLANT}, root: "hb/#"`, /root: expected a topic without wildcards/],
    [`${PLANT}, root: "/hb"`, /root: expected/],
    [`${PLANT}, root: "hb/"`, /root: expected/],
    [`${PLANT}, group: "a/b"`, /group: expected/],
    [`${PLANT}, topics: ["a/b#"]`, /topics\[0\]: expected a topic filter/],
    [`${PLANT}, topics: ["$share/g/x"]`, /topics\[0\]: expected a topic filter/],
    [`${PLANT}, password: p`, /username: expected a name beside the password, got nothing/],
    [`${PLANT}, cert: tls/ca.pem`, /key: expected cert and key together/],
    [`${PLANT}, ca: nowhere.pem`, /ca: expected a file that can be read, got "\/etc\/nowhere.pem"/],
    [`${PLANT}, policy: nobody`, /policy: expected a policy of this file/],
    [`${PLANT}, grace: soon`, /grace: expected a duration/],
    [`${PLANT}, version: 4`, /version: expected auto, 5, 5, 3.1.1|version: expected/],
    [`${PLANT}, canary: "hb/+"`, /canary: expected a topic without wildcards/],
    [`${PLANT}, sharing: on`, /sharing: expected a key that exists, nearest: "shared"/],
  ])('says what is wrong with %s', (bridge, problem) => {
    expect(problems(bridge)).toEqual([expect.stringMatching(problem)])
  })

  it('never shows a password', () => {
    expect(problems(`${PLANT}, username: u, password: [hunter2]`).join()).not.toContain('hunter2')
    expect(problems(`${PLANT}, password: "\${PW}"`, { PW: 'hunter2' }).join()).not.toContain('hunter2')
  })

  it('has a name of its own', () => {
    const checked = read(`bridges: [{ ${PLANT} }, { name: Plant, url: "mqtt://h" }]\n`)
    expect(isWrong(checked) && checked.problems.map(formatProblem)).toEqual([
      'bridges[1].name: expected a name of its own, got "Plant", which is taken',
    ])
  })
})
