// What the ledger's thread and those who use it say to each other.
import type { MessagePort } from 'node:worker_threads'
import type { Instant } from '../domain/time.ts'

/** The facts of one group, numbered from `first` on. Without bytes it is a hole: facts that were lost. */
export type StoredGroup = {
  readonly first: number
  readonly count: number
  readonly at: Instant
  readonly bytes: Uint8Array<ArrayBuffer>
}
/** The record of one fact, as it stands in its group. */
export type StoredFact = { readonly seq: number; readonly bytes: Uint8Array<ArrayBuffer> }
export type Body = { readonly seq: number; readonly bytes: Uint8Array }
/** With the bodies that some of its facts came with. */
export type Group = StoredGroup & { readonly bodies?: readonly Body[] }

export const SLICE_KINDS = ['roster', 'columns', 'casebook', 'hours', 'arrivals'] as const
export type SliceKind = (typeof SLICE_KINDS)[number]

/** A part of the live state, true up to the fact numbered `upTo`. */
export type Slice = {
  readonly kind: SliceKind
  readonly id: number
  readonly upTo: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Slices of one part are only true together. With all of it saved, no slice lacks a fact up to `completeUpTo`. */
export type Snapshot = { readonly parts: readonly (readonly Slice[])[]; readonly completeUpTo: number }

export type Expiry = { readonly factsBefore: Instant; readonly bodiesBefore: Instant }

export type Sizes = { readonly bytes: number; readonly logBytes: number; readonly freeBytes: number }

/** What can be read, by what is asked. */
export type Questions = {
  /** Slices of a kind from id `from` on, as many as fit one answer. */
  slices: { ask: { kind: SliceKind; from: number }; answer: readonly Slice[] }
  /** Groups that hold facts from number `from` on, as many as fit one answer. */
  groups: { ask: { from: number }; answer: readonly StoredGroup[] }
  /** The group that holds a fact. */
  /** A fact and those before it about the same heartbeat, newest first, as many as fit one answer. */
  chain: { ask: { seq: number; limit: number }; answer: readonly StoredFact[] }
  groupOf: { ask: { seq: number }; answer: StoredGroup | undefined }
  body: { ask: { seq: number }; answer: Uint8Array<ArrayBuffer> | undefined }
  cursor: { ask: { name: string }; answer: number }
  completeUpTo: { ask: Record<never, never>; answer: number }
  sizes: { ask: Record<never, never>; answer: Sizes }
}
export type Question = keyof Questions

export type ToThread =
  | { readonly kind: 'append'; readonly group: Group }
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly kind: 'watermark'; readonly at: Instant }
  | { readonly kind: 'advance'; readonly name: string; readonly seq: number }
  | { readonly kind: 'prune'; readonly expiry: Expiry }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question; readonly ask: unknown }
  /** Another thread reads, too: it asks and advances over this port. */
  | { readonly kind: 'reader'; readonly port: MessagePort }
  | { readonly kind: 'close' }

export type FromThread =
  | {
      readonly kind: 'opened'
      readonly next: number
      readonly aliveUntil?: Instant
      readonly losses: readonly string[]
    }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'progress'; readonly what: string; readonly done: number; readonly total: number }
  | { readonly kind: 'committed'; readonly upTo: number }
  | { readonly kind: 'full'; readonly why: string }
  | { readonly kind: 'recovered' }
  | { readonly kind: 'broken'; readonly why: string }
  /** Old facts can't be read; what is heard is not affected, and the next start repairs it. */
  | { readonly kind: 'damaged'; readonly why: string }
  /** Facts that expired although a cursor had not passed them. */
  | { readonly kind: 'unread'; readonly cursor: string; readonly facts: number }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown }
  | { readonly kind: 'closed' }
