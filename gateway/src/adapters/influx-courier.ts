// Brings the facts to a time-series server. It reads the ledger by its own position, so the ledger is the spool: nothing
// waits in memory but the batch that is being put together and the one on its way.
import { Chronicle } from '../app/chronicle.ts'
import type { AnyPoint } from '../app/series-point.ts'
import { type Instant, MINUTE, SECOND } from '../domain/time.ts'
import type { SeriesSettings, SeriesStatus } from './influx-messages.ts'
import { Outbox, type OutboxWorld } from './influx-outbox.ts'
import { readGroup } from './ledger-codec.ts'
import type { StoredGroup } from './ledger-messages.ts'
import type { LedgerReader } from './ledger-reader.ts'
import { restore, Snapshots } from './ledger-snapshot.ts'
import type { Sample, SeriesStore } from './series-store.ts'

export type CourierWorld = Omit<OutboxWorld, 'store'> & {
  readonly reader: Pick<LedgerReader, 'groups' | 'slices' | 'completeUpTo' | 'advance'>
  readonly store: SeriesStore
  readonly settings: Omit<SeriesSettings, 'target'>
  /** Number of the latest fact when it begins. */
  readonly latest: number
}

/** The name of its cursor in the ledger. */
export const CURSOR = 'influx'
/** How often it looks for facts, and keeps where it stands. */
const LOOK_EVERY = SECOND
const KEEP_EVERY = MINUTE
const SAMPLES_AT_ONCE = 500
/** A ledger of more facts is not told from its beginning. */
const MOST_TOLD_AT_FIRST = 5_000_000

export class Courier {
  readonly #world: CourierWorld
  readonly #chronicle: Chronicle
  readonly #snapshots: Snapshots
  readonly #outbox: Outbox
  /** Everything up to this fact was told. */
  #seq = 0
  #heard = { until: 0, seq: 0 }
  #kept = { seq: -1, steppedAt: -1, at: 0 }
  /** When what was told last was seen. */
  #readAt: Instant
  /** Points that were written when its figures were taken last. */
  #sampled = 0

  constructor(world: CourierWorld) {
    const { detail, details, instance } = world.settings
    this.#world = world
    this.#readAt = world.now()
    const detailOf = (group: string) => details[group] ?? detail
    this.#chronicle = new Chronicle({ instance, detailOf }, world.now())
    this.#snapshots = new Snapshots(this.#chronicle.registry)
    this.#outbox = new Outbox(world)
  }

  get status(): SeriesStatus {
    const lagFacts = Math.max(0, this.#heard.seq - this.#seq)
    const lagMs = lagFacts === 0 ? 0 : Math.max(0, this.#world.now() - this.#readAt)
    return { ...this.#outbox.status, lagMs, lagFacts }
  }

  /** Nothing seen before `until` will have a number above `seq`. */
  heard(until: Instant, seq: number): void {
    this.#heard = { until, seq }
  }

  sample({ at, point }: Sample): void {
    const { lagMs, points, dead } = this.status
    const fields = { ...point.fields, influx_lag_ms: lagMs, influx_points: points - this.#sampled, influx_dead: dead }
    this.#sampled = points
    this.#world.store.addSample({ at, point: { ...point, fields } })
  }

  /** Until it is told to stop. */
  async run(): Promise<void> {
    const { stop, pause, store } = this.#world
    await this.#begin()
    await this.#outbox.connect()
    while (!stop.aborted) {
      await this.#readOn()
      await this.#keep()
      await pause(LOOK_EVERY)
    }
    this.#kept.at = 0
    await this.#keep()
    store.close()
  }

  /** Where it stood; without that, from the first fact, or from now on where that is gone or too long ago. */
  async #begin(): Promise<void> {
    const { store, reader, latest, now } = this.#world
    const { standing } = store
    const oldest = await oldestOf(reader)
    const follows = standing !== undefined && standing.seq <= latest && (oldest?.first ?? 0) <= standing.seq + 1
    if (!follows) return await this.#beginAnew(oldest)
    this.#readAt = Math.min(standing.steppedAt, now())
    await store.restore(this.#chronicle, { ...standing, steppedAt: this.#readAt })
    this.#seq = standing.seq
  }

  async #beginAnew(oldest: StoredGroup | undefined): Promise<void> {
    const { store, reader, latest, now, log } = this.#world
    store.forget()
    if (oldest?.first === 1 && latest <= MOST_TOLD_AT_FIRST) {
      this.#readAt = oldest.at
      return this.#chronicle.resume(oldest.at)
    }
    let upTo = latest
    async function* groups(from: number): AsyncIterable<StoredGroup> {
      for await (const group of reader.groups(from)) {
        if (group.first > latest) return
        upTo = Math.max(upTo, group.first + group.count - 1)
        yield group
      }
    }
    const source = { slices: reader.slices.bind(reader), completeUpTo: reader.completeUpTo.bind(reader), groups }
    await restore(this.#chronicle.registry, source, latest + 1, () => {})
    this.#readAt = now()
    this.#chronicle.resume(this.#readAt)
    this.#seq = upTo
    log('influx.begun', { after: upTo })
  }

  /** What the ledger had when it was last heard of, and then the steps of time up to that; then that is written, too. */
  async #readOn(): Promise<void> {
    const { reader, stop } = this.#world
    const { until, seq } = this.#heard
    for await (const group of reader.groups(this.#seq + 1)) {
      // What comes meanwhile waits for the next look: asking for every few facts would keep the ledger from its commits.
      if (group.first > seq) break
      this.#readAt = group.at
      await this.#tell(group)
      await this.#keep()
      if (stop.aborted) return
    }
    if (this.#seq >= seq) await this.#outbox.push(this.#chronicle.moveTo(until))
    await this.#sendSamples()
    await this.#outbox.settle()
  }

  async #tell(group: StoredGroup): Promise<void> {
    await this.#outbox.push(this.#pointsOf(group))
    this.#seq = group.first + group.count - 1
  }

  *#pointsOf({ bytes, first }: StoredGroup): Iterable<AnyPoint> {
    const { roster } = this.#chronicle.registry
    for (const told of readGroup(bytes, first, (number) => roster.nameOf(number)))
      if (told.seq > this.#seq) yield* this.#chronicle.take(told)
  }

  /** The gateway's own figures; those that wait longest first. */
  async #sendSamples(): Promise<void> {
    const { store, stop } = this.#world
    while (!stop.aborted) {
      const samples = store.samples(SAMPLES_AT_ONCE)
      const last = samples.at(-1)
      if (last === undefined) return
      await this.#outbox.push(samples.map(({ point }) => point))
      if (!(await this.#outbox.settle())) return
      store.dropSamples(last.at)
    }
  }

  /** Writes down where it stands, once a minute; never while something before it is not written. */
  async #keep(): Promise<void> {
    const { store, reader, now } = this.#world
    const { steppedAt } = this.#chronicle
    const isNews = this.#kept.seq !== this.#seq || this.#kept.steppedAt !== steppedAt
    if (!isNews || Math.abs(now() - this.#kept.at) < KEEP_EVERY) return
    if (!(await this.#outbox.settle())) return
    store.keep(this.#chronicle, this.#snapshots, this.#seq)
    reader.advance(CURSOR, this.#seq)
    this.#kept = { seq: this.#seq, steppedAt, at: now() }
  }
}

/** Undefined: there is no fact yet. */
async function oldestOf(reader: Pick<LedgerReader, 'groups'>): Promise<StoredGroup | undefined> {
  for await (const group of reader.groups(1)) return group
  return undefined
}
