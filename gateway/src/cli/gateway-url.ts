// The gateway that a command speaks to: where it is, how to prove that one may, and why it can't be reached.
import { join } from 'node:path'
import type { Variables } from '../config/env.ts'

/** `--url`, else `OVERDUE_URL`, else this machine, without a slash at its end; or what is wrong with it, without showing it. */
export function gatewayUrl(env: Variables, option?: string): { readonly url: string } | { readonly problem: string } {
  const text = option ?? (env['OVERDUE_URL'] || 'http://127.0.0.1:8080')
  const from = option === undefined ? 'OVERDUE_URL' : '--url'
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    return { problem: `${from}: expected an address such as http://gateway:8080, got something else` }
  if (url.username !== '' || url.password !== '')
    return { problem: `${from}: expected an address without user and password: a key goes into OVERDUE_TOKEN` }
  return { url: text.replace(/\/+$/, '') }
}

/** `OVERDUE_TOKEN`, or the admin's from the data folder; empty: neither. `readFile` throws when it can't. */
export function apiToken(env: Variables, readFile: (path: string) => string): string {
  if (env['OVERDUE_TOKEN']) return env['OVERDUE_TOKEN']
  try {
    return readFile(join(env['OVERDUE_DATA'] || './data', 'admin-token'))
  } catch {
    return ''
  }
}

/** What no header can carry is left out, since the error that tells of it would show the token. */
export function bearer(token: string | undefined): Readonly<Record<string, string>> {
  const sendable = token?.replaceAll(/[^\x21-\x7e]/g, '')
  return sendable ? { Authorization: `Bearer ${sendable}` } : {}
}

/** What went wrong on the way, in one line: also the cause that fetch hides, and the code of what failed several times. */
export function reasonOf(error: unknown): string {
  const { name, message, code, cause } = error as Error & { code?: string; cause?: { code?: string; message?: string } }
  if (name === 'TimeoutError') return 'no answer in time'
  return cause?.message || cause?.code || message || code || name
}
