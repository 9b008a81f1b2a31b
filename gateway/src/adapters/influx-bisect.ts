// Delivers what a server will take of a batch, and finds the lines that it will not.
import type { Sender, Waits } from './influx-sender.ts'

/** A line that the server refused for good, and its words. */
export type Dead = { readonly line: string; readonly why: string }

export type Delivered =
  | { readonly kind: 'done'; readonly dead: readonly Dead[] }
  /** `remaining` is to be delivered later, in any order; the rest is stored or dead. */
  | (Waits & { readonly remaining: readonly string[]; readonly dead: readonly Dead[] })

/**
 * Halves what is refused until single lines are: about 2·log2(n) requests for one bad line of n. Lines have their own times,
 * so one that a server stored from a batch that it refused is the same point when it comes again.
 *
 * Many bad lines must not hold up everything: the largest part is always halved first, and once `MOST_REFUSALS` parts were
 * refused, a part that is refused is dead as a whole. Up to about 25 bad lines of 5,000 are found exactly; of more, each
 * may take with it the part in which it is, 20 lines at most. Measurements lie together, because what a server refuses
 * by the thousand (another type of a field) it refuses of one measurement. Parts that are too large are always halved.
 */
export async function deliver(lines: readonly string[], { send }: Pick<Sender, 'send'>): Promise<Delivered> {
  const dead: Dead[] = []
  let refusals = 0
  let parts: readonly (readonly string[])[] = lines.length === 0 ? [] : [lines]
  while (parts.length > 0) {
    const smaller: (readonly string[])[] = []
    for (const [index, part] of parts.entries()) {
      const sent = await send(part)
      if (sent.kind === 'taken') continue
      if (sent.kind === 'waits') return { ...sent, remaining: [...parts.slice(index), ...smaller].flat(), dead }
      if (!sent.isTooLarge) refusals++
      const isLost = refusals > MOST_REFUSALS && !sent.isTooLarge
      if (part.length === 1 || isLost) dead.push(...killed(part, sent.why))
      else smaller.push(...halves(part === lines ? byMeasurement(part) : part))
    }
    parts = smaller
  }
  return { kind: 'done', dead }
}

const MOST_REFUSALS = 256

function killed(part: readonly string[], why: string): readonly Dead[] {
  const words = part.length === 1 ? why : `refused with ${part.length - 1} others: ${why}`
  return part.map((line) => ({ line, why: words }))
}

function halves(part: readonly string[]): readonly (readonly string[])[] {
  const middle = Math.ceil(part.length / 2)
  return [part.slice(0, middle), part.slice(middle)]
}

function byMeasurement(lines: readonly string[]): readonly string[] {
  return [...Map.groupBy(lines, (line) => line.slice(0, line.search(/[, ]/))).values()].flat()
}
