import { describe, expect, it } from 'vitest'
import { certify } from '../adapters/certificate.stage.ts'
import { isWrong } from '../domain/problem.ts'
import { readDocument } from './document.ts'

const own = certify('localhost')
const other = certify('localhost')
const FILES: Readonly<Record<string, string>> = {
  '/etc/overdue/cert.pem': own.certificate,
  '/etc/overdue/key.pem': own.key,
  '/etc/overdue/other.key': other.key,
}

function read(text: string) {
  return readDocument(text, {
    ...{ env: {}, environment: {}, hostZone: 'UTC', file: '/etc/overdue/overdue.yaml' },
    readFile(path) {
      const found = FILES[path]
      if (found === undefined) throw new Error(`no file ${path}`)
      return found
    },
  })
}

function problems(text: string): readonly string[] {
  const checked = read(text)
  return isWrong(checked) ? checked.problems.map(({ path, found }) => `${path}: ${found}`) : []
}

describe('where the gateway listens', () => {
  it('with TLS has a certificate and a key, from files beside its own or filled in', () => {
    const paths = read('listen: { mqtts: "0.0.0.0:8883", tls: { cert: cert.pem, key: /etc/overdue/key.pem } }\n')
    const filled = read(
      'listen: { mqtts: "0.0.0.0:8883", tls: { cert: "${file:cert.pem}", key: "${file:key.pem}" } }\n',
    )
    const tls = { cert: own.certificate.trim(), key: own.key.trim(), clients: 'optional' }
    for (const checked of [paths, filled])
      expect(checked).toMatchObject({ value: { mqtts: { address: { host: '0.0.0.0', port: 8883 }, tls } } })
  })

  it.each<[string, readonly string[]]>([
    ['listen: { mqtts: "0.0.0.0:8883" }', ['listen.tls: nothing']],
    ['listen: { tls: { cert: cert.pem, key: key.pem } }', ['listen.mqtts: nothing']],
    ['listen: { mqtts: "0.0.0.0", tls: { cert: cert.pem, key: key.pem } }', ['listen.mqtts: "0.0.0.0"']],
    [
      'listen: { mqtts: "0.0.0.0:1", tls: { cert: none.pem } }',
      ['listen.tls.cert: "none.pem"', 'listen.tls.key: nothing'],
    ],
    [
      'listen: { mqtts: "0.0.0.0:1", tls: { cert: cert.pem, key: other.key } }',
      ['listen.tls: ERR_OSSL_X509_KEY_VALUES_MISMATCH'],
    ],
    [
      'listen: { mqtts: "0.0.0.0:1", tls: { cert: cert.pem, key: key.pem, clients: required } }',
      ['listen.tls.ca: nothing'],
    ],
    ['listen: { proxies: ["10.0.0.0/8", "10.0.0.1/8"] }', ['listen.proxies[1]: "10.0.0.1/8"']],
    ['limits: { connections: 0, burst: many }', ['limits.connections: 0', 'limits.burst: "many"']],
  ])('%s', (text, expected) => expect(problems(`${text}\n`)).toEqual(expected))

  it('shows no key in a problem', () => {
    const found = problems('listen: { mqtts: "0.0.0.0:1", tls: { cert: cert.pem, key: my-secret-key } }\n')
    expect(found.join()).toMatch(/^listen.tls.key/)
    expect(found.join()).not.toContain('my-secret-key')
  })
})
