// What the gateway imports as `@overdue/device-sdk/wire`: the grammar, and the reader of payloads, which no device
// needs.
export { type PayloadFields, parsePayload, parseProperties } from './payload.ts'
export { cleanText, isMetricName, MESSAGE_LENGTH, MOST_METRICS } from './text.ts'
export * from './wire.ts'
