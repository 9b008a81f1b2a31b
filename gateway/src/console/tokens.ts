// Tokens of the API and of sign-ins: who has which, until when it is good; made, rotated and revoked. Each is shown once.
import { randomBytes } from 'node:crypto'
import { carryOut } from '../adapters/http-command.ts'
import { readFor } from '../adapters/http-mute-body.ts'
import type { Answer, Asked, Route } from '../adapters/http-route.ts'
import { makeToken, markOf } from '../adapters/http-tokens.ts'
import { isWrong } from '../domain/problem.ts'
import { DAY, HOUR } from '../domain/time.ts'
import { isGoodToken, TOKEN_SCOPES, type Token, type TokenScope } from '../domain/token.ts'
import { ago, at, type Clock, until } from './clock.ts'
import { lineOf, order, type Posted, refuse } from './deed.ts'
import type { Viewer } from './frame.ts'
import { type Html, html, pathTo } from './html.ts'
import { csrfField, deed, page } from './page.ts'
import { counted } from './words.ts'
import { type ConsoleWorld, clockOf, show, viewerOf } from './world.ts'

export function tokenPageRoutes(world: ConsoleWorld): readonly Route[] {
  const { registry, ledger, now } = world
  const { grants } = registry.casebook
  const forAdmin = (route: Route): Route => ({ ...route, for: 'admin' })

  async function make(asked: Posted): Promise<Answer> {
    const scope = lineOf(asked, 'scope') as TokenScope
    const name = lineOf(asked, 'name', 100)
    const lasts = lineOf(asked, 'for')
    const read = lasts === '' ? undefined : readFor(lasts, HOUR, 3_660 * DAY)
    const flaws = [
      ...(name === '' ? [{ path: 'name', expected: 'whom or what it is for', found: 'nothing' }] : []),
      ...(TOKEN_SCOPES.includes(scope) ? [] : [{ path: 'scope', expected: TOKEN_SCOPES.join(', '), found: scope }]),
      ...(read !== undefined && isWrong(read) ? read.problems : []),
    ]
    if (flaws.length > 0) return refuse(world, asked, { problem: 'bad-request', flaws }, '/tokens')
    const secret = makeToken()
    const token: Token = {
      ...{ id: `token-${randomBytes(9).toString('base64url')}`, name, scope, ...markOf(secret) },
      ...{ madeAt: now(), by: viewerOf(asked).name },
      ...(read !== undefined && !isWrong(read) && { expiresAt: now() + read.value }),
    }
    const refusal = await carryOut(ledger, { kind: 'makeToken', token })
    return refusal === undefined
      ? shownOnce(world, asked, token.name, secret)
      : refuse(world, asked, refusal, '/tokens')
  }

  async function rotate(asked: Posted): Promise<Answer> {
    const id = asked.params['id'] as string
    const secret = makeToken()
    const mark = { ...markOf(secret), overlap: DAY, by: viewerOf(asked).name }
    const refusal = await carryOut(ledger, { kind: 'rotateToken', token: id, ...mark })
    if (refusal !== undefined) return refuse(world, asked, refusal, '/tokens')
    return shownOnce(world, asked, grants.token(id)?.name ?? id, secret, 'The one before is good for another day.')
  }

  return [
    forAdmin(page('/tokens', 'Tokens', (asked) => showTokens(world, asked))),
    forAdmin(deed('/tokens', 'Makes a token, and shows it this once', make)),
    forAdmin(deed('/tokens/:id/rotate', 'Gives it another secret', rotate)),
    forAdmin(
      deed('/tokens/:id/revoke', 'It is good no more', (asked: Posted) => {
        const token = asked.params['id'] as string
        return order(world, asked, { kind: 'revokeToken', token, by: viewerOf(asked).name }, '/tokens')
      }),
    ),
  ]
}

