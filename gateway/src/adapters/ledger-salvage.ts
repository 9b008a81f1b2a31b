// A damaged ledger: what was wrong, what is lost, and a new ledger of everything that is whole. The damaged files stay
// beside it. Good groups behind a hole are kept too: facts say what they led to, so the states they give are right
// again with the first fact about each heartbeat.
import { existsSync, renameSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { checksum, NewerData, openAsItIs, openFacts, openSnapshots } from './ledger-schema.ts'

/** What a start found missing, in words for a person. */
export type Loss = { readonly what: string }

type GroupRow = { first: number; count: number; at: number; crc: number; bytes: Uint8Array }

/** Files larger than this are not read whole at each start; what is replayed always is. */
const CHECKED_WHOLE = 64 * 1024 * 1024

/** Opens the facts, salvaging them where they are damaged. `from`: the first fact that will be replayed. */
export function openWholeFacts(path: string, from: number, now: string): { facts: DatabaseSync; losses: Loss[] } {
  const opened = tryOpen(() => openFacts(path))
  if (opened !== undefined && isWhole(opened, path, from)) return { facts: opened, losses: [] }
  opened?.close()
  const damaged = setAside(path, now)
  const facts = openFacts(path)
  const losses = [{ what: `the ledger was damaged; the damaged file is kept as ${damaged}` }]
  const source = tryOpen(() => openAsItIs(damaged))
  if (source === undefined) losses.push({ what: 'no fact in it could be read' })
  else {
    losses.push(...copyGroups(source, facts))
    copyRest(source, facts)
    source.close()
  }
  return { facts, losses }
}

/** Opens the snapshots, or starts with none where they are damaged: the facts give the states again. */
export function openWholeSnapshots(path: string, now: string): { snapshots: DatabaseSync; losses: Loss[] } {
  const opened = tryOpen(() => openSnapshots(path))
  if (opened !== undefined && areWhole(opened)) return { snapshots: opened, losses: [] }
  opened?.close()
  const damaged = setAside(path, now)
  const what = `the snapshots were damaged, and states are folded from the facts that are kept; the damaged file is kept as ${damaged}`
  return { snapshots: openSnapshots(path), losses: [{ what }] }
}

function tryOpen(open: () => DatabaseSync): DatabaseSync | undefined {
  try {
    return open()
  } catch (error) {
    if (error instanceof NewerData || !isDamage(error)) throw error
    return undefined
  }
}

const SQLITE_CORRUPT = 11
const SQLITE_NOTADB = 26

/** Anything else — no rights, no space, a disk that fails — is not for us to repair. */
function isDamage(error: unknown): boolean {
  const code = ((error as { errcode?: number }).errcode ?? 0) & 0xff
  return code === SQLITE_CORRUPT || code === SQLITE_NOTADB
}

function isWhole(facts: DatabaseSync, path: string, from: number): boolean {
  return holds(() => {
    if (statSync(path).size <= CHECKED_WHOLE && facts.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok')
      return false
    const rows = facts.prepare('SELECT * FROM groups WHERE first >= ? ORDER BY first').iterate(from)
    for (const row of rows) if (!isGood(row as GroupRow)) return false
    return true
  })
}

function areWhole(snapshots: DatabaseSync): boolean {
  return holds(() => {
    for (const row of snapshots.prepare('SELECT id AS first, upTo AS count, crc, bytes FROM slices').iterate())
      if (!isGood(row as GroupRow)) return false
    return true
  })
}

function holds(question: () => boolean): boolean {
  try {
    return question()
  } catch (error) {
    if (isDamage(error)) return false
    throw error
  }
}

function isGood({ first, count, crc, bytes }: GroupRow): boolean {
  return checksum(first, count, bytes) === crc
}

/** Moves a database and its log out of the way; gives its new path. */
function setAside(path: string, now: string): string {
  const damaged = `${path}.damaged-${now.replaceAll(/[-:.]/g, '')}`
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) renameSync(path + suffix, damaged + suffix)
  return damaged
}

/** Copies every whole group, and goes on behind what can't be read. */
function copyGroups(source: DatabaseSync, target: DatabaseSync): readonly Loss[] {
  const losses: Loss[] = []
  const insert = target.prepare('INSERT OR IGNORE INTO groups (first, count, at, crc, bytes) VALUES (?, ?, ?, ?, ?)')
  let expected = 0
  target.exec('BEGIN')
  for (const row of readableGroups(source)) {
    if (!isGood(row)) continue
    if (expected !== 0 && row.first > expected) losses.push(lost(expected, row.first - 1))
    insert.run(row.first, row.count, row.at, row.crc, row.bytes)
    expected = row.first + row.count
  }
  target.exec('COMMIT')
  const last = expected === 0 ? 'no fact in it could be read' : `facts up to number ${expected - 1} were read`
  return [...losses, { what: last }]
}

function* readableGroups(source: DatabaseSync): Iterable<GroupRow> {
  for (let from = 0; ; ) {
    try {
      for (const row of source.prepare('SELECT * FROM groups WHERE first >= ? ORDER BY first').iterate(from)) {
        yield row as GroupRow
        from = (row['first'] as number) + 1
      }
      return
    } catch (error) {
      if (!isDamage(error)) throw error
    }
    const next = nextReadable(source, from)
    if (next === undefined) return
    from = next
  }
}

/** The least number from `from` on at which reading works again: further and further on, then back by halves. */
function nextReadable(source: DatabaseSync, from: number): number | undefined {
  const probe = 'SELECT first FROM groups WHERE first >= ? ORDER BY first LIMIT 1'
  const works = (number: number): boolean => holds(() => source.prepare(probe).get(number) !== undefined)
  let bad = from
  let good = from + 1
  while (!works(good)) {
    bad = good
    good = from + 2 * (good - from)
    if (good > Number.MAX_SAFE_INTEGER) return undefined
  }
  while (good - bad > 1) {
    const middle = Math.floor((bad + good) / 2)
    if (works(middle)) good = middle
    else bad = middle
  }
  return good
}

function lost(from: number, to: number): Loss {
  return { what: from === to ? `fact ${from} is lost` : `facts ${from} to ${to} are lost` }
}

function copyRest(source: DatabaseSync, target: DatabaseSync): void {
  for (const [table, columns] of [
    ['bodies', 'seq, at, bytes'],
    ['cursors', 'name, seq'],
  ] as const) {
    const marks = columns.replaceAll(/\w+/g, '?')
    const insert = target.prepare(`INSERT OR IGNORE INTO ${table} (${columns}) VALUES (${marks})`)
    holds(() => {
      for (const row of source.prepare(`SELECT ${columns} FROM ${table}`).iterate())
        insert.run(...(Object.values(row) as (number | string | Uint8Array)[]))
      return true
    })
  }
}
