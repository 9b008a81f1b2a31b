// How a regular expression is held against a text: all ways at once, one character after the other, so that none takes
// longer than the product of its length and the text's.

export type Piece =
  | { readonly kind: 'set'; readonly has: (code: number) => boolean }
  | { readonly kind: 'edge'; readonly at: 'start' | 'end' }
  | { readonly kind: 'sequence' | 'either'; readonly of: readonly Piece[] }
  | { readonly kind: 'repeat'; readonly of: Piece; readonly least: number; readonly most: number }

/** Whether it fits the whole of a text. */
export type Regular = (text: string) => boolean

/** Undefined: with its repetitions written out it is too long. */
export function assemble(piece: Piece): Regular | undefined {
  if (sizeOf(piece) > MOST_STEPS) return undefined
  const steps: Step[] = [{ kind: 'end' }]
  const first = build(piece, END, steps)
  return (text) => run(steps, first, text)
}

type Step =
  | { readonly kind: 'end' }
  | { readonly kind: 'set'; readonly has: (code: number) => boolean; readonly then: number }
  | { readonly kind: 'edge'; readonly at: 'start' | 'end'; readonly then: number }
  | { readonly kind: 'ways'; readonly ways: number[] }

const MOST_STEPS = 3_000
/** Where the step that ends each expression stands. */
const END = 0

function sizeOf(piece: Piece): number {
  if (piece.kind === 'set' || piece.kind === 'edge') return 1
  if (piece.kind !== 'repeat') return piece.of.reduce((sum, part) => sum + sizeOf(part), 1)
  const { of, least, most } = piece
  return 1 + (sizeOf(of) + 1) * (most === Number.POSITIVE_INFINITY ? least + 1 : most)
}

/** The step with which `piece` begins, where `then` follows it. */
function build(piece: Piece, then: number, steps: Step[]): number {
  switch (piece.kind) {
    case 'set':
    case 'edge':
      return steps.push({ ...piece, then }) - 1
    case 'sequence':
      return piece.of.reduceRight((next, part) => build(part, next, steps), then)
    case 'either':
      return steps.push({ kind: 'ways', ways: piece.of.map((way) => build(way, then, steps)) }) - 1
    case 'repeat': {
      let first = piece.most === Number.POSITIVE_INFINITY ? loop(piece.of, then, steps) : then
      const further = piece.most === Number.POSITIVE_INFINITY ? 0 : piece.most - piece.least
      for (let count = 0; count < further; count++)
        first = steps.push({ kind: 'ways', ways: [build(piece.of, first, steps), then] }) - 1
      for (let count = 0; count < piece.least; count++) first = build(piece.of, first, steps)
      return first
    }
  }
}

function loop(of: Piece, then: number, steps: Step[]): number {
  const ways = [then]
  const first = steps.push({ kind: 'ways', ways }) - 1
  ways.push(build(of, first, steps))
  return first
}

function run(steps: readonly Step[], first: number, text: string): boolean {
  const characters = [...text]
  let here = new Set<number>()
  const isAt = (edge: 'start' | 'end', place: number): boolean => place === (edge === 'start' ? 0 : characters.length)
  const reach = (from: number, place: number, into: Set<number>): void => {
    const open = [from]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (into.has(at)) continue
      into.add(at)
      const step = steps[at] as Step
      if (step.kind === 'ways') open.push(...step.ways)
      else if (step.kind === 'edge' && isAt(step.at, place)) open.push(step.then)
    }
  }
  reach(first, 0, here)
  for (let place = 0; place < characters.length && here.size > 0; place++) {
    const code = (characters[place] as string).codePointAt(0) as number
    const next = new Set<number>()
    for (const at of here) {
      const step = steps[at] as Step
      if (step.kind === 'set' && step.has(code)) reach(step.then, place + 1, next)
    }
    here = next
  }
  return here.has(END)
}
