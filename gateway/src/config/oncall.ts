// On-call schedules as the file declares them: layers of rotations among its responders, and overrides.
import type { OnCall, Override, Rotation } from '../domain/oncall.ts'
import { isWrong } from '../domain/problem.ts'
import type { Instant } from '../domain/time.ts'
import { parseWindow } from '../domain/window.ts'
import { type Zone, zoneNamed } from '../domain/zone.ts'
import { readName } from './channels.ts'
import type { LayerFields, OnCallFields, OverrideFields } from './fields.ts'
import { anchorOf, LOCAL_TIME, readEvery, readHandoff, readMoment } from './oncall-times.ts'
import { nearest, type Report, show } from './report.ts'
import type { ResponderSettings } from './settings.ts'

export type OnCallRules = {
  /** Of a schedule that names none. */
  readonly zone: string
  readonly responders: readonly ResponderSettings[]
  /** Names that a schedule may not have: those of channels and responders. */
  readonly taken: Iterable<string>
}

export function readOnCall(
  list: readonly (OnCallFields | undefined)[],
  { zone: otherwise, responders, taken }: OnCallRules,
  report: Report,
): readonly OnCall[] {
  const names = new Set(taken)
  const people = new Set(responders.map(({ name }) => name))
  return list.flatMap((fields, index): OnCall[] => {
    if (fields === undefined) return []
    const path = `oncall[${index}]`
    const name = readName(fields.name, `${path}.name`, names, report)
    const zone = readZone(fields.zone ?? otherwise, `${path}.zone`, report)
    const { layers = [], overrides = [] } = fields
    if (layers.length === 0) report.add(`${path}.layers`, 'at least one layer', 'nothing')
    return [
      {
        name,
        zone: zone.name,
        layers: layers.flatMap((layer, place) =>
          layer === undefined ? [] : readLayer(layer, `${path}.layers[${place}]`, zone, people, report),
        ),
        overrides: overrides.flatMap((override, place) =>
          override === undefined ? [] : readOverride(override, `${path}.overrides[${place}]`, zone, people, report),
        ),
      },
    ]
  })
}

function readZone(name: string, path: string, report: Report): Zone {
  const zone = zoneNamed(name)
  if (zone === undefined) report.add(path, 'an IANA zone such as Europe/Riga', show(name))
  return zone ?? (zoneNamed('UTC') as Zone)
}

function readLayer(
  fields: LayerFields,
  path: string,
  zone: Zone,
  people: ReadonlySet<string>,
  report: Report,
): readonly Rotation[] {
  const { rotate = [] } = fields
  if (rotate.length === 0) report.add(`${path}.rotate`, 'the names of responders, in turn', 'nothing')
  rotate.forEach((who, place) => void checkPerson(who, `${path}.rotate[${place}]`, people, report))
  const every = readEvery(fields.every, `${path}.every`, report)
  const during = readHours(fields, path, report)
  const from = readMoment(fields.from, `${path}.from`, zone, true, report)
  const to = readMoment(fields.to, `${path}.to`, zone, true, report)
  checkOrder(from, to, fields, path, report)
  if (every === undefined) return []
  const handoff = readHandoff(fields.handoff, `${path}.handoff`, { text: fields.every, length: every }, report)
  return [
    {
      ...{ rotate, every, anchor: anchorOf(every, handoff, from, zone) },
      ...(during !== undefined && { during }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
    },
  ]
}

/** Days without hours are whole days. */
function readHours({ hours, on }: LayerFields, path: string, report: Report): Rotation['during'] {
  if (hours === undefined && on === undefined) return undefined
  const during = { window: hours ?? '00:00-24:00', on: String(on ?? '') }
  const parsed = parseWindow(during.window, during.on, `${path}.hours`, `${path}.on`)
  if (isWrong(parsed)) report.problems.push(...parsed.problems)
  return isWrong(parsed) ? undefined : during
}

function readOverride(
  fields: OverrideFields,
  path: string,
  zone: Zone,
  people: ReadonlySet<string>,
  report: Report,
): readonly Override[] {
  const { who } = fields
  if (who === undefined) report.add(`${path}.who`, 'the name of a responder', 'nothing')
  else checkPerson(who, `${path}.who`, people, report)
  for (const key of ['from', 'to'] as const)
    if (fields[key] === undefined) report.add(`${path}.${key}`, LOCAL_TIME, 'nothing')
  const from = readMoment(fields.from, `${path}.from`, zone, false, report)
  const to = readMoment(fields.to, `${path}.to`, zone, false, report)
  checkOrder(from, to, fields, path, report)
  return who === undefined || from === undefined || to === undefined ? [] : [{ who, from, to }]
}

function checkPerson(who: string | undefined, path: string, people: ReadonlySet<string>, report: Report): void {
  if (who === undefined || people.has(who)) return
  report.add(path, `the name of a responder${nearest(who, people)}`, show(who))
}

function checkOrder(
  from: Instant | undefined,
  to: Instant | undefined,
  written: { readonly from?: string; readonly to?: string },
  path: string,
  report: Report,
): void {
  if (from === undefined || to === undefined || to > from) return
  report.add(`${path}.to`, `a time after from (${show(written.from)})`, show(written.to))
}
