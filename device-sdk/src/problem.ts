// What goes wrong on the way to the gateway, told to whoever wants to know, and never thrown.

/**
 * `options`: a heartbeat can't be used as it was made, or a call was given what it can't read. `away`: the gateway
 * can't be reached or can't take signals now; they are kept. `dropped`: a signal is lost, since the gateway refused it
 * or the buffer was full. The text has no secrets.
 */
export type Problem = { readonly kind: 'options' | 'away' | 'dropped'; readonly text: string }

export type Listener = (problem: Problem) => void

/**
 * Calls `listener`, whatever it does; without one, whatever is not a passing outage becomes a warning, each text once.
 */
export function teller(listener: Listener | undefined): Listener {
  const told = new Set<string>()
  return (problem) => {
    try {
      if (listener !== undefined) return void listener(problem)
      if (problem.kind === 'away' || told.has(problem.text) || told.size === MOST_TOLD) return
      told.add(problem.text)
      process.emitWarning(problem.text, 'OverdueWarning')
    } catch {
      // Nothing that listens to problems may make one for the job.
    }
  }
}

const MOST_TOLD = 20
