// How the API hands an operator's command to the ledger, and what it answers when that is refused or can't be kept.
import type { Command, Ledger } from '../app/ports.ts'
import type { Answer } from './http-route.ts'

/** What went wrong; undefined: it is done, and on disk. */
export async function carryOut(ledger: Pick<Ledger, 'request'>, command: Command): Promise<Answer | undefined> {
  const { reply, outcome } = await ledger.request(command)
  if (reply.kind === 'refused') return { problem: reply.why === 'already' ? 'already' : 'not-found' }
  return outcome === 'durable' ? undefined : { problem: 'unavailable' }
}
