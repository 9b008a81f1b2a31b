// Kills a gateway at one point after the other between the decision of a page and the record of its delivery, each time
// in a story of its own, starts it again and looks at what became of its pages. Goes on until no point is left.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { faultsOf, type Incident, type Kill } from './pager-crash-check.ts'
import { channelsOf, Receiver } from './pager-crash-receiver.ts'
import { GatewayProcess } from './process.ts'

export type About = 'incident' | 'storm'

export type Sweep = {
  /** What the gateway was about to do when it was killed. */
  readonly points: readonly string[]
  readonly faults: readonly string[]
}

/** So many gateways at once, each killed again and again. */
const AT_ONCE = 3
const MOST_POINTS = 200
const SPEED = 20
const HEARTBEATS: Readonly<Record<About, number>> = { incident: 1, storm: 12 }
const PATIENCE = 15_000
/** What was a storm half a minute ago is no part of the next. */
const CALM = 31_000 / SPEED

/** `entry` kills itself as `pager-crash-points.ts` does. With `untilFault` the sweep ends at the first fault. */
export async function sweep(about: About, entry: string, { untilFault = false } = {}): Promise<Sweep> {
  const points: string[] = []
  const faults: string[] = []
  /** Most of a start is compiling; the starts of a sweep share what was compiled. */
  const cache = mkdtempSync(join(tmpdir(), 'overdue-sweep-'))
  const env = {
    ...{ FAIL_ABOUT: about, NODE_COMPILE_CACHE: cache },
    ...{ CLOCK_SPEED: String(SPEED), CLOCK_SPEEDS_SINCE: String(Date.now()) },
  }
  const killAgainAndAgain = async (first: number): Promise<void> => {
    await using teller = await Teller.start(about, entry, env)
    for (let failAt = first; failAt <= MOST_POINTS && !(untilFault && faults.length > 0); failAt += AT_ONCE) {
      const { killed, faults: found } = await teller.tell(failAt)
      faults.push(...found.map((fault) => `${failAt}, killed when ${killed?.at ?? 'it was over'}: ${fault}`))
      if (killed === undefined) return
      points.push(`${failAt}: ${killed.at}`)
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, nth) => killAgainAndAgain(nth + 1)))
  } finally {
    rmSync(cache, { recursive: true, force: true })
  }
  return { points, faults }
}

type Env = Readonly<Record<string, string>>

type Run = { readonly killed: Kill | undefined; readonly faults: readonly string[] }

/** One gateway. That which is started after a kill ends the story in which it was killed, and begins the next. */
class Teller {
  readonly #about: About
  readonly #names: readonly string[]
  readonly #receiver: Receiver
  readonly #gateway: GatewayProcess
  readonly #env: Env
  readonly #known = new Set<string>()
  #killed: Kill | undefined
  /** Requests before this story. */
  #from = 0
  /** Where the gateway that is started next is killed. */
  #failAt = 0

  private constructor(about: About, names: readonly string[], receiver: Receiver, gateway: GatewayProcess, env: Env) {
    this.#about = about
    this.#names = names
    this.#receiver = receiver
    this.#gateway = gateway
    this.#env = env
  }

  static async start(about: About, entry: string, env: Env): Promise<Teller> {
    const receiver = new Receiver()
    const names = Array.from({ length: HEARTBEATS[about] }, (_, n) => `job-${n}`)
    const gateway = new GatewayProcess(configFor(await receiver.listen(), names), entry)
    return new Teller(about, names, receiver, gateway, env)
  }

