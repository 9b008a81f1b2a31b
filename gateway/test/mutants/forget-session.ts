// The adopter with one fault: every death counts, whichever session it belongs to.
import { Memory } from '../../src/adapters/adopt-memory.ts'

export function forgetSessions(): Disposable {
  const { understand } = Memory.prototype
  Memory.prototype.understand = function (this: Memory, name, { session: _, ...saying }, receivedAt) {
    return understand.call(this, name, saying, receivedAt)
  }
  return {
    [Symbol.dispose]() {
      Memory.prototype.understand = understand
    },
  }
}
