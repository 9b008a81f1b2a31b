// What a start says to the person who started it.
import { formatAddress } from './config/literals.ts'
import type { Address, Settings } from './config/settings.ts'

export type Started = {
  readonly http: Address
  readonly mqtt: Address | undefined
  readonly mqtts: Address | undefined
  readonly newAdminToken: string | undefined
}

export function* greeting({ http, mqtt, mqtts, newAdminToken }: Started, { data, file }: Settings): Iterable<string> {
  const url = `http://${formatAddress(http)}`
  const [plain, secure] = [mqtt && `mqtt://${formatAddress(mqtt)}`, mqtts && `mqtts://${formatAddress(mqtts)}`]
  const places = [url, plain, secure].filter((place) => place !== undefined)
  yield `Overdue listens on ${new Intl.ListFormat('en').format(places)}.`
  yield `Its data is in ${data}, its configuration ${file === '' ? 'is the default: there is no overdue.yaml' : `in ${file}`}.`
  yield ''
  yield 'Try it:'
  yield `  curl -fsS '${url}/ping/nightly-backup?create=1&every=10s'`
  if (mqtt !== undefined) {
    yield `  mosquitto_pub -h ${mqtt.host} -p ${mqtt.port} -q 1 -t hb/nightly-backup -n`
  }
  if (newAdminToken === undefined) return
  yield ''
  yield `The admin token, shown this once and kept in ${data}/admin-token:`
  yield `  ${newAdminToken}`
}
