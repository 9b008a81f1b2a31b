// The gateway with one fault: a device's token is good although its time is over.
import { Devices } from '../../src/app/devices.ts'

const { withDigest } = Devices.prototype

Devices.prototype.withDigest = function (this: Devices, digest: string) {
  return withDigest.call(this, digest, 0)
}

await import('../../src/main.ts')
