// What a rule of `adopt` says, as it is written: every key may be absent, texts are not read yet.
import type { TermsFields } from './fields.ts'

export type Family =
  | ('tasmota' | 'zigbee2mqtt' | 'esphome' | 'homeassistant')
  | ('homie' | 'shelly' | 'sparkplug' | 'json')

export type AdoptFields = TermsFields & {
  as?: Family
  topic?: string | (string | undefined)[]
  root?: string
  name?: string
  create?: boolean
  from?: (string | undefined)[]
  online?: (string | undefined)[]
  offline?: (string | undefined)[]
  failed?: (string | undefined)[]
  sleep?: string
  ok?: string
  state?: string
  at?: string
  seq?: string
  boot?: string
  message?: string
  metrics?: string | Record<string, string>
}
