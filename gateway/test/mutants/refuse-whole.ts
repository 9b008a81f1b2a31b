// Preloaded into each thread, one fault: a batch with a line that is refused is dead as a whole.
import { registerHooks } from 'node:module'

const RIGHT = 'part.length === 1 || isLost'

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    if (!url.endsWith('/influx-bisect.ts')) return loaded
    const source = String(loaded.source)
    if (!source.includes(RIGHT)) throw new Error(`influx-bisect.ts: expected ${RIGHT}, which this mutant changes`)
    return { ...loaded, source: source.replace(RIGHT, 'true') }
  },
})
