// Devices that a file gives their tokens.
import { nameProblem } from '@overdue/device-sdk/wire'
import type { DeviceFields } from './fields.ts'
import { type Report, show, showSecret } from './report.ts'
import type { DeviceSettings } from './settings.ts'

export function readDevices(list: readonly (DeviceFields | undefined)[], report: Report): readonly DeviceSettings[] {
  const [names, tokens] = [new Set<string>(), new Set<string>()]
  return list.flatMap((fields, index) => {
    if (fields === undefined) return []
    const { name = '', token = '' } = fields
    const path = `devices[${index}]`
    const found = fields.name === undefined ? 'nothing' : show(name)
    if (name === '' || name.includes('/') || nameProblem(name) !== undefined) report.add(`${path}.name`, DEVICE, found)
    else if (names.has(name)) report.add(`${path}.name`, 'a name of its own', `${found}, which is declared above`)
    if (!TOKEN_SHAPE.test(token))
      report.add(`${path}.token`, TOKEN, fields.token === undefined ? 'nothing' : showSecret(token))
    else if (tokens.has(token)) report.add(`${path}.token`, 'a token of its own', 'the token of another device')
    names.add(name)
    tokens.add(token)
    return [{ name, token }]
  })
}

const DEVICE = 'the first level of a name: up to 63 letters, digits, "-" or "_"'
const TOKEN = 'dev_ and 22 letters, digits, "-" or "_"'
const TOKEN_SHAPE = /^dev_[A-Za-z0-9_-]{22}$/
