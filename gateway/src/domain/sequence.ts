// The numbers by which a device counts its messages, of each of its starts: which were heard, as few ranges, so that a
// repetition is known again however late it comes, and what is missing between can be counted.

/** `from` and `to` belong to it. */
export type SeqRange = readonly [boot: number, from: number, to: number]

/** Of the latest starts; what is older may be counted twice, but nothing new is taken for a repetition. */
const MOST_RANGES = 16

export function hasSeq(ranges: readonly SeqRange[], boot: number, seq: number): boolean {
  return ranges.some(([ofBoot, from, to]) => ofBoot === boot && from <= seq && seq <= to)
}

/** In order of start and number, no two touching. */
export function withSeq(ranges: readonly SeqRange[], boot: number, seq: number): readonly SeqRange[] {
  if (hasSeq(ranges, boot, seq)) return ranges
  const touches = ([ofBoot, from, to]: SeqRange): boolean => ofBoot === boot && seq >= from - 1 && seq <= to + 1
  const touched = ranges.filter(touches)
  const range: SeqRange = [
    boot,
    Math.min(seq, ...touched.map(([, from]) => from)),
    Math.max(seq, ...touched.map(([, , to]) => to)),
  ]
  return [...ranges.filter((each) => !touches(each)), range]
    .sort(([boot, from], [otherBoot, otherFrom]) => boot - otherBoot || from - otherFrom)
    .slice(-MOST_RANGES)
}

/** How many more are missing with this one heard: those it skipped, or −1 where it was missing itself. */
export function skippedBy(ranges: readonly SeqRange[], boot: number, seq: number): number {
  const own = ranges.filter(([ofBoot]) => ofBoot === boot)
  const [first, last] = [own[0], own.at(-1)]
  if (first === undefined || last === undefined || hasSeq(own, boot, seq)) return 0
  if (seq > last[2]) return seq - last[2] - 1
  // What came before the first that was heard was not missed.
  return seq < first[1] ? first[1] - seq - 1 : -1
}
