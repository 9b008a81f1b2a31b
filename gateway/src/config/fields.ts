// What a document says, as it is written: every key may be absent, texts are not read yet.
// shape.ts has the same as a schema, and does not compile when the two differ.

type Level = 'warning' | 'critical'

/** The keys of a heartbeat that `defaults` and `signals.create` may have as well. */
export type TermsFields = {
  description?: string
  owner?: string
  tags?: string[]
  group?: string
  parent?: string
  every?: string
  cron?: string
  calendar?: string
  window?: string
  on?: string | number
  schedule?: 'none'
  zone?: string
  grace?: string
  startWithin?: string
  finishWithin?: string
  tolerate?: number
  recoverAfter?: number
  slow?: number | 'off' | false
  early?: 'on' | 'off' | boolean
  policy?: string
  severity?: Level
  unseen?: 'page' | 'wait'
  runbook?: string
  will?: 'ignore' | 'suspect' | 'down'
  resume?: 'signal' | 'manual'
}

export type HeartbeatFields = TermsFields & { name?: string; key?: string }

export type ChannelFields = { name?: string; webhook?: { url?: string; secret?: string | string[] } }

export type ResponderFields = { name?: string; page?: string[] }

export type StepFields = {
  page?: string[]
  after?: string
  severity?: Level
  hours?: string
  on?: string | number
  zone?: string
  outside?: 'wait' | 'skip'
  repeat?: { every?: string; times?: number }
}

export type PolicyFields = {
  name?: string
  ackTimeout?: string
  fallback?: string[]
  steps?: (StepFields | undefined)[]
}

export type DrillFields = { heartbeat?: string; cron?: string; zone?: string }

/** An item that was no such thing at all is undefined, so that the others keep their index. */
type List<T> = (T | undefined)[]

export type DocumentFields = {
  listen?: { http?: string; mqtt?: string | false }
  data?: string
  retention?: { facts?: string; bodies?: string }
  bodies?: { keep?: string }
  zone?: string
  url?: string
  signals?: { open?: 'auto' | boolean; pingKey?: string; create?: 'auto' | boolean | TermsFields }
  channels?: List<ChannelFields>
  webhooks?: { allow?: List<string> }
  responders?: List<ResponderFields>
  policies?: List<PolicyFields>
  defaults?: TermsFields
  heartbeats?: List<HeartbeatFields>
  drills?: List<DrillFields>
}
