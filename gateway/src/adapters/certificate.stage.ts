// Certificates that nobody vouches for, for tests of TLS.
import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto'

export type Certified = { readonly name: string; readonly key: string; readonly certificate: string }

/** An X.509 v3 certificate (RFC 5280) for one name, and its key: signed by itself, or by `issuer`. */
export function certify(name: string, issuer?: Certified): Certified {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = der(0x30, oid('2a8648ce3d040302'))
  const called = (who: string) => der(0x30, der(0x31, der(0x30, oid('550403'), der(0x0c, Buffer.from(who)))))
  const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x18, Buffer.from('20991231235959Z')))
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' })
  const names = der(0x30, oid('551d11'), der(0x04, der(0x30, der(0x82, Buffer.from(name)))))
  const version = der(0xa0, der(0x02, Buffer.of(2)))
  const serial = der(0x02, Buffer.of(issuer === undefined ? 1 : 2))
  const mayIssue = der(0x30, oid('551d13'), der(0x04, der(0x30, der(0x01, Buffer.of(255)))))
  const extensions = der(0xa3, der(0x30, names, ...(issuer === undefined ? [mayIssue] : [])))
  const parties = [called(issuer?.name ?? name), validity, called(name)]
  const content = der(0x30, version, serial, algorithm, ...parties, publicKey, extensions)
  const signature = der(0x03, Buffer.of(0), sign('sha256', content, issuer?.key ?? key))
  const base64 = der(0x30, content, algorithm, signature).toString('base64')
  const certificate = `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return { name, key: key.export({ type: 'pkcs8', format: 'pem' }) as string, certificate }
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  return Buffer.concat([
    length < 128 ? Buffer.of(tag, length) : Buffer.of(tag, 0x82, length >> 8, length & 255),
    content,
  ])
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}
