// The headers that keep a browser safe with what the gateway sends it: of every answer, and of every page. A page that
// needs others says so itself.
import type { Headers } from './http-route.ts'

/** Where people sign in; `?next=` is where they are sent after it. */
export const SIGN_IN = '/sign-in'

export const ANSWER_OF_ALL: Headers = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' }

/** Of what has this type, beside those of all. */
export function securityOf(type: string): Headers {
  return type.startsWith('text/html') ? PAGE : {}
}

/** Nothing inline, nothing from elsewhere, in nobody's frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
]

const PAGE: Headers = {
  'Content-Security-Policy': POLICY.join('; '),
  // With `no-referrer`, a form would say that it comes from nowhere, and be refused.
  'Referrer-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'X-Robots-Tag': 'noindex',
}
