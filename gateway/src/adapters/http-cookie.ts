// The cookie of a session, and where a request of a browser comes from. It is `__Host-sid` over TLS and on this machine,
// where browsers keep such a cookie (Chromium does, for localhost and 127.0.0.1); over plain HTTP from elsewhere none does,
// and it is `sid`, which is as good as the network in between.
import type { Asked, Headers } from './http-route.ts'

type Sent = Asked['headers']

export function sessionCookieOf(headers: Sent): string | undefined {
  const name = isSecure(headers) ? SECURE_NAME : PLAIN_NAME
  for (const pair of String(headers['cookie'] ?? '').split(';')) {
    const [key = '', value] = pair.trim().split('=', 2)
    if (key === name && value !== undefined && value !== '') return value
  }
  return undefined
}

/** Keeps a session for `seconds`; 0: no longer. */
export function cookieHeader(headers: Sent, value: string, seconds: number): Headers {
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${Math.max(0, Math.floor(seconds))}`
  const pair = isSecure(headers) ? `${SECURE_NAME}=${value}; Secure` : `${PLAIN_NAME}=${value}`
  return { 'Set-Cookie': `${pair}; ${attributes}` }
}

/** Whether a request was made by a page of this very origin. Browsers say so themselves where they trust the origin. */
export function isOwnSite(headers: Sent): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const origin = URL.parse(String(headers['origin'] ?? ''))
  return origin !== null && origin.host === hostOf(headers)
}

/** Whether it says that another site made it. What is no browser says nothing. */
export function isOtherSite(headers: Sent): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  return (site !== undefined || origin !== undefined) && !isOwnSite(headers)
}

const SECURE_NAME = '__Host-sid'
const PLAIN_NAME = 'sid'

const THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

/** Whoever lies about it only gets a cookie that their own browser does not keep. */
function isSecure(headers: Sent): boolean {
  return schemeOf(headers) === 'https' || THIS_MACHINE.test(String(headers['host'] ?? ''))
}

/** As the proxy in front says. */
function schemeOf(headers: Sent): 'http' | 'https' {
  return String(headers['x-forwarded-proto'] ?? '').split(',', 1)[0] === 'https' ? 'https' : 'http'
}

/** As the browser wrote it, without the port that its scheme has anyway. */
function hostOf(headers: Sent): string | undefined {
  return URL.parse(`${schemeOf(headers)}://${headers['host'] ?? ''}`)?.host
}
