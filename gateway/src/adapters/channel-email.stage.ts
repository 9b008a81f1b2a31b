// A mail server on loopback that keeps what it is given, and what it is told to say about it.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server'
import type { Delivery } from '../app/channel.ts'
import type { PageBody } from '../domain/page.ts'
import { createEmailChannel, type EmailOptions, type SmtpServer } from './channel-email.ts'
import { createGuard } from './channel-guard.ts'
import { pageExample } from './page-example.stage.ts'

export type Received = {
  readonly raw: string
  readonly session: SMTPServerSession
  /** Whom the server was asked to bring it to. */
  readonly recipients: readonly string[]
}

export class MailRoom implements AsyncDisposable {
  readonly mails: Received[] = []
  /** Every login that was tried. */
  readonly logins: string[] = []
  readonly #closers: (() => Promise<void>)[] = []

  /** Its port. */
  async smtp(options: SMTPServerOptions = {}): Promise<number> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      authOptional: true,
      closeTimeout: 100,
      onAuth: (auth, _, callback) => {
        this.logins.push(`${auth.username}:${auth.password}`)
        callback(null, { user: auth.username })
      },
      onData: (stream, session, callback) => {
        const chunks: Buffer[] = []
        const recipients = session.envelope.rcptTo.map(({ address }) => address)
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          this.mails.push({ raw: Buffer.concat(chunks).toString(), session, recipients })
          callback()
        })
      },
      ...options,
    })
    server.on('error', () => {})
    return await this.#open(
      server.server,
      () => server.listen(0, '127.0.0.1'),
      (done) => server.close(done),
    )
  }

  /** A server that says what it is told to and hears nothing; its port. */
  async plain(answer: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => {
      sockets.add(socket.on('error', () => {}))
      answer(socket)
    })
    const close = (done: () => void): void => {
      for (const socket of sockets) socket.destroy()
      server.close(done)
    }
    return await this.#open(server, () => server.listen(0, '127.0.0.1'), close)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const close of this.#closers.splice(0)) await close()
  }

  async #open(server: Server, listen: () => void, close: (done: () => void) => void): Promise<number> {
    listen()
    await once(server, 'listening')
    this.#closers.push(() => new Promise((resolve) => close(() => resolve())))
    return (server.address() as AddressInfo).port
  }
}

/** What `onMailFrom` and its like are given to say no. */
export function refusal(responseCode: number): Error {
  return Object.assign(new Error('no'), { responseCode })
}

export async function deliver(
  server: Partial<SmtpServer>,
  page: PageBody = pageExample(),
  options: Partial<EmailOptions> = {},
  stop: AbortSignal = new AbortController().signal,
): Promise<Delivery> {
  const channel = createEmailChannel({
    name: 'mail',
    server: { host: 'mail.test', port: 25, isSecure: false, ...server },
    from: 'Overdue <overdue@beats.example.org>',
    to: ['ana@example.org', 'Ben <ben@example.org>'],
    guard: createGuard(['127.0.0.0/8']),
    lookup: async () => ['127.0.0.1'],
    limits: { connect: 2_000, total: 5_000 },
    ...options,
  })
  return await channel.deliver(page, stop)
}
