// Silences and maintenance windows: what is in force, what comes, what is over; and the form that makes one.
import { randomBytes } from 'node:crypto'
import { readMute } from '../adapters/http-mute-body.ts'
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { previewMute } from '../app/read-muted.ts'
import { describeMatch, isSpent, type Mute, nextSpell, spellAt } from '../domain/mute.ts'
import { formatProblem, isWrong } from '../domain/problem.ts'
import { DAY, formatDuration, NEVER } from '../domain/time.ts'
import { at, type Clock, until } from './clock.ts'
import { mayAct, order, type Posted, refuse } from './deed.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField, deed, page } from './page.ts'
import { asked as askedFor } from './query.ts'
import { bodyOf, FIELDS, previewOf, silenceForm, type Written } from './silence-form.ts'
import { counted } from './words.ts'
import { answerHtml, type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function silenceRoutes(world: ConsoleWorld): readonly Route[] {
  const { scene, now } = world
  return [
    page('/silences', 'What is muted', (asked) => showSilences(world, asked)),
    page('/silences/preview', 'What a silence would mute now', (asked) => answerHtml(preview(world, writtenIn(asked)))),
    deed('/silences', 'Mutes what it matches', (asked: Posted) => {
      const written = asked.body ?? {}
      const kind: Mute['kind'] = written['kind'] === 'maintenance' ? 'maintenance' : 'silence'
      const body = bodyOf(written, scene().zone, viewerOf(asked).name)
      const read = readMute(body, kind, scene().zone, now())
      if (isWrong(read)) return refuse(world, asked, { problem: 'bad-request', flaws: read.problems }, '/silences#new')
      const id = `${kind === 'silence' ? 'silence' : 'window'}-${randomBytes(12).toString('base64url')}`
      const { by, reason = '' } = body
      return order(
        world,
        asked,
        { kind: 'mute', mute: { id, kind, ...read.value, by, reason, declaredBy: 'api' } },
        '/silences',
      )
    }),
    deed('/silences/:id/end', 'It pages again', (asked: Posted) => {
      const id = asked.params['id'] as string
      const mute = [...scene().mutes()].find((each) => each.id === id)
      if (mute?.declaredBy === 'file') {
        const flaw = {
          path: 'id',
          expected: 'one that no file declares',
          found: `one that ${world.live.file} declares`,
        }
        return refuse(world, asked, { problem: 'declared-by-file', flaws: [flaw] }, '/silences')
      }
      return order(world, asked, { kind: 'unmute', mute: id, by: viewerOf(asked).name }, '/silences')
    }),
  ]
}

function showSilences(world: ConsoleWorld, asked: Asked): Answer {
  const { scene, registry } = world
  const clock = clockOf(world)
  const viewer = viewerOf(asked)
  const all = [...scene().mutes()].slice(-MOST_SHOWN)
  const inForce = all.filter((mute) => spellAt(mute, clock.now) !== undefined)
  const coming = all.filter((mute) => !inForce.includes(mute) && !isSpent(mute, clock.now))
  const over = all.filter((mute) => isSpent(mute, clock.now) && endOf(mute) > clock.now - 7 * DAY).reverse()
  const title =
    inForce.length === 0
      ? 'Nothing is muted'
      : `${counted(inForce.length, 'silence')} ${inForce.length === 1 ? 'is' : 'are'} in force`
  const held = [...registry.open()].filter(({ mute }) => mute?.by === 'silence' || mute?.by === 'maintenance').length
  const lists = [
    ['In force', inForce],
    ['Coming', coming],
    ['Over', over.slice(0, 20)],
  ] as const
  const main = html`<header class="lead" id="lead" data-live><h1>${title}</h1>
<p>${held === 0 ? 'No open incident is held back by one.' : `${counted(held, 'open incident')} ${held === 1 ? 'pages' : 'page'} nobody because of that.`} A silence is somebody’s word of the moment, a maintenance window is planned. What is muted is still judged and shown.</p></header>
<div class="stack" id="mutes" data-live>${lists.map(([word, mutes]) => (mutes.length === 0 ? undefined : list(word, mutes, world, clock, viewer)))}</div>
${mayAct(viewer) && silenceForm(writtenIn(asked), scene().zone, viewer, preview(world, writtenIn(asked)))}`
  return show(world, { title, place: 'silences', viewer, main })
}

function list(word: string, mutes: readonly Mute[], world: ConsoleWorld, clock: Clock, viewer: Viewer): Html {
  const id = word.toLowerCase().replace(' ', '-')
  const mayEnd = mayAct(viewer) && word !== 'Over'
  return html`<section aria-labelledby="${id}"><header class="head"><h2 id="${id}">${word}</h2></header>
<table class="runs list mutes"><thead><tr><th scope="col">What</th><th scope="col">When</th><th scope="col">Why</th><th scope="col" class="c-x">Holds back</th>${mayEnd && html`<th scope="col" class="r"><span class="sr">End</span></th>`}</tr></thead>
<tbody>${mutes.map((mute) => {
    const held = world.registry.casebook.mutedBy(mute.kind, mute.id).size
    return html`<tr><th scope="row">${describeMatch(mute.match)}<small>${mute.kind === 'silence' ? 'silence' : 'maintenance'} by ${mute.by || 'the file'}</small></th><td>${whenOf(mute, clock)}</td><td class="c-m">${mute.reason || '–'}</td><td class="c-x">${held === 0 ? 'nothing' : counted(held, 'incident')}</td>${mayEnd && html`<td class="r">${end(mute, world, viewer)}</td>`}</tr>`
  })}</tbody></table></section>`
}

function end({ id, declaredBy, match }: Mute, { live }: ConsoleWorld, viewer: Viewer): Html {
  if (declaredBy === 'file') return html`<small>in ${live.file.split('/').at(-1) || 'the file'}</small>`
  return html`<form method="post" action="${pathTo('silences', id, 'end')}">${csrfField(viewer)}<button class="btn" type="submit">End<span class="sr"> the silence of ${describeMatch(match)}</span></button></form>`
}

function whenOf(mute: Mute, clock: Clock): Html {
  const spell = spellAt(mute, clock.now)
  const repeats =
    'cron' in mute.when
      ? html`<small class="code">${mute.when.cron} for ${formatDuration(mute.when.for)}, ${mute.when.zone}</small>`
      : undefined
  if (spell !== undefined) return html`until ${at(spell.until, clock)}, ${until(spell.until, clock)}${repeats}`
  const next = nextSpell(mute, clock.now)
  if (next === NEVER) return html`ended ${at(endOf(mute), clock)}`
  const last = 'until' in mute.when ? mute.when.until : next + mute.when.for
  return html`${at(next, clock)} to ${at(last, clock)}${repeats}`
}

function endOf({ when }: Mute): number {
  return 'until' in when ? when.until : NEVER
}

/** What the form holds so far, after "What would it mute?" or a link that leads here. */
function writtenIn({ query }: Asked): Written {
  const keys = [...FIELDS, 'severity', 'all', 'for', 'from', 'kind', 'cron', 'reason']
  return Object.fromEntries(keys.map((key) => [key, askedFor(query, key)]))
}

function preview({ registry, scene, now }: ConsoleWorld, written: Written): Html {
  if ([...FIELDS, 'severity', 'all'].every((key) => (written[key] ?? '') === '')) return previewOf(undefined)
  const kind: Mute['kind'] = written['kind'] === 'maintenance' ? 'maintenance' : 'silence'
  const read = readMute(bodyOf(written, scene().zone, ''), kind, scene().zone, now())
  return isWrong(read)
    ? previewOf(undefined, read.problems.map(formatProblem).join('; '))
    : previewOf(previewMute(registry, read.value.match))
}

const MOST_SHOWN = 500