  /** Heartbeats fall silent, are paged, come back, and are resolved. */
  async tell(failAt: number): Promise<Run> {
    const about = this.#about
    const from = this.#receiver.requests.length
    const requests = () => this.#receiver.requests.slice(from)
    this.#from = from
    const isTold = (type: string) => channelsOf(requests(), `${about}.${type}`) === 2
    this.#killed = undefined
    if (!this.#gateway.isRunning) await this.#start(failAt)
    this.#failAt = failAt + AT_ONCE
    process.kill(this.#gateway.pid, 'SIGUSR2')
    await this.#until(async () => {
      const answers = await Promise.all(this.#names.map((name) => isPinged(this.#gateway, name)))
      return answers.every((isHeard) => isHeard)
    })
    await this.#until(() => isTold('triggered'))
    for (const name of this.#names) await this.#until(() => isPinged(this.#gateway, `${name}?next=30d`))
    await this.#until(() => isTold('resolved'))
    let incidents: readonly Incident[] = []
    await this.#until(async () => {
      if (!(await isQuiet(this.#gateway))) return false
      // A ping that is answered is on disk, and so is what was noted before it: no point of this story is left.
      if (!(await isPinged(this.#gateway, `${this.#names[0]}?next=30d`))) return false
      incidents = await this.#newIncidents()
      return true
    })
    const storms = about === 'storm' ? 1 : 0
    const killed = this.#killed as Kill | undefined
    if (storms > 0) await sleep(CALM)
    return {
      killed,
      faults: faultsOf({ requests: requests(), incidents, heartbeats: this.#names.length, storms, killed }),
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#receiver.close()
    await this.#gateway[Symbol.asyncDispose]()
  }

  /** Goes on until it is so, or long enough. The gateway is started again when it has killed itself, to be killed later. */
  async #until(isSo: () => boolean | Promise<boolean>): Promise<void> {
    for (const end = performance.now() + PATIENCE; performance.now() < end; await sleep(10)) {
      if (!this.#gateway.isRunning) {
        // What it had sent may not have been read.
        await sleep(100)
        this.#killed = { ...readKill(this.#gateway.output), requests: this.#receiver.requests.length - this.#from }
        await this.#start(this.#failAt)
      }
      // What is asked of a gateway that kills itself meanwhile is asked again.
      if (await Promise.try(isSo).catch(() => false)) return
    }
  }

  async #start(failAt: number): Promise<void> {
    this.#gateway.output = ''
    await this.#gateway.start({ ...this.#env, FAIL_AT: String(failAt) })
  }

  async #newIncidents(): Promise<readonly Incident[]> {
    const { body } = await this.#gateway.get('/incidents?state=all&limit=1000')
    const fresh = (body as { items: readonly Incident[] }).items.filter(({ id }) => !this.#known.has(id))
    for (const { id } of fresh) this.#known.add(id)
    return fresh
  }
}

function configFor(port: number, names: readonly string[]): string {
  const jobs = names.map((name) => `  - { name: ${name}, every: 5s, grace: 5s, group: hall, unseen: wait }\n`)
  return `signals: { open: true }
channels:
  - { name: ops, webhook: { url: "http://127.0.0.1:${port}/ops" } }
  - { name: boss, webhook: { url: "http://127.0.0.1:${port}/boss" } }
webhooks: { allow: [127.0.0.0/8] }
policies:
  - { name: default, steps: [{ page: [ops, boss] }] }
heartbeats:
${jobs.join('')}`
}

async function isPinged(gateway: GatewayProcess, path: string): Promise<boolean> {
  return (await fetch(`${gateway.url}/ping/${path}`).catch(() => undefined))?.status === 200
}

/** No channel has anything left to deliver. */
async function isQuiet(gateway: GatewayProcess): Promise<boolean> {
  const answer = await gateway.get('/channels').catch(() => undefined)
  const { items = [] } = (answer?.body ?? {}) as { items?: readonly { readonly waiting: number }[] }
  return items.length > 0 && items.every(({ waiting }) => waiting === 0)
}

function readKill(output: string): Omit<Kill, 'requests'> {
  const [, text] = /^killed (.*)$/m.exec(output) ?? []
  if (text === undefined) throw new Error(`the gateway ended by itself:\n${output}`)
  return JSON.parse(text) as Omit<Kill, 'requests'>
}
