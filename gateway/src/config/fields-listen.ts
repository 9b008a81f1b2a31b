// What a document says of the ways in: listeners, limits, and brokers that somebody else runs; as it is written.

export type ListenFields = {
  http?: string
  mqtt?: string | false
  mqtts?: string | false
  tls?: { cert?: string; key?: string; ca?: string; clients?: 'optional' | 'required' }
  proxies?: (string | undefined)[]
}
export type LimitsFields = {
  connections?: number
  connectionsPerAddress?: number
  connectionsPerSecond?: number
  signalsPerSecond?: number
  burst?: number
}

export type BridgeFields = {
  name?: string
  url?: string
  username?: string
  password?: string
  ca?: string
  cert?: string
  key?: string
  clientId?: string
  root?: string
  group?: string
  shared?: 'auto' | 'on' | 'off' | boolean
  version?: 'auto' | 5 | '5' | '3.1.1'
  topics?: string[]
  canary?: string
  grace?: string
  owner?: string
  policy?: string
}
