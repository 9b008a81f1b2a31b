// Badges for whoever has no token: of what the configuration makes public under its name, of all else under an address that
// nobody guesses. What may not be shown and what is not there look the same.
import type { Answer, Asked, Headers, Route } from '../adapters/http-route.ts'
import { createPace } from '../adapters/in-turns.ts'
import { facetsOf } from '../app/read-board.ts'
import { type Badge, badgeSvg, shieldsJson } from './badge.ts'
import { BADGE_KINDS, type BadgeKind } from './badge-marks.ts'
import { type Html, html, pathTo } from './html.ts'
import { badgeOf, badgeOfMany } from './standing.ts'
import type { ConsoleWorld } from './world.ts'

export function badgeRoutes(world: ConsoleWorld): readonly Route[] {
  const route = (path: string, kindOf: (asked: Asked) => BadgeKind | undefined, isSigned = false): Route => ({
    ...{ method: 'GET', path, for: 'nobody', docs: { summary: 'A badge' } },
    async answer(asked: Asked) {
      const kind = kindOf(asked)
      const [, stem = '', type] = /^(.+)\.(svg|json)$/su.exec(asked.params['file'] ?? '') ?? []
      const first = asked.params['first']
      const name = first === undefined ? stem : `${first}/${stem}`
      if (kind === undefined || type === undefined) return { problem: 'not-found' }
      const isShown = isSigned
        ? world.marks.isMark(asked.params['mark'] ?? '', kind, name)
        : isPublic(world, kind, name)
      const badge = isShown ? await badgeFor(world, kind, name) : undefined
      return badge === undefined ? { problem: 'not-found' } : answerBadge(badge, type as 'svg' | 'json')
    },
  })
  const signedKind = ({ params }: Asked): BadgeKind | undefined => BADGE_KINDS.find((kind) => kind === params['kind'])
  return [
    route('/badge/:file', () => 'heartbeat'),
    route('/badge/:first/:file', () => 'heartbeat'),
    route('/badge/group/:file', () => 'group'),
    route('/badge/tag/:file', () => 'tag'),
    route('/badge/signed/:mark/:kind/:file', signedKind, true),
  ]
}

/** Where the badge of a heartbeat is: under its name where that is public, else where nobody guesses. */
export function badgePath(world: ConsoleWorld, kind: BadgeKind, name: string, type: 'svg' | 'json'): string {
  const file = `${name}.${type}`
  if (!isPublic(world, kind, name)) return pathTo('badge', 'signed', world.marks.markOf(kind, name), kind, file)
  return kind === 'heartbeat' ? pathTo('badge', file) : pathTo('badge', kind, file)
}

/** The badge of a heartbeat, and its address to paste, for beside its page. */
export function badgeSection(world: ConsoleWorld, name: string): Html {
  const path = badgePath(world, 'heartbeat', name, 'svg')
  const who = isPublic(world, 'heartbeat', name) ? 'Anybody may see it.' : 'Whoever has its address sees it.'
  return html`<section aria-labelledby="bd"><h2 id="bd">Badge</h2>
<p><img src="${path}" alt="Badge of ${name}" height="20"></p><p>${who} For Shields it ends in .json.</p>
<p><code id="badge">${world.live.url}${path}</code></p><p><button class="btn" type="button" data-copy="badge">Copy<span class="sr"> the badge’s address</span></button></p></section>`
}

function isPublic({ live: { published }, registry }: ConsoleWorld, kind: BadgeKind, name: string): boolean {
  if (published.badges) return true
  if (kind === 'tag') return false
  const group = kind === 'group' ? name : registry.roster.termsOf(registry.find(name))?.group
  return group !== undefined && published.groups.includes(group)
}

async function badgeFor({ registry }: ConsoleWorld, kind: BadgeKind, name: string): Promise<Badge | undefined> {
  if (kind === 'heartbeat') {
    const number = registry.find(name)
    return number === -1 ? undefined : badgeOf(name, registry.state(number).verdict)
  }
  // Counted in turns by whoever asks first, and for nothing from then on.
  const { groups, tags } = await facetsOf(registry, createPace(Number.POSITIVE_INFINITY))
  return badgeOfMany(name, (kind === 'group' ? groups : tags).get(name))
}

/** Any page may show it, and a proxy may keep it for a minute. */
const HEADERS: Headers = {
  'Cache-Control': 'public, max-age=60',
  'Access-Control-Allow-Origin': '*',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Content-Security-Policy': "default-src 'none'; sandbox",
}

function answerBadge(badge: Badge, type: 'svg' | 'json'): Answer {
  if (type === 'json') return { status: 200, json: shieldsJson(badge), headers: HEADERS }
  return { status: 200, text: badgeSvg(badge).text, type: 'image/svg+xml; charset=utf-8', headers: HEADERS }
}
