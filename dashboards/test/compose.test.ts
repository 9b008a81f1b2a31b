// The containers, as far as they can be tried without any: what the files say of each other, and the commands that run in them.
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readDocument } from '../../gateway/src/config/document.ts'
import { KNOWN_VARIABLES } from '../../gateway/src/config/env.ts'
import { isWrong } from '../../gateway/src/domain/problem.ts'
import { GatewayProcess } from '../../gateway/test/process.ts'
import { ROOT, readText, readYaml, type Yaml } from './yaml-files.ts'

const compose: Yaml = readYaml('compose.yaml')
const { gateway, influxdb, grafana, secrets } = compose.services
const SERVICES: readonly (readonly [string, Yaml])[] = Object.entries(compose.services)
const SECRETS = '/run/overdue'
const COMPOSE = [['docker', 'compose'], ['docker-compose']].find(
  ([command = '', ...args]) => spawnSync(command, [...args, 'version']).status === 0,
)

function settings(): ReadonlyMap<string, string> {
  return new Map(
    [...readText('.env.example').matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** Into a new folder, as the container does. */
function makeSecrets(folder: string): { status: number | null; stdout: string } {
  const [, script] = secrets.command
  return spawnSync(process.execPath, [join(ROOT, script), folder], { encoding: 'utf8' })
}

describe('compose.yaml', () => {
  it.skipIf(COMPOSE === undefined)('is one that the client takes, without an .env', () => {
    const [command = '', ...args] = COMPOSE ?? []
    const { status, stderr } = spawnSync(command, [...args, '-f', 'compose.yaml', 'config', '-q'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('names in .env.example what may be set, with the same defaults, and needs none of it', () => {
    const used = [...readText('compose.yaml').matchAll(/(?<!\$)\$\{(\w+)(?::-([^}]*))?\}/g)]
    expect(Object.fromEntries(used.map(([, name, value]) => [name, value]))).toEqual(Object.fromEntries(settings()))
  })

  it('publishes ports on loopback only', () => {
    for (const [name, { ports = [] }] of SERVICES)
      for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:/)
  })

  it('mounts what exists, and volumes that it declares', () => {
    for (const [name, { volumes = [] }] of SERVICES)
      for (const volume of volumes) {
        const [from = ''] = volume.replace(/^\$\{CONFIG_FOLDER:-([^}]*)\}/, '$1').split(':')
        if (from.startsWith('.')) expect(existsSync(join(ROOT, from)), `${name}: ${from}`).toBe(true)
        else expect(Object.keys(compose.volumes), name).toContain(from)
      }
  })

  it('lets the gateway be nobody special, on a file system that it can’t change', () => {
    expect(gateway.user).toBe('node')
    for (const service of [gateway, secrets]) {
      expect(service.read_only).toBe(true)
      expect(service.cap_drop).toEqual(['ALL'])
      expect(service.security_opt).toEqual(['no-new-privileges:true'])
    }
    expect(gateway.volumes.filter((volume: string) => !volume.endsWith(':ro'))).toEqual(['data:/data'])
    expect(gateway.environment.OVERDUE_DATA).toBe('/data')
  })

  it('pins every image', () => {
    for (const [name, { image }] of SERVICES) if (image !== 'overdue') expect(image, name).toMatch(/:\d+\.\d+\.\d+$/)
  })

  it('starts everything after what it needs', () => {
    expect(grafana.depends_on).toEqual({
      gateway: { condition: 'service_healthy' },
      influxdb: { condition: 'service_healthy' },
    })
    for (const service of [gateway, influxdb])
      expect(service.depends_on).toEqual({ secrets: { condition: 'service_completed_successfully' } })
    for (const service of [gateway, influxdb]) expect(service.healthcheck.test[0]).toBe('CMD')
  })
})

describe('the files agree', () => {
  it('on ports and addresses', () => {
    const [, http] = gateway.environment.OVERDUE_HTTP.split(':')
    const [, mqtt] = gateway.environment.OVERDUE_MQTT.split(':')
    expect(gateway.ports.map((port: string) => port.split(':').at(-1))).toEqual([http, mqtt])
    expect(grafana.environment.OVERDUE_URL).toBe(`http://gateway:${http}`)
    expect(gateway.healthcheck.test.at(-1)).toContain(`127.0.0.1:${http}/healthz`)
    expect(gateway.environment.INFLUX_URL).toBe(`http://influxdb:${influxdb.ports[0].split(':').at(-1)}`)
    for (const [name, value] of Object.entries(grafana.environment).filter(([name]) => name.startsWith('INFLUX_')))
      expect(gateway.environment[name]).toBe(value)
    const file = readText('Dockerfile')
    expect(file).toContain(
      `OVERDUE_HTTP=${gateway.environment.OVERDUE_HTTP} OVERDUE_MQTT=${gateway.environment.OVERDUE_MQTT}`,
    )
    expect(file).toContain(`EXPOSE ${http} ${mqtt}`)
  })

  it('on the bucket and the organisation', () => {
    expect(influxdb.environment.DOCKER_INFLUXDB_INIT_BUCKET).toBe(gateway.environment.INFLUX_BUCKET)
    expect(influxdb.environment.DOCKER_INFLUXDB_INIT_ORG).toBe(gateway.environment.INFLUX_ORG)
  })

  it('on where the dashboards are', () => {
    const [{ options }] = readYaml('dashboards/provisioning/dashboards/overdue.yaml').providers
    expect(grafana.volumes).toContain(`./dashboards/json:${options.path}:ro`)
    const home = grafana.environment.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH
    expect(existsSync(join(ROOT, home.replace(options.path, 'dashboards/json')))).toBe(true)
  })

  it('on variables that the gateway knows', () => {
    const known = KNOWN_VARIABLES
    for (const name of Object.keys(gateway.environment)) if (name.startsWith('OVERDUE_')) expect(known).toContain(name)
  })

  it('on variables that Grafana’s provisioning expands', () => {
    const text = globSync('dashboards/provisioning/**/*.yaml', { cwd: ROOT }).map(readText).join('')
    for (const [, name] of text.matchAll(/\$\{(\w+)\}/g)) expect(Object.keys(grafana.environment)).toContain(name)
  })
})

describe('the secrets', () => {
  it('are made once, are all that anything asks for, and none is in a variable', () => {
    const folder = mkdtempSync(join(tmpdir(), 'overdue-secrets-'))
    try {
      expect(makeSecrets(folder).status).toBe(0)
      const made = readdirSync(folder).sort()
      const before = made.map((name) => readFileSync(join(folder, name), 'utf8'))
      for (const text of before) expect(text).toMatch(/^[A-Za-z0-9_-]{32}$/)
      expect(new Set(before).size).toBe(made.length)
      for (const name of made) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o444)
      expect(makeSecrets(folder)).toMatchObject({ status: 0, stdout: '' })
      expect(made.map((name) => readFileSync(join(folder, name), 'utf8'))).toEqual(before)
      const provisioning = globSync('dashboards/provisioning/**/*.yaml', { cwd: ROOT }).map(readText).join('')
      const asked = [...`${readText('compose.yaml')}${provisioning}`.matchAll(/\/run\/overdue\/([a-z-]+)/g)].map(
        ([, name]) => name,
      )
      expect([...new Set(asked)].sort()).toEqual(made)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
    for (const [name, { environment = {} }] of SERVICES)
      for (const [variable, value] of Object.entries(environment))
        if (/TOKEN|PASSWORD/.test(variable)) expect(value, `${name}: ${variable}`).toMatch(new RegExp(`^${SECRETS}/`))
  })
})

describe('the image', () => {
  const file = readText('Dockerfile')

  it('copies what exists and what .dockerignore lets through, and runs as nobody special', () => {
    const ignored = readText('.dockerignore').split('\n')
    for (const [, what = ''] of file.matchAll(/^COPY (?!--from)(.+) \S+$/gm))
      for (const path of what.split(' ')) {
        expect(existsSync(join(ROOT, path)), path).toBe(true)
        expect(
          ignored.some((line) => line.startsWith('!') && `${path}/`.startsWith(`${line.slice(1)}/`)),
          path,
        ).toBe(true)
      }
    expect(file.match(/^USER (.+)$/gm)).toEqual(['USER node'])
    expect(file).toMatch(/npm ci --omit=dev/)
    expect([...file.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual(['node:26-slim', 'node:26-slim'])
  })

  it('has the package.json of every workspace, or npm ci refuses', () => {
    const { workspaces } = JSON.parse(readText('package.json')) as { workspaces: readonly string[] }
    for (const workspace of workspaces) expect(file).toContain(`COPY ${workspace}/package.json ${workspace}/`)
  })

  it('has a configuration that is one, and in which signals are open on loopback', () => {
    const text = readText('dashboards/compose/overdue.yaml')
    const checked = readDocument(text, {
      env: {},
      file: 'overdue.yaml',
      readFile: readText,
      environment: {},
      hostZone: 'UTC',
    })
    expect(isWrong(checked) ? checked.problems : checked.value.signals.open).toBe(true)
  })
})

describe('the health check', () => {
  it('says that a gateway is well, and that none is', async () => {
    const [, , ...args] = gateway.healthcheck.test as readonly string[]
    await using running = await new GatewayProcess().start()
    const check = (): number | null =>
      spawnSync(
        process.execPath,
        args.map((arg) => arg.replace('127.0.0.1:8080', `127.0.0.1:${running.httpPort}`)),
      ).status
    expect(check()).toBe(0)
    await running.end('SIGTERM')
    expect(check()).toBe(1)
  })
})
