// Any device: words and numbers where a rule's pointers say they stand, or the whole payload as a word. A payload that does not
// say what was expected is still a sign of life: nobody is called dead for a syntax.
import { isMetricName, MOST_METRICS } from '@overdue/device-sdk/wire'
import { boundedAt } from '../domain/signal.ts'
import type { Instant } from '../domain/time.ts'
import { fill } from './adopt-name.ts'
import { instantIn, jsonOf, messageOf, textOf } from './adopt-payload.ts'
import type { AdoptRule, Pointers, Reader, Saying } from './adopt-rule.ts'
import { valueAt } from './json-pointer.ts'

export const readJson: Reader = ({ rule, parts, payload, receivedAt }) => {
  const { pointers, words } = rule
  const json = jsonOf(payload)
  const kind =
    pointers.ok === undefined ? wordOf(words, stateIn(json, rule, payload)) : saidBy(valueAt(json, pointers.ok))
  const at = pointers.at === undefined ? undefined : timeIn(valueAt(json, pointers.at), receivedAt)
  return [
    {
      of: fill(rule.name, parts),
      ...(kind === undefined ? { kind: 'ok', implied: true } : { kind }),
      ...(at !== undefined && { at }),
      ...whole('seq', json, pointers.seq),
      ...whole('boot', json, pointers.boot),
      ...(pointers.message !== undefined && messageOf(valueAt(json, pointers.message))),
      ...metricsAt(json, pointers.metrics),
    },
  ]
}

/** A clock that is not set says nothing. */
function timeIn(value: unknown, receivedAt: Instant): Instant | undefined {
  const at = instantIn(value)
  return at === undefined || at !== boundedAt(at, receivedAt) ? undefined : at
}

function stateIn(json: unknown, { pointers }: AdoptRule, payload: Uint8Array): unknown {
  return pointers.state === undefined ? textOf(payload) : valueAt(json, pointers.state)
}

function saidBy(ok: unknown): 'ok' | 'fail' | undefined {
  if (ok === true || ok === 1 || ok === 'true') return 'ok'
  return ok === false || ok === 0 || ok === 'false' ? 'fail' : undefined
}

/** What was not expected to be said is no complaint, and takes none back where it was said what would. */
function wordOf({ online, offline, failed }: AdoptRule['words'], state: unknown): Saying['kind'] {
  if (typeof state !== 'string' && typeof state !== 'number' && typeof state !== 'boolean') return undefined
  const word = String(state).trim().toLowerCase()
  if (failed.includes(word)) return 'fail'
  if (offline.includes(word)) return 'will'
  return online.length === 0 || online.includes(word) ? 'ok' : undefined
}

function whole<K extends 'seq' | 'boot'>(key: K, json: unknown, pointer: string | undefined): { [Key in K]?: number } {
  const value = pointer === undefined ? undefined : valueAt(json, pointer)
  return (Number.isSafeInteger(value) && (value as number) >= 0 ? { [key]: value } : {}) as { [Key in K]?: number }
}

function metricsAt(json: unknown, metrics: Pointers['metrics']): { metrics?: Readonly<Record<string, number>> } {
  if (metrics === undefined) return {}
  const found: readonly (readonly [string, unknown])[] =
    typeof metrics === 'string'
      ? entriesOf(valueAt(json, metrics))
      : Object.entries(metrics).map(([name, pointer]) => [name, valueAt(json, pointer)])
  const numbers = found.filter(([name, value]) => isMetricName(name) && Number.isFinite(value)).slice(0, MOST_METRICS)
  return numbers.length === 0 ? {} : { metrics: Object.fromEntries(numbers) as Record<string, number> }
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []
}
