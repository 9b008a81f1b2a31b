import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ParsedMail, simpleParser } from 'mailparser'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PageBody } from '../domain/page.ts'
import { plainText } from '../domain/page-lines.ts'
import { deliver, MailRoom, refusal } from './channel-email.stage.ts'
import { ACKNOWLEDGED, DRILL, hostilePage, RESOLVED, TRIGGERED } from './channel-examples.stage.ts'
import { pageExample } from './page-example.stage.ts'

let room: MailRoom
beforeEach(() => {
  room = new MailRoom()
})
afterEach(async () => {
  await room[Symbol.asyncDispose]()
})

async function mailOf(page: PageBody): Promise<ParsedMail & { raw: string }> {
  const port = await room.smtp()
  expect(await deliver({ port }, page)).toEqual({ kind: 'delivered' })
  const raw = room.mails.at(-1)?.raw ?? ''
  return { ...(await simpleParser(raw)), raw }
}

describe('a page as a mail', () => {
  it.each([
    ['triggered', TRIGGERED],
    ['resolved', RESOLVED],
  ])('that is %s is the recorded example', async (state, page) => {
    const { raw } = await mailOf(page)
    const file = join(import.meta.dirname, 'channel-examples', `email-${state}.eml`)
    if (process.env['RECORD_EXAMPLES'] === '1') writeFileSync(file, raw)
    expect(raw).toBe(readFileSync(file, 'utf8'))
  })

  it('goes to everyone at once, with the first line as its subject and both parts', async () => {
    const mail = await mailOf(TRIGGERED)
    expect(mail.from?.text).toBe('"Overdue" <overdue@beats.example.org>')
    expect([mail.to].flat().map((to) => to?.text)).toEqual(['ana@example.org, "Ben" <ben@example.org>'])
    expect(room.mails[0]?.recipients).toEqual(['ana@example.org', 'ben@example.org'])
    expect(mail.subject).toBe(TRIGGERED.text)
    expect(mail.date?.toISOString()).toBe(TRIGGERED.at.replace(/\.\d+/, '.000'))
    expect(mail.text?.trim()).toBe(plainText(TRIGGERED))
    expect(mail.html).toContain('<b>Owner:</b> ana')
    expect(mail.html).toContain('<a href="https://beats.example.org/answer/acknowledge-token">Acknowledge</a>')
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated')
  })

  it('is the same mail on every try, and in one thread with all about the same', async () => {
    const mails = [await mailOf(TRIGGERED), await mailOf(TRIGGERED), await mailOf(ACKNOWLEDGED), await mailOf(RESOLVED)]
    expect(mails.map(({ messageId }) => messageId)).toEqual([
      '<page-0001@beats.example.org>',
      '<page-0001@beats.example.org>',
      '<page-0002@beats.example.org>',
      '<page-0003@beats.example.org>',
    ])
    expect(mails[0]?.raw).toBe(mails[1]?.raw)
    for (const { inReplyTo, references } of mails) {
      expect([inReplyTo, references]).toEqual(Array(2).fill('<about.inc-0001@beats.example.org>'))
    }
  })

  it('is urgent while somebody has to act, and not once it is over', async () => {
    expect((await mailOf(TRIGGERED)).headers.get('priority')).toBe('high')
    expect((await mailOf(RESOLVED)).headers.has('importance')).toBe(false)
  })

  it('that is a drill says so first', async () => {
    expect((await mailOf(DRILL)).subject).toMatch(/^DRILL/)
  })

  it('shows what users wrote as they wrote it, and never as markup or headers', async () => {
    const page = hostilePage()
    const { html, headers, subject } = await mailOf({ ...page, text: `${page.text}\r\nBcc: eve@example.org` })
    expect(html).not.toMatch(/<script|<p>alert|href="javascript/)
    expect(html).toContain('&#60;script&#62;')
    expect(headers.has('bcc')).toBe(false)
    expect(subject).toContain('Bcc: eve@example.org')
    expect(room.mails.at(-1)?.recipients).toHaveLength(2)
  })
})

describe('what a mail server says', () => {
  it.each([
    ['the connection', 'onConnect', 421, 'retry', 'CONN'],
    ['the connection', 'onConnect', 554, 'refused', 'CONN'],
    ['the sender', 'onMailFrom', 451, 'retry', 'MAIL FROM'],
    ['the sender', 'onMailFrom', 550, 'refused', 'MAIL FROM'],
    ['all recipients', 'onRcptTo', 450, 'retry', 'RCPT TO'],
    ['all recipients', 'onRcptTo', 550, 'refused', 'RCPT TO'],
    ['the mail', 'onData', 452, 'retry', 'DATA'],
    ['the mail', 'onData', 554, 'refused', 'DATA'],
  ] as const)('about %s (%s, %i) makes it %s', async (_, step, code, kind, command) => {
    // biome-ignore lint/suspicious/noExplicitAny: the callback is the last of two or three arguments.
    const say = (...args: any[]): void => {
      if (step === 'onData') args[0].resume().on('end', () => args.at(-1)(refusal(code)))
      else args.at(-1)(refusal(code))
    }
    const port = await room.smtp({ [step]: say })
    expect(await deliver({ port })).toEqual({ kind, why: `answered ${code} to ${command}` })
    expect(room.mails).toEqual([])
  })

  it('about one recipient of two does not keep the mail from the other', async () => {
    const port = await room.smtp({
      onRcptTo: ({ address }, _, callback) => callback(address.startsWith('ana') ? refusal(550) : null),
    })
    expect(await deliver({ port })).toEqual({ kind: 'delivered' })
    expect(room.mails[0]?.recipients).toEqual(['ben@example.org'])
  })
})

describe('a mail server that says nothing', () => {
  const limits = { connect: 150, total: 300 }

  it('is tried again when it does not greet, or hangs with the mail in its hands', async () => {
    const silent = await room.plain(() => {})
    expect(await deliver({ port: silent }, pageExample(), { limits })).toEqual({
      kind: 'retry',
      why: 'no answer within 300ms',
    })
    const hanging = await room.smtp({ onData: (stream) => void stream.resume() })
    expect((await deliver({ port: hanging }, pageExample(), { limits })).kind).toBe('retry')
  })

  it('is tried again when it closes, resets, speaks something else, or is not there', async () => {
    const answers = [
      (socket: { end(): void }) => socket.end(),
      (socket: { resetAndDestroy(): void }) => socket.resetAndDestroy(),
      (socket: { end(text: string): void }) => socket.end('220 mail.test\r\n'),
    ]
    for (const answer of answers) {
      const port = await room.plain(answer as Parameters<MailRoom['plain']>[0])
      expect(await deliver({ port }, pageExample(), { limits })).toMatchObject({ kind: 'retry' })
    }
    const closed = await room.plain(() => {})
    await room[Symbol.asyncDispose]()
    expect(await deliver({ port: closed })).toMatchObject({
      kind: 'retry',
      why: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('is tried again when its name does not resolve', async () => {
    const lookup = () => Promise.reject(new Error('getaddrinfo ENOTFOUND mail.test'))
    expect(await deliver({}, pageExample(), { lookup })).toEqual({
      kind: 'retry',
      why: 'getaddrinfo ENOTFOUND mail.test',
    })
  })

  it('is left when the gateway stops', async () => {
    const stop = new AbortController()
    const port = await room.plain(() => stop.abort())
    expect(await deliver({ port }, pageExample(), {}, stop.signal)).toEqual({
      kind: 'retry',
      why: 'the gateway is stopping',
    })
  })
})
