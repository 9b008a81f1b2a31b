// What came with a signal: escaped and bounded on a page, and whole as a file to keep, never as something that a browser
// shows by itself.
import type { Asked, Route } from '../adapters/http-route.ts'
import { html, pathTo } from './html.ts'
import { missing } from './missing.ts'
import { page } from './page.ts'
import { asked } from './query.ts'
import { bytes } from './words.ts'
import { answerHtml, type ConsoleWorld, show, viewerOf } from './world.ts'

/** Of a body, on the page and inside of a row. */
const SHOWN = 100_000
const SHOWN_IN_ROW = 4_000

export function bodyRoutes(world: ConsoleWorld): readonly Route[] {
  const { ledger } = world

  async function find({ params }: Asked): Promise<Uint8Array | undefined> {
    const seq = Number(params['seq'])
    if (!Number.isSafeInteger(seq)) return undefined
    // It has to be a signal of this very heartbeat.
    const [newest] = await ledger.history(params['name'] as string, seq + 1, 1)
    return newest?.seq === seq ? ledger.body(seq) : undefined
  }

  return [
    page('/heartbeats/:name/signals/:seq/body', 'What came with a signal', async (asking) => {
      const [name, seq] = [asking.params['name'] as string, asking.params['seq'] as string]
      const body = await find(asking)
      if (body === undefined) return missing(world, asking, 'body')
      const most = asked(asking.query, 'part') === 'text' ? SHOWN_IN_ROW : SHOWN
      const file = `${pathTo('heartbeats', name, 'signals', seq, 'body.txt')}`
      const rest = body.length > most && html` The first ${bytes(most)} are shown.`
      const text = html`<pre tabindex="0">${textOf(body.subarray(0, most))}</pre><p class="soft">${bytes(body.length)}.${rest} <a href="${file}">Download</a></p>`
      if (most === SHOWN_IN_ROW) return answerHtml(text)
      const main = html`<header class="lead"><nav aria-label="Path"><ol class="crumb"><li><a href="/">Board</a></li><li><a href="${pathTo('heartbeats', name)}">${name}</a></li></ol></nav><h1>What it said</h1></header>${text}`
      return show(world, { title: `Body of ${name}`, place: 'board', viewer: viewerOf(asking), main })
    }),
    page('/heartbeats/:name/signals/:seq/body.txt', 'The same as a file', async (asking) => {
      const body = await find(asking)
      if (body === undefined) return missing(world, asking, 'body')
      return { status: 200, text: textOf(body), type: 'text/plain; charset=utf-8', headers: ALONE }
    }),
  ]
}

/** Bytes that are no UTF-8 are shown as such. */
function textOf(body: Uint8Array): string {
  return new TextDecoder().decode(body)
}

const ALONE: Readonly<Record<string, string>> = {
  'Content-Disposition': 'attachment; filename="body.txt"',
  'Content-Security-Policy': "default-src 'none'; sandbox",
}
