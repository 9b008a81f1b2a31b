// Makes the database, or the bucket, that a write did not find.
import type { Answer, Ask, InfluxClient } from './influx-client.ts'
import type { Flavor, InfluxTarget } from './influx-target.ts'
import { wordsOf } from './influx-words.ts'

/**
 * Resolves with undefined once it is there, else with why it is not. What exists stays as it is. A named retention policy
 * becomes the first one of a new v1 database and keeps its points for ever, as the one without a name does; to a database
 * that exists none is added: how long its points are kept is its operator's.
 */
export async function createDatabase(
  client: InfluxClient,
  target: InfluxTarget,
  flavor: Flavor,
): Promise<string | undefined> {
  const ask = async (what: Ask): Promise<Reply> => replyOf(await client.ask(what))
  switch (flavor) {
    case 'v1':
      return (await ask(databaseV1(target))).failure
    case 'v2':
      return await createBucket(target, ask)
    case 'v3':
    case 'victoriametrics':
      return 'it makes its databases by itself'
  }
}

type Reply = { readonly json: Json; readonly failure?: string }
// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes; every step into it is checked.
type Json = any

function databaseV1({ database, retentionPolicy }: InfluxTarget): Ask {
  const policy = retentionPolicy === undefined ? '' : ` WITH NAME ${quoted(retentionPolicy)}`
  return {
    method: 'POST',
    path: '/query',
    body: new URLSearchParams({ q: `CREATE DATABASE ${quoted(database)}${policy}` }),
  }
}

async function createBucket(
  { org = '', database }: InfluxTarget,
  ask: (what: Ask) => Promise<Reply>,
): Promise<string | undefined> {
  const { json, failure } = await ask({ method: 'GET', path: `/api/v2/orgs?org=${encodeURIComponent(org)}` })
  if (failure !== undefined) return failure
  const orgID = json?.orgs?.[0]?.id
  if (typeof orgID !== 'string') return `there is no organisation ${JSON.stringify(org)} that this token may see`
  const bucket = { orgID, name: database, retentionRules: [] }
  return (await ask({ method: 'POST', path: '/api/v2/buckets', body: bucket })).failure
}

/** 1.x answers 200 to a statement that failed. */
function replyOf(answer: Answer): Reply {
  if (answer.kind === 'silent') return { json: undefined, failure: answer.why }
  const json = parse(answer.body)
  const failed = json?.results?.[0]?.error
  if (typeof failed === 'string') return { json, failure: failed }
  return answer.status < 300 ? { json } : { json, failure: wordsOf(answer) }
}

/** A name in InfluxQL, as InfluxDB's own `QuoteIdent` writes it. */
function quoted(name: string): string {
  return `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`
}

function parse(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
