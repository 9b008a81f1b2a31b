// Standard Webhooks signatures: HMAC-SHA256 over `<id>.<timestamp>.<body>`. https://www.standardwebhooks.com
import { createHmac } from 'node:crypto'

/** True for `whsec_` and the base64 of 24 to 64 bytes. */
export function isSecret(text: string): boolean {
  if (!text.startsWith(PREFIX)) return false
  const key = keyOf(text)
  const written = text.slice(PREFIX.length)
  return key.length >= 24 && key.length <= 64 && unpadded(key.toString('base64')) === unpadded(written)
}

/** The `webhook-signature`: one `v1,<base64>` per secret, so that a receiver may know the old one or the new one. */
export function sign(secrets: readonly string[], id: string, timestampSeconds: number, body: string): string {
  const content = `${id}.${timestampSeconds}.${body}`
  return secrets.map((secret) => `v1,${createHmac('sha256', keyOf(secret)).update(content).digest('base64')}`).join(' ')
}

const PREFIX = 'whsec_'

function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64')
}

function unpadded(base64: string): string {
  return base64.replace(/={1,2}$/, '')
}
