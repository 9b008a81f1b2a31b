// The parts of the registry as bytes, and back.
import { PAGE_BYTES, Page, ROWS_PER_PAGE } from '../app/columns.ts'
import type { Registry } from '../app/registry.ts'
import { NO_PARTICULARS, type Particulars, type Terms } from '../domain/heartbeat.ts'
import { completed } from '../domain/incident.ts'
import type { Source } from '../domain/signal.ts'
import { NEVER } from '../domain/time.ts'

export type RosterContent = {
  readonly names: readonly (string | null)[]
  readonly terms: readonly number[]
  readonly table: readonly Terms[]
}

export function pageBytes(page: Page): Uint8Array<ArrayBuffer> {
  const particulars = json({ sources: page.sources, particulars: page.particulars() } satisfies PageContent)
  const bytes = new Uint8Array(PAGE_BYTES + particulars.length)
  bytes.set(new Uint8Array(page.bytes, 0, PAGE_BYTES))
  bytes.set(particulars, PAGE_BYTES)
  return bytes
}

/** The page lives on in the memory that the slice came in: a million of them are not copied. */
export function pageOf(bytes: Uint8Array<ArrayBuffer>): Page {
  const { buffer } = bytes.byteOffset === 0 ? bytes : bytes.slice()
  const content = JSON.parse(text(bytes.subarray(PAGE_BYTES))) as PageContent | PageContent['particulars']
  const { sources, particulars } = 'sources' in content ? content : { sources: FIRST_SOURCES, particulars: content }
  const page = new Page(
    buffer,
    particulars.map(([row, own]) => [row, wholeOf(own)] as const),
  )
  page.adoptSources(sources)
  return page
}

type PageContent = {
  readonly sources: readonly Source[]
  readonly particulars: readonly (readonly [number, Particulars])[]
}
/** Of a page whose writer knew no others. */
const FIRST_SOURCES: readonly Source[] = ['http', 'mqtt']

/** JSON leaves out what is undefined, and writes NEVER as null. */
function wholeOf(particulars: Particulars): Particulars {
  const { suspectAt, incident } = particulars
  const more = { ...NO_PARTICULARS, ...particulars, suspectAt: suspectAt ?? NEVER }
  return incident === undefined ? more : { ...more, incident: completed(incident) }
}

export function rosterBytes(registry: Registry, index: number): Uint8Array<ArrayBuffer> {
  const table: Terms[] = []
  const places = new Map<Terms, number>()
  const names: (string | null)[] = []
  const terms: number[] = []
  for (
    let number = index * ROWS_PER_PAGE;
    number < Math.min((index + 1) * ROWS_PER_PAGE, registry.roster.count);
    number++
  ) {
    const own = registry.roster.termsOf(number)
    names.push(registry.roster.nameOf(number) ?? null)
    if (own !== undefined && !places.has(own)) places.set(own, table.push(own) - 1)
    terms.push(own === undefined ? -1 : (places.get(own) as number))
  }
  return json({ names, terms, table } satisfies RosterContent)
}

export function adoptRoster(registry: Registry, index: number, { names, terms, table }: RosterContent): void {
  const shared = table.map((each) => registry.roster.share(each))
  names.forEach((name, row) => {
    if (name !== null) registry.roster.set(index * ROWS_PER_PAGE + row, name, shared[terms[row] as number], true)
  })
}

const ENCODER = new TextEncoder()
const DECODER = new TextDecoder()

export function json(value: unknown): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(JSON.stringify(value))
}

export function text(bytes: Uint8Array): string {
  return DECODER.decode(bytes)
}
