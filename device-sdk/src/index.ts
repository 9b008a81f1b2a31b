// What a device or a job needs to speak to the gateway.
export * from './wire.ts'