function showTokens(world: ConsoleWorld, asked: Asked): Answer {
  const clock = clockOf(world)
  const viewer = viewerOf(asked)
  const tokens = world.registry.casebook.grants.tokens()
  const good = tokens.filter((token) => isGoodToken(token, clock.now))
  const title =
    good.length === 0
      ? 'Only the admin’s own token is good'
      : `${counted(good.length, 'token')} ${good.length === 1 ? 'is' : 'are'} good`
  const main = html`<header class="lead"><h1>${title}</h1>
<p>A token opens the API and signs people in here. Of each the gateway keeps a digest only. The admin’s own, of the environment or the data folder, is not in this list and good for ever.</p></header>
<div class="stack"><section aria-labelledby="to"><header class="head"><h2 id="to">Tokens</h2></header>${
    tokens.length === 0
      ? html`<p class="soft">None yet. Give everybody one of their own, so that what they do is theirs.</p>`
      : table(tokens, world, clock, viewer)
  }</section>
<section aria-labelledby="mk"><header class="head"><h2 id="mk">Make one</h2></header>
<form class="form grid" method="post" action="/tokens">${csrfField(viewer)}
<p><label for="t-name">For whom or what</label><input id="t-name" name="name" required maxlength="100" placeholder="ana, or the wall display"></p>
<p><label for="t-scope">May</label><select id="t-scope" name="scope"><option value="read">look</option><option value="write">look and change</option><option value="admin">everything, tokens too</option></select></p>
<p><label for="t-for">Good for</label><select id="t-for" name="for"><option value="">as long as it is not revoked</option><option value="1d">a day</option><option value="7d">a week</option><option value="30d">30 days</option><option value="90d">90 days</option><option value="365d">a year</option></select></p>
<p class="acts all"><button class="btn main" type="submit">Make token</button></p>
</form></section></div>`
  return show(world, { title, place: 'tokens', viewer, main })
}

function table(tokens: readonly Token[], { access }: ConsoleWorld, clock: Clock, viewer: Viewer): Html {
  return html`<table class="runs list"><thead><tr><th scope="col">For</th><th scope="col">May</th><th scope="col">Good</th><th scope="col">Last used</th><th scope="col" class="wide-c"><span class="sr">Change</span></th></tr></thead>
<tbody>${tokens.map((token) => {
    const { id, name, scope, last4, by, madeAt, expiresAt, previous } = token
    const used = access.lastUsedAt(id)
    const isGood = isGoodToken(token, clock.now)
    const good =
      expiresAt === undefined
        ? 'until it is revoked'
        : isGood
          ? html`until ${at(expiresAt, clock)}, ${until(expiresAt, clock)}`
          : html`<span class="soft">expired ${ago(expiresAt, clock)}</span>`
    const before =
      previous !== undefined &&
      previous.until > clock.now &&
      html`<small>the one before, too, until ${at(previous.until, clock)}</small>`
    return html`<tr><th scope="row">${name}<small>…${last4}, made by ${by} ${at(madeAt, clock)}</small></th><td>${scope}</td><td>${good}${before}</td><td><span class="unit">last used </span>${used === undefined ? html`<span class="soft">not since the start</span>` : ago(used, clock)}</td><td class="wide-c"><form class="row" method="post" action="${pathTo('tokens', id, 'rotate')}">${csrfField(viewer)}<button class="btn" type="submit">Rotate<span class="sr"> ${name}</span></button><button class="btn" type="submit" formaction="${pathTo('tokens', id, 'revoke')}">Revoke<span class="sr"> ${name}</span></button></form></td></tr>`
  })}</tbody></table>`
}

/** The only page that ever holds it; nothing of it is kept, and no address leads here again. */
function shownOnce(world: ConsoleWorld, asked: Asked, name: string, secret: string, more = ''): Answer {
  const title = `The token for ${name}`
  const main = html`<header class="lead"><h1>${title}</h1><p>It is shown this once. ${more}</p></header>
<dl class="secrets"><div><dt>Token</dt><dd><code id="token">${secret}</code> <button class="btn main" type="button" data-copy="token">Copy</button></dd></div></dl>
<p class="acts"><a class="btn" href="/tokens">Done</a></p>`
  return show(world, { title, place: 'tokens', viewer: viewerOf(asked), main })
}
