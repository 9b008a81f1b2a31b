// A page as a mail over SMTP. The only user of nodemailer, which gets a connection that is checked as every other is.
import type { Socket } from 'node:net'
import { createTransport, type SendMailOptions } from 'nodemailer'
import type { Channel, Delivery } from '../app/channel.ts'
import { SECOND } from '../domain/time.ts'
import { type DialLimits, type DialOptions, type Lookup, overConnection, serverNameOf } from './channel-dial.ts'
import { composeEmail, type EmailAddresses } from './channel-email-text.ts'
import type { Guard } from './channel-guard.ts'

export type SmtpServer = {
  /** As `URL` gives it: IPv4 in its dotted form, IPv6 in brackets. */
  readonly host: string
  readonly port: number
  /** TLS from the first byte; otherwise STARTTLS where it is offered. */
  readonly isSecure: boolean
  /** Never sent before the connection is encrypted. */
  readonly login?: { readonly user: string; readonly password: string }
}

export type EmailOptions = EmailAddresses & {
  readonly name: string
  readonly server: SmtpServer
  readonly guard: Guard
  readonly limits?: DialLimits
  readonly lookup?: Lookup
}

export const SMTP_LIMITS: DialLimits = { connect: 5 * SECOND, total: 30 * SECOND }

/** Delivered once the server took the mail for anybody: one bad address must not bring it to all others again. */
export function createEmailChannel({ name, server, from, to, limits = SMTP_LIMITS, ...dial }: EmailOptions): Channel {
  const { host, port, isSecure } = server
  const target = { hostname: host, port, ...(isSecure && { tls: { protocols: [] } }) }
  const options: DialOptions = { ...dial, limits }
  return {
    name,
    async deliver(page, stop) {
      const mail = composeEmail(page, { from, to })
      const outcome = await overConnection<Delivery>(target, stop, options, (socket) =>
        send(mail, socket, server, limits.total),
      )
      if (outcome.kind === 'forbidden') return { kind: 'refused', why: outcome.why }
      return outcome.kind === 'unreachable' ? { kind: 'retry', why: outcome.why } : outcome
    },
  }
}

/** Rejects where the server gave no reply that tells what became of the mail. */
async function send(mail: SendMailOptions, socket: Socket, server: SmtpServer, limit: number): Promise<Delivery> {
  const { host, port, isSecure, login } = server
  const transport = createTransport({
    host: host.replace(/^\[|\]$/g, ''),
    port,
    secure: isSecure,
    requireTLS: login !== undefined,
    tls: { servername: serverNameOf(host) },
    connectionTimeout: limit,
    greetingTimeout: limit,
    socketTimeout: limit,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(login !== undefined && { auth: { user: login.user, pass: login.password } }),
    getSocket: (_, callback) => callback(null, { connection: socket, secured: isSecure }),
  })
  try {
    await transport.sendMail(mail)
    return { kind: 'delivered' }
  } catch (error) {
    const { responseCode, command } = error as { readonly responseCode?: number; readonly command?: string }
    if (responseCode === undefined) throw error
    const why = `answered ${responseCode} to ${command}${command === 'STARTTLS' ? '; a password goes over TLS only' : ''}`
    return { kind: responseCode >= 500 ? 'refused' : 'retry', why }
  } finally {
    transport.close()
  }
}
