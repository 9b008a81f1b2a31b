// Where the gateway is that a command speaks to.
import type { Variables } from '../config/env.ts'

/** `OVERDUE_URL` without a slash at its end, or this machine. */
export function gatewayUrl(env: Variables): string {
  return (env['OVERDUE_URL'] || 'http://127.0.0.1:8080').replace(/\/+$/, '')
}

/** What went wrong on the way, in one line: the cause that fetch hides. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } }
  return cause?.message || cause?.code || message
}
