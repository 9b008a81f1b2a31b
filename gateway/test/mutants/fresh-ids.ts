// The gateway with one fault: a page that is tried again is sent under another id.
import http, { type RequestOptions } from 'node:http'
import { syncBuiltinESMExports } from 'node:module'

const tried = new Map<string, number>()
const { request } = http
http.request = ((options: RequestOptions) => {
  const headers = options.headers as Record<string, string> | undefined
  const id = headers?.['webhook-id']
  if (headers !== undefined && id !== undefined) {
    const tries = tried.get(id) ?? 0
    tried.set(id, tries + 1)
    if (tries > 0) headers['webhook-id'] = `${id}-${tries}`
  }
  return request(options)
}) as typeof request
syncBuiltinESMExports()

await import('../pager-crash-points.ts')
