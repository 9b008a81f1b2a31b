// What the ledger's thread reads for others, in answers of a few megabytes so that no commit waits long.
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Group, Question, Questions, Slice } from './ledger-messages.ts'

const ANSWER_BYTES = 4 * 1024 * 1024

type Answered = { readonly value: unknown; readonly transfer: ArrayBuffer[]; readonly error?: string }

export function answer(facts: DatabaseSync, snapshots: DatabaseSync, question: Question, ask: unknown): Answered {
  try {
    const value = QUESTIONS[question](question === 'slices' || question === 'floor' ? snapshots : facts, ask as never)
    return { value, transfer: buffersOf(value) }
  } catch (error) {
    return { value: undefined, transfer: [], error: (error as Error).message }
  }
}

type Ask<Q extends Question> = (database: DatabaseSync, ask: Questions[Q]['ask']) => Questions[Q]['answer']

const QUESTIONS: { readonly [Q in Question]: Ask<Q> } = {
  floor: (database) => database.prepare('SELECT upTo FROM floor').get()?.['upTo'] as number,
  slices: (database, { kind, from }) =>
    some<Slice>(
      database.prepare('SELECT kind, id, upTo, bytes FROM slices WHERE kind = ? AND id >= ? ORDER BY id'),
      kind,
      from,
    ),
  groups: (database, { from }) =>
    some<Group>(
      database.prepare(`SELECT first, count, at, bytes FROM groups
        WHERE first >= coalesce((SELECT max(first) FROM groups WHERE first <= ?), 0) ORDER BY first`),
      from,
    ).filter(({ first, count }) => first + count > from),
  groupOf: (database, { seq }) => {
    const row = database
      .prepare('SELECT first, count, at, bytes FROM groups WHERE first <= ? ORDER BY first DESC LIMIT 1')
      .get(seq) as Group | undefined
    return row !== undefined && seq < row.first + row.count ? row : undefined
  },
  body: (database, { seq }) =>
    database.prepare('SELECT bytes FROM bodies WHERE seq = ?').get(seq)?.['bytes'] as Uint8Array,
  cursor: (database, { name }) =>
    (database.prepare('SELECT seq FROM cursors WHERE name = ?').get(name)?.['seq'] as number | undefined) ?? 0,
}

function some<Row extends { readonly bytes: Uint8Array }>(
  statement: StatementSync,
  ...parameters: (string | number)[]
): Row[] {
  const rows: Row[] = []
  let bytes = 0
  for (const row of statement.iterate(...parameters)) {
    rows.push(row as unknown as Row)
    bytes += (row['bytes'] as Uint8Array).length
    if (bytes > ANSWER_BYTES) break
  }
  return rows
}

function buffersOf(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  for (const one of Array.isArray(value) ? value : [value]) {
    const bytes = one instanceof Uint8Array ? one : (one as { bytes?: Uint8Array } | undefined)?.bytes
    if (bytes !== undefined) found.add(bytes.buffer as ArrayBuffer)
  }
  return [...found]
}
