// Asks the sink what came.
import type { Arrival, Webhook } from './sink.ts'

/** The first webhook of each probe. */
export async function arrivalsOf(sinkPort: number): Promise<Arrival[]> {
  return (await (await fetch(`http://127.0.0.1:${sinkPort}/`)).json()) as Arrival[]
}

/** All of them, also those that never got an answer. */
export async function webhooksOf(sinkPort: number): Promise<Webhook[]> {
  return (await (await fetch(`http://127.0.0.1:${sinkPort}/webhooks`)).json()) as Webhook[]
}
