// What the main thread and the ledger's thread say to each other.
import type { Instant } from '../domain/time.ts'

/** The facts of one group, numbered from `first` on, and the bodies that some of them came with. */
export type Group = {
  readonly first: number
  readonly count: number
  readonly at: Instant
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly bodies?: readonly { readonly seq: number; readonly bytes: Uint8Array }[]
}

export type SliceKind = 'roster' | 'columns' | 'casebook'

/** Parts of the live state. With those that earlier snapshots brought, it is whole as of the facts up to `floor`. */
export type Snapshot = {
  readonly slices: readonly Slice[]
  readonly floor: number
  /** Needs no earlier one. */
  readonly isWhole: boolean
}

/** A part of the live state, true up to the fact numbered `upTo`. */
export type Slice = { readonly kind: SliceKind; readonly id: number; readonly upTo: number; readonly bytes: Uint8Array }

export type Expiry = { readonly factsBefore: Instant; readonly bodiesBefore: Instant }

/** What can be read, by what is asked. */
export type Questions = {
  /** Up to where the snapshots are whole: facts are replayed after it. */
  floor: { ask: undefined; answer: number }
  /** Slices of a kind from id `from` on, as many as fit one answer. */
  slices: { ask: { kind: SliceKind; from: number }; answer: readonly Slice[] }
  /** Groups that hold facts from number `from` on, as many as fit one answer. */
  groups: { ask: { from: number }; answer: readonly Group[] }
  /** The group that holds a fact. */
  groupOf: { ask: { seq: number }; answer: Group | undefined }
  body: { ask: { seq: number }; answer: Uint8Array | undefined }
  cursor: { ask: { name: string }; answer: number }
}
export type Question = keyof Questions

export type ToThread =
  | { readonly kind: 'append'; readonly group: Group }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'watermark'; readonly at: Instant }
  | { readonly kind: 'advance'; readonly name: string; readonly seq: number }
  | { readonly kind: 'prune'; readonly expiry: Expiry }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly ask: unknown }
  | { readonly kind: 'close' }

export type FromThread =
  | {
      readonly kind: 'opened'
      readonly next: number
      readonly aliveUntil?: Instant
      readonly losses: readonly string[]
    }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'committed'; readonly upTo: number }
  | { readonly kind: 'full'; readonly why: string }
  | { readonly kind: 'recovered' }
  /** A snapshot could not be saved: only a whole one will do now. */
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'broken'; readonly why: string }
  /** Facts that expired although a cursor had not passed them. */
  | { readonly kind: 'unread'; readonly cursor: string; readonly facts: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown; readonly error?: string }
  | { readonly kind: 'closed' }
