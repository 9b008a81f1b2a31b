// What becomes of a signal that reaches `overdue exec`: the command is to get each once, and two that ask it to end are
// an order. Decides only; `exec-command.ts` sends.

/** What is listened to; each would end exec otherwise, and leave the command behind. */
export const PASSED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const
export type Passed = (typeof PASSED)[number]

/** Undefined: the command has it already. `endedAt`: when it was first asked to end, in ms of any steady clock. */
export function deedOf(
  signal: Passed,
  now: number,
  endedAt: number | undefined,
  terminal: Terminal,
): 'pass' | 'kill' | undefined {
  if (hasItAlready(signal, terminal)) return undefined
  if (!asksToEnd(signal) || endedAt === undefined) return 'pass'
  // Service managers, npm and others that stand in front signal every process: that is one order, not two.
  return now - endedAt < SAME_ORDER ? undefined : 'kill'
}

/** A hang-up is none: a loop may be told by it to read its configuration again, any number of times. */
export function asksToEnd(signal: Passed): boolean {
  return signal === 'SIGTERM' || signal === 'SIGINT'
}

export type Terminal = 'none' | 'foreground' | 'background'

/** `stat` is a process's line in /proc: its group, and its terminal's foreground group. */
export function terminalOf(stat: string): Terminal {
  const [, , group, , terminal, foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (terminal === undefined || terminal === '0') return 'none'
  return group === foreground ? 'foreground' : 'background'
}

const SAME_ORDER = 1000

/** A terminal signals all processes of a group: keys those in its foreground, its end everybody. */
function hasItAlready(signal: Passed, terminal: Terminal): boolean {
  if (signal === 'SIGHUP') return terminal !== 'none'
  return terminal === 'foreground' && (signal === 'SIGINT' || signal === 'SIGQUIT')
}
