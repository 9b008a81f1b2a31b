// Hands over what an MQTT publish told, so that it is settled once: when all of it is.
import type { Intake } from '../app/intake.ts'
import type { Arrival, Outcome, Settled } from '../app/ports.ts'
import type { Heard, Refusal } from './mqtt-signal.ts'

/** `redelivered`: the transport delivers it a second time. Settled with the worst of several outcomes. */
export function take(
  intake: Pick<Intake, 'receive' | 'silence'>,
  heard: Exclude<Heard, Refusal>,
  redelivered: boolean,
  settled: Settled,
): void {
  if ('silence' in heard) return intake.silence(heard.name, heard.silence, settled)
  if (!('several' in heard)) return intake.receive(redelivered ? again(heard) : heard, settled)
  const { several } = heard
  let open = several.length
  if (open === 0) return settled('durable')
  let worst: Outcome = 'durable'
  const settle = (outcome: Outcome): void => {
    if (outcome !== 'durable') worst = outcome
    if (--open === 0) settled(worst)
  }
  for (const arrival of several) intake.receive(redelivered ? again(arrival) : arrival, settle)
}

function again(arrival: Arrival): Arrival {
  return { ...arrival, signal: { ...arrival.signal, redelivered: true } }
}
