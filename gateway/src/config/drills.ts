// Drills that are planned: which heartbeat's way to its people is tried when.
import type { PlannedDrill } from '../domain/drill.ts'
import type { Name } from '../domain/names.ts'
import { checkSchedule } from '../domain/schedule.ts'
import type { DrillFields } from './fields.ts'
import { nearest, type Report, show } from './report.ts'

export type DrillRules = {
  readonly heartbeats: readonly { readonly name: Name }[]
  /** Of a drill that names none. */
  readonly zone: string
}

export function readDrills(
  list: readonly (DrillFields | undefined)[],
  rules: DrillRules,
  report: Report,
): readonly PlannedDrill[] {
  if (list.length === 0) return []
  const names = new Set(rules.heartbeats.map(({ name }) => name))
  return list.flatMap((fields, index) =>
    fields === undefined ? [] : [readDrill(fields, `drills[${index}]`, names, rules.zone, report)],
  )
}

function readDrill(
  { heartbeat, cron, zone = '' }: DrillFields,
  path: string,
  names: ReadonlySet<Name>,
  fileZone: string,
  report: Report,
): PlannedDrill {
  if (heartbeat === undefined) report.add(`${path}.heartbeat`, A_HEARTBEAT, 'nothing')
  else if (!names.has(heartbeat))
    report.add(`${path}.heartbeat`, `${A_HEARTBEAT}${nearest(heartbeat, names)}`, show(heartbeat))
  const plan = { heartbeat: heartbeat ?? '', cron: cron ?? '', zone: zone || fileZone }
  if (cron === undefined) report.add(`${path}.cron`, 'a cron line such as "0 10 * * mon"', 'nothing')
  else report.problems.push(...checkSchedule({ kind: 'cron', cron, zone: plan.zone }, path))
  return plan
}

const A_HEARTBEAT = 'the name of a heartbeat of this file'
