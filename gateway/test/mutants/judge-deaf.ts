// The gateway with one fault: it does not remember that a bridge is deaf.
import { Watch } from '../../src/app/watch.ts'

Watch.prototype.deafen = () => undefined

await import('../../src/main.ts')
