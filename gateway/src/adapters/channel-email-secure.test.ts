// Where mails may go and under which cover: the guard, STARTTLS, TLS, passwords.
import { lookup as systemLookup } from 'node:dns/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certify } from './certificate.stage.ts'
import { deliver, MailRoom } from './channel-email.stage.ts'
import { createGuard } from './channel-guard.ts'
import { pageExample } from './page-example.stage.ts'

const { key, certificate: cert } = certify('mail.test')
const SYSTEM_AUTHORITIES = getCACertificates('default')
const LOGIN = { user: 'overdue', password: 'pässword' }

let room: MailRoom
beforeEach(() => {
  room = new MailRoom()
  setDefaultCACertificates([...SYSTEM_AUTHORITIES, cert])
})
afterEach(async () => {
  setDefaultCACertificates(SYSTEM_AUTHORITIES)
  await room[Symbol.asyncDispose]()
})

describe('a mail server that offers STARTTLS', () => {
  const starttls = { key, cert, disabledCommands: [] }

  it('gets the mail and the password encrypted', async () => {
    const port = await room.smtp(starttls)
    expect(await deliver({ port, login: LOGIN })).toEqual({ kind: 'delivered' })
    expect(room.mails[0]?.session).toMatchObject({ secure: true, user: 'overdue' })
    expect(room.logins).toEqual(['overdue:pässword'])
  })

  it('gets nothing when nobody vouches for its certificate', async () => {
    setDefaultCACertificates(SYSTEM_AUTHORITIES)
    const port = await room.smtp(starttls)
    for (const login of [{}, { login: LOGIN }]) {
      const delivery = await deliver({ port, ...login })
      expect(delivery).toMatchObject({ kind: 'retry', why: expect.stringMatching(/self-signed|unable to/) })
    }
    expect([room.mails, room.logins]).toEqual([[], []])
  })

  it('gets nothing when its certificate is for another name', async () => {
    const port = await room.smtp(starttls)
    const delivery = await deliver({ host: 'other.test', port, login: LOGIN })
    expect(delivery).toMatchObject({ kind: 'retry', why: expect.stringContaining('altnames') })
    expect([room.mails, room.logins]).toEqual([[], []])
  })
})

describe('a mail server that offers no TLS', () => {
  it('gets a mail, for whoever asks for no password', async () => {
    expect(await deliver({ port: await room.smtp() })).toEqual({ kind: 'delivered' })
    expect(room.mails[0]?.session.secure).toBe(false)
  })

  it('never gets a password', async () => {
    const port = await room.smtp({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    const delivery = await deliver({ port, login: LOGIN })
    expect(delivery).toMatchObject({ kind: 'refused', why: expect.stringContaining('a password goes over TLS only') })
    expect([room.mails, room.logins]).toEqual([[], []])
  })
})

describe('a mail server with TLS from the first byte', () => {
  const smtps = { secure: true, key, cert, disabledCommands: [] }

  it('gets the mail and the password', async () => {
    const port = await room.smtp(smtps)
    expect(await deliver({ port, isSecure: true, login: LOGIN })).toEqual({ kind: 'delivered' })
    expect(room.mails[0]?.session).toMatchObject({ secure: true, servername: 'mail.test', user: 'overdue' })
  })

  it('gets nothing under another name', async () => {
    const port = await room.smtp(smtps)
    const delivery = await deliver({ host: 'other.test', port, isSecure: true })
    expect(delivery).toMatchObject({ kind: 'retry', why: expect.stringContaining('altnames') })
    expect(room.mails).toEqual([])
  })

  it('that refuses the password is not asked again', async () => {
    const port = await room.smtp({ ...smtps, onAuth: (_, __, callback) => callback(new Error('no')) })
    const delivery = await deliver({ port, isSecure: true, login: LOGIN })
    expect(delivery).toMatchObject({ kind: 'refused', why: expect.stringMatching(/^answered 535 to AUTH/) })
    expect(JSON.stringify(delivery)).not.toContain(LOGIN.password)
  })
})

describe('a mail server on loopback that nobody opened', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '017700000001',
    '0x7f.0.0.1',
    '0',
    '0.0.0.0',
    'localhost',
    'LocalHost',
    '[::1]',
    '[::]',
    '[::127.0.0.1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::127.0.0.1]',
    '[2002:7f00:1::]',
  ])('is never reached as %s', async (host) => {
    let connections = 0
    const port = await room.plain(() => {
      connections += 1
    })
    const lookup = async (name: string) => (await systemLookup(name, { all: true })).map(({ address }) => address)
    const options = { guard: createGuard([]), limits: { connect: 400, total: 800 }, lookup }
    for (const isSecure of [false, true]) {
      const delivery = await deliver({ host, port, isSecure }, pageExample(), options)
      expect(delivery.kind).toBe('refused')
    }
    expect(connections).toBe(0)
  })

  it('is never reached through a name that leads to it', async () => {
    const options = { guard: createGuard([]), lookup: async () => ['127.0.0.1', '::1', 'fe80::1%eth0'] }
    expect(await deliver({}, pageExample(), options)).toEqual({
      kind: 'refused',
      why: 'mail.test leads to 127.0.0.1, ::1, fe80::1%eth0, which webhooks may not reach unless webhooks.allow names it',
    })
  })

  it('gets not one byte when the peer is not the address that was chosen', async () => {
    let bytes = 0
    const port = await room.plain((socket) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length
      })
    })
    const delivery = await deliver({ host: '0.0.0.0', port }, pageExample(), { guard: createGuard(['0.0.0.0/32']) })
    expect(delivery).toMatchObject({ kind: 'refused', why: expect.stringContaining('127.0.0.1') })
    expect(bytes).toBe(0)
  })
})
