// Brings one batch of lines to the server of the time series and says what became of it. Keeps no lines and tries nothing
// again; only a database that is missing is made, once for each batch that does not find it.
import { RETRY_AFTER_CAP } from '../app/backoff.ts'
import { type Duration, type Instant, SECOND } from '../domain/time.ts'
import { type Answer, createInfluxClient, type InfluxClient } from './influx-client.ts'
import { createDatabase } from './influx-create.ts'
import { type Flavor, flavorOf, type InfluxTarget } from './influx-target.ts'
import { complaintIn, wordsOf } from './influx-words.ts'
import { readRetryAfter } from './retry-after.ts'

/** Nothing is lost: the same lines will do later. `missing` and `unauthorized` want somebody to do something. */
export type Waits = {
  readonly kind: 'waits'
  readonly because: 'unreachable' | 'unauthorized' | 'missing' | 'busy'
  readonly why: string
  /** What the server asked for, 15 min at most. */
  readonly retryAfter?: Duration
}

export type Sent =
  | { readonly kind: 'taken' }
  /** The same lines will never do, or at least one of them; others of them may be stored. */
  | { readonly kind: 'refused'; readonly why: string; readonly isTooLarge?: true }
  | Waits

export type Connected = { readonly kind: 'connected'; readonly flavor: Flavor; readonly hasText: boolean }

export type Sender = {
  /** Before the first `send`; again where it waits, or where a `send` did: the server that comes back may be another. */
  connect(): Promise<Connected | Waits>
  /** Lines of line protocol, each with its time in ns. Rejects only where nothing is connected. */
  send(lines: readonly string[]): Promise<Sent>
  close(): void
}

export type SenderOptions = {
  readonly now: () => Instant
  /** From the first byte of a request to the last of its answer. */
  readonly timeout?: Duration
}

export function createSender(target: InfluxTarget, { now, timeout = 10 * SECOND }: SenderOptions): Sender {
  let client: InfluxClient | undefined
  let flavor: Flavor | undefined

  function open(as: Flavor | 'auto'): InfluxClient {
    client?.close()
    client = createInfluxClient(target, as, { timeout })
    return client
  }

  async function write(lines: readonly string[]): Promise<Sent> {
    if (client === undefined || flavor === undefined) throw new Error('a sender that is not connected sends nothing')
    return judge(await client.write(lines), now())
  }

  return {
    async connect() {
      flavor = undefined
      const greeting = judgePing(await open('auto').ask({ method: 'GET', path: '/ping' }), target, now())
      if (greeting.kind === 'connected') {
        flavor = greeting.flavor
        open(flavor)
      }
      return greeting
    },
    async send(lines) {
      if (lines.length === 0) return { kind: 'taken' }
      const sent = await write(lines)
      if (sent.kind !== 'waits' || sent.because !== 'missing') return sent
      const failure = await createDatabase(client as InfluxClient, target, flavor as Flavor)
      return failure === undefined ? await write(lines) : { ...sent, why: `${sent.why}; not made: ${failure}` }
    },
    close() {
      client?.close()
    },
  }
}

/** Refused because of what is in them. Any other status says nothing of the lines. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422])

function judge(answer: Answer, now: Instant): Sent {
  if (answer.kind === 'silent') return { kind: 'waits', because: 'unreachable', why: answer.why }
  const { status, headers, body } = answer
  const isTaken = status >= 200 && status < 300 && complaintIn(body) === undefined
  if (isTaken) return { kind: 'taken' }
  const why = wordsOf(answer)
  if (status < 300 || REFUSALS.has(status)) {
    return { kind: 'refused', why, ...(status === 413 && { isTooLarge: true }) }
  }
  const retryAfter = readRetryAfter(headers, now)
  const later = retryAfter === undefined ? {} : { retryAfter: Math.min(retryAfter, RETRY_AFTER_CAP) }
  return { kind: 'waits', because: becauseOf(status), why, ...later }
}

function becauseOf(status: number): Waits['because'] {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'missing'
  return status >= 500 || BUSY.has(status) ? 'busy' : 'unreachable'
}

const BUSY: ReadonlySet<number> = new Set([408, 425, 429])

/**
 * Who says what the server is may have one whose ping needs more than its writes, or that has none. But what finds a ping
 * malformed speaks something else (TLS), and would refuse every line as well.
 */
function judgePing(answer: Answer, target: InfluxTarget, now: Instant): Connected | Waits {
  const sent = judge(answer, now)
  if (answer.kind === 'silent') return sent as Waits
  const flavor = target.flavor === 'auto' ? flavorOf(answer) : target.flavor
  if (flavor === undefined || answer.status === 400) {
    if (sent.kind === 'waits' && sent.because !== 'missing') return sent
    return missing(`GET /ping of influx.url: expected InfluxDB or VictoriaMetrics, ${wordsOf(answer)}`)
  }
  if (flavor === 'v2' && target.org === undefined)
    return missing('influx.org: InfluxDB 2 expects one, and there is none')
  return { kind: 'connected', flavor, hasText: flavor !== 'victoriametrics' }
}

function missing(why: string): Waits {
  return { kind: 'waits', because: 'missing', why }
}
