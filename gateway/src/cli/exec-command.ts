// The command itself: started with the streams it is given, signalled as exec is, and how it ended in a shell's words.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { Duration } from '../domain/time.ts'
import type { Job } from './exec-args.ts'
import type { Output } from './exec-output.ts'
import { asksToEnd, deedOf, PASSED, type Passed, type Terminal, terminalOf } from './exec-signals.ts'

export type Ended = {
  /** As a shell says it: 127 not found, 126 not executable, 128 + n for signal n. */
  readonly code: number
  /** The signal, without SIG. */
  readonly killedBy?: string
  /** By a signal that exec passed on. */
  readonly wasAsked: boolean
  /** Why it never ran. */
  readonly why?: string
  /** On the clock of `performance.now()`. */
  readonly at: number
  readonly duration: Duration
}

export function startCommand([program, ...args]: Job['command'], streams: Output['streams']): Promise<Ended> {
  const terminal = currentTerminal()
  const begunAt = performance.now()
  const child = spawn(program, args, { stdio: ['inherit', ...streams] })
  let endedAt: number | undefined
  let wasAsked = false

  function take(signal: Passed): void {
    // A shell may have moved it to the background or back since; a terminal that is gone was there.
    const now = terminal === 'none' ? terminal : currentTerminal()
    const deed = deedOf(signal, performance.now(), endedAt, now === 'none' ? terminal : now)
    wasAsked ||= asksToEnd(signal) || signal === 'SIGHUP'
    if (deed === undefined) return
    if (asksToEnd(signal)) endedAt ??= performance.now()
    child.kill(deed === 'kill' ? 'SIGKILL' : signal)
  }
  for (const signal of PASSED) process.on(signal, take)

  return new Promise((resolve) => {
    const end = (how: Pick<Ended, 'code' | 'killedBy' | 'why'>): void => {
      const at = performance.now()
      resolve({ ...how, wasAsked, at, duration: at - begunAt })
    }
    child.on('error', (error: NodeJS.ErrnoException) => {
      // Also where a signal can't be sent: then it goes on.
      if (child.pid === undefined) end({ code: error.code === 'ENOENT' ? 127 : 126, why: reasonOf(error) })
    })
    child.on('exit', (code, signal) => {
      if (signal === null) end({ code: code ?? 1 })
      else end({ code: 128 + constants.signals[signal], killedBy: signal.replace(/^SIG/, '') })
    })
  })
}

function currentTerminal(): Terminal {
  try {
    return terminalOf(readFileSync('/proc/self/stat', 'utf8'))
  } catch {
    // No /proc: who has a terminal mostly stands in front.
    return isatty(0) || isatty(2) ? 'foreground' : 'none'
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'command not found'
  return code === 'EACCES' ? 'permission denied' : message
}
