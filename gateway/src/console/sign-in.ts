// Where a token becomes a session. The API takes the form; this is what people see of it.
import type { Asked, Route } from '../adapters/http-route.ts'
import { html } from './html.ts'
import { asked } from './query.ts'
import { type ConsoleWorld, show } from './world.ts'

export function signInRoutes(world: ConsoleWorld): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/sign-in',
      for: 'nobody',
      docs: { summary: 'Where people sign in' },
      answer({ query }: Asked) {
        const why = WHY[asked(query, 'why')]
        const main = html`<header class="lead">
  <h1>Sign in</h1>
  <p>With a token. Whoever runs the gateway hands them out; the first stands in <code>data/admin-token</code>.</p>
</header>
<form class="form sign-in" method="post" action="/sign-in">
  <input type="text" name="user" value="overdue" autocomplete="username" hidden readonly>
  <input type="hidden" name="next" value="${asked(query, 'next') || '/'}">
  <p><label for="token">Token</label><input type="password" id="token" name="token" class="code" autocomplete="current-password" spellcheck="false" required autofocus${why && html` aria-invalid="true" aria-describedby="why"`}>
  ${why && html`<strong id="why" class="flaw" role="alert">${why}</strong>`}<small>It begins with ovd_. The session lasts a week, and no longer than the token.</small></p>
  <p><button class="btn main" type="submit">Sign in</button></p>
</form>`
        return show(world, { title: 'Sign in', viewer: undefined, main })
      },
    },
  ]
}

const WHY: Readonly<Record<string, string>> = {
  unauthorized: 'This token is not known, or no longer good.',
  'too-many': 'Too many wrong tokens came from this address. It is open again in a minute.',
  'cross-site': 'The form came from another site. Send it from here.',
}
