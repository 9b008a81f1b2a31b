// `overdue drill`: a marked page down every way that a miss would take, and which of them arrived.
import { cleanText, nameProblem } from '@overdue/device-sdk/wire'
import { type Duration, HOUR } from '../domain/time.ts'
import { type Api, ask, type NoAnswer, type Question, reach } from './gateway-api.ts'
import { misused, type Problem, personOf, readArgs, readWait, type Shell, TEXT } from './shell.ts'

export const DRILL_USAGE = `overdue drill NAME [--wait 30s]        # OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)
overdue drill --channel NAME [--wait 30s]`

/** Exit code: 0 every page was delivered; 1 one was not within the wait, or there is nobody to page; 2 usage. */
export async function drill(args: readonly string[], shell: Shell): Promise<number> {
  const asked = readDrill(args)
  if ('problem' in asked) return misused(shell, asked.problem, DRILL_USAGE)
  const api = reach(shell)
  if ('problem' in api) return misused(shell, api.problem)
  const body = { by: personOf(shell.env, 'drill') }
  const begun = await ask(api, { ...asked.question, method: 'POST', body }, isDrill)
  const ended = 'why' in begun ? begun : await settled(begun, asked.wait, api, shell)
  if ('why' in ended) {
    shell.write(ended.why)
    return 1
  }
  for (const line of report(ended)) shell.write(cleanText(line))
  return ended.pages.length > 0 && ended.pages.every(({ outcome }) => outcome === 'delivered') ? 0 : 1
}

type Asked = { readonly question: Question; readonly wait: Duration }
type Page = {
  readonly step: number
  readonly path: string
  readonly outcome: 'delivered' | 'refused' | 'expired' | null
  readonly why: string | null
  readonly lastReachedAt: string | null
}
type Drill = { readonly id: string; readonly muted: string | null; readonly pages: readonly Page[] }

const LONGEST_WAIT = HOUR
const LOOK_EVERY: Duration = 250

function readDrill(args: readonly string[]): Asked | Problem {
  const read = readArgs(args, { channel: TEXT, wait: TEXT })
  if ('problem' in read) return read
  const { channel, wait: written = '30s' } = read.values
  const waits = readWait('wait', written, 0, LONGEST_WAIT)
  if ('problem' in waits) return waits
  const [name = channel, ...more] = read.positionals
  if (name === undefined || more.length > 0 || (channel !== undefined && read.positionals.length > 0))
    return { problem: 'expected the name of a heartbeat, or --channel and the name of a channel' }
  const problem = nameProblem(name)
  if (problem !== undefined) return { problem }
  const encoded = encodeURIComponent(name)
  return channel === undefined
    ? { question: { path: `heartbeats/${encoded}/drill`, name }, ...waits }
    : { question: { path: `channels/${encoded}/test`, what: `channel is called ${name}` }, ...waits }
}

/** The drill when each page is settled or the wait is over; an answer that fails to come is asked for again till then. */
async function settled(
  begun: Drill,
  wait: Duration,
  api: Api,
  { pause }: Pick<Shell, 'pause'>,
): Promise<Drill | NoAnswer> {
  const until = performance.now() + wait
  const question = { path: `drills/${encodeURIComponent(begun.id)}`, what: `drill is called ${begun.id}` }
  let known: Drill | NoAnswer = begun
  for (;;) {
    const isOver = !('why' in known) && known.pages.every(({ outcome }) => outcome !== null)
    const left = until - performance.now()
    if (isOver || left <= 0) return known
    await pause(Math.min(LOOK_EVERY, left))
    known = await ask(api, question, isDrill)
  }
}

function* report({ id, muted, pages }: Drill): Iterable<string> {
  if (muted !== null) yield `A real miss would page nobody now: ${muted}`
  if (pages.length === 0) yield `${id} reaches nobody: its policy has no step that pages anybody now`
  for (const { step, path, outcome, why, lastReachedAt } of pages) {
    const reason = why === null ? '' : `, ${why}`
    const last = lastReachedAt === null ? 'never reached anybody' : `last reached somebody at ${lastReachedAt}`
    yield `step ${step}, ${path}: ${outcome ?? 'still trying'}${reason}; ${last}`
  }
}

function isDrill(json: unknown): json is Drill {
  const { id, pages } = (json ?? {}) as Partial<Drill>
  return typeof id === 'string' && Array.isArray(pages)
}
