// Where the gateway listens: who can reach it, and what to do when it can't listen at all.

/** Nobody but this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** Why nothing can listen there, for people. */
export function refusalOf({
  code,
  message,
  address,
  port,
}: NodeJS.ErrnoException & { port?: number; address?: string }): string {
  const where = `${address ?? ''}:${port ?? ''}`
  if (code === 'EADDRINUSE')
    return `cannot listen on ${where}: something else listens there; name another in overdue.yaml (listen) or OVERDUE_HTTP and OVERDUE_MQTT`
  if (code === 'EACCES') return `cannot listen on ${where}: no right to; ports below 1024 need it`
  return `cannot listen: ${message}`
}
