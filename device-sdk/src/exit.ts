// The end of the process: a bounded last try when nothing else is left to do, and connections closed in good order
// unless the process crashed. Installs no handler of system signals and never calls process.exit.

/** What has signals or an open connection. */
export type Leaving = { lastTry(): void; leaveNow(): void }

/** From now on `leaving` takes part in the end of the process. */
export function mayBeNeeded(leaving: Leaving): void {
  if (!isWatching) watch()
  open.add(leaving)
}

export function ended(leaving: Leaving): void {
  open.delete(leaving)
}

const open: Set<Leaving> = new Set()
let isWatching = false
let hasCrashed = false

function watch(): void {
  isWatching = true
  process.on('beforeExit', () => {
    for (const leaving of open) leaving.lastTry()
  })
  process.on('uncaughtExceptionMonitor', () => {
    hasCrashed = true
  })
  process.on('exit', () => {
    // A crash is what the will is for.
    if (hasCrashed) return
    for (const leaving of open) leaving.leaveNow()
  })
}
