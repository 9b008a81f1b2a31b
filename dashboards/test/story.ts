// Two days of a small fleet: who is in it, and what goes wrong when. Everything follows from these lists, so it is always the same.

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const END: number = Date.UTC(2026, 10, 24, 12)
export const START: number = END - 48 * HOUR

export const CODE = {
  ok: 0,
  unseen: 1,
  running: 2,
  late: 3,
  unverified: 4,
  slow: 5,
  overrun: 6,
  missed: 7,
  failed: 8,
  paused: 9,
}
export type Word = keyof typeof CODE

export type Member = {
  readonly name: string
  readonly group: string
  readonly owner: string
  readonly every: number
  /** A job says when it begins, and takes about so long. */
  readonly takes?: number
}

/** `to` undefined: it still is. */
export type Spell = {
  readonly of: string
  readonly word: Word
  readonly from: number
  readonly to?: number
  readonly by?: string
}

const PUMPS = Array.from({ length: 34 }, (_, index): Member => {
  const name = index % 2 === 0 ? `pump-${index + 1}` : `pump-${index + 1}/battery`
  return { name, group: 'hall-7', owner: index < 20 ? 'ana' : 'ben', every: 5 * MINUTE }
})
const WORKERS = Array.from({ length: 12 }, (_, index): Member => {
  return { name: `queue-worker-${index + 1}`, group: 'workers', owner: 'ben', every: 2 * MINUTE }
})
const JOBS: readonly Member[] = [
  'nightly-backup',
  'etl-hourly',
  'index-rebuild',
  'train-model',
  'invoices',
  'report',
].map((name, index) => ({
  name,
  group: 'backups',
  owner: index % 2 ? 'carl' : 'ana',
  every: HOUR,
  takes: (index + 1) * MINUTE,
}))
const OTHERS: readonly Member[] = [
  'old-job',
  'new-probe',
  'door',
  'sms-gateway',
  'weather',
  'license',
  'dns',
  'ntp',
].map((name) => ({
  name,
  group: '-',
  owner: '-',
  every: 10 * MINUTE,
}))

export const FLEET: readonly Member[] = [...PUMPS, ...WORKERS, ...JOBS, ...OTHERS]

export const STORM = {
  group: 'hall-7',
  from: END - 20 * HOUR,
  to: END - 19 * HOUR,
  acknowledged: 4 * MINUTE,
  by: 'ana',
}
export const BLIND = { at: END - 9 * HOUR, ms: 4 * MINUTE, cause: 'restart', source: 'gateway', unverified: 3 }
export const SECOND_BLIND = { at: END - 2 * HOUR, ms: 45_000, cause: 'listener', source: 'mqtt', unverified: 0 }

export const SPELLS: readonly Spell[] = [
  ...PUMPS.slice(0, 25).map(({ name }) => ({ of: name, word: 'missed' as const, from: STORM.from, to: STORM.to })),
  ...PUMPS.slice(4, 7).map(({ name }) => ({
    of: name,
    word: 'unverified' as const,
    from: BLIND.at,
    to: BLIND.at + 6 * MINUTE,
  })),
  ...Array.from({ length: 6 }, (_, index) => ({
    of: 'queue-worker-5',
    word: 'missed' as const,
    from: END - (30 - index * 4) * HOUR,
    to: END - (30 - index * 4) * HOUR + 20 * MINUTE,
    by: index % 2 ? 'ben' : 'carl',
  })),
  { of: 'train-model', word: 'slow', from: END - 14 * HOUR, to: END - 13.5 * HOUR, by: 'carl' },
  { of: 'pump-18/battery', word: 'missed', from: END - 2 * HOUR, by: 'ana' },
  { of: 'nightly-backup', word: 'failed', from: END - 40 * MINUTE },
  { of: 'etl-hourly', word: 'overrun', from: END - 25 * MINUTE },
  { of: 'queue-worker-3', word: 'slow', from: END - 10 * MINUTE },
  { of: 'pump-5', word: 'unverified', from: END - 3 * MINUTE },
  { of: 'report', word: 'late', from: END - 5 * MINUTE },
  { of: 'old-job', word: 'paused', from: START },
  { of: 'new-probe', word: 'unseen', from: START },
]

const SPELLS_OF: ReadonlyMap<string, readonly Spell[]> = Map.groupBy(SPELLS, ({ of }) => of)

export function spellsOf(name: string): readonly Spell[] {
  return SPELLS_OF.get(name) ?? []
}

export function spellAt(name: string, at: number): Spell | undefined {
  return spellsOf(name).find(({ from, to }) => from <= at && (to === undefined || at < to))
}
