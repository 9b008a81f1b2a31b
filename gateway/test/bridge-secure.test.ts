import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { certify } from '../src/adapters/certificate.stage.ts'
import { eventually, HAS_MOSQUITTO, mosquitto } from './broker-room.ts'
import { GatewayProcess } from './process.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'overdue-tls-'))
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

function certificates(): { readonly lines: readonly string[]; readonly ca: string } {
  const { key, certificate } = certify('localhost')
  const [ca, keyFile] = [join(FOLDER, 'ca.pem'), join(FOLDER, 'key.pem')]
  writeFileSync(ca, certificate)
  writeFileSync(keyFile, key)
  return { ca, lines: ['allow_anonymous true', `certfile ${ca}`, `keyfile ${keyFile}`] }
}

describe.runIf(HAS_MOSQUITTO)('a bridge to a broker with TLS', () => {
  it('hears where it is told whom to trust, and does not trust anybody else', async () => {
    const { lines, ca } = certificates()
    await using broker = await mosquitto(lines).up()
    const url = `mqtts://localhost:${broker.port}`
    const text = `bridges: [{ name: strange, url: "${url}" }, { name: known, url: "${url}", ca: "${ca}" }]\n`
    await using gateway = await new GatewayProcess(text).start()
    const items = async () =>
      (await gateway.get('/bridges')).body as { items: readonly { state: string; why: string }[] }
    await eventually(items, ({ items: [, known] }) => known?.state === 'hearing')
    const { items: all } = await eventually(items, ({ items: [strange] }) => strange?.state === 'deaf')
    expect(all[0]?.why).toMatch(/self-signed certificate/)
  })
})
