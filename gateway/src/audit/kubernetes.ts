// CronJobs of Kubernetes, from what `kubectl get cronjobs -A -o json` prints or from manifests.
import type { PlacedDocument } from '../config/yaml.ts'
import { at, fieldsOf, listOf, textOf } from './fields.ts'
import type { Found, Owner } from './job.ts'
import type { Site } from './site.ts'
import { goCronWhen } from './when.ts'

export function kubernetesJobs(site: Site, file: string, documents: readonly PlacedDocument[]): readonly Found[] {
  return documents.flatMap(({ value, lineOf }) => {
    const items = listOf(at(value, 'items'))
    const isList = /List$/.test(textOf(at(value, 'kind')) ?? '') || items.length > 0
    const objects = isList ? items : [value]
    return objects.flatMap((object, index) => {
      const path = isList ? ['items', index] : []
      const line = lineOf([...path, 'spec', 'schedule'])
      const isJob = at(object, 'kind') === 'CronJob' || (isList && at(object, 'spec', 'jobTemplate') !== undefined)
      if (!isJob) return []
      const schedule = textOf(at(object, 'spec', 'schedule')) ?? ''
      if (schedule !== '' && !schedule.includes('{{')) return [jobOf(object, schedule, file, line)]
      site.blind.push({ where: `${file}:${line}`, why: 'a template that is to be filled in', kind: 'kubernetes' })
      return []
    })
  })
}

const OWNERS = ['owner', 'team', 'app.kubernetes.io/owner', 'maintainer', 'contact']

function jobOf(object: unknown, schedule: string, file: string, line: number): Found {
  const name = textOf(at(object, 'metadata', 'name')) ?? textOf(at(object, 'metadata', 'generateName')) ?? 'cronjob'
  const spec = fieldsOf(at(object, 'spec'))
  const zone = textOf(spec['timeZone'])
  const owner = ownerOf(object)
  const notes: string[] = []
  if (zone === undefined && !/TZ=/.test(schedule)) notes.push('no timeZone: taken as UTC, it is that of the controller')
  if (spec['concurrencyPolicy'] === 'Forbid') notes.push('Forbid: a start is left out while the last run goes on')
  return {
    kind: 'kubernetes',
    group: textOf(at(object, 'metadata', 'namespace')) ?? 'default',
    title: name,
    command: commandOf(spec['jobTemplate']),
    when: goCronWhen(schedule, zone ?? 'UTC', 'never'),
    file,
    line,
    notes,
    evidence: JSON.stringify(spec['jobTemplate'] ?? ''),
    seam: 'a ping goes into the command of its container',
    ...(owner !== undefined && { owner }),
    ...(spec['suspend'] === true && { stopped: 'it is suspended' }),
  }
}

function ownerOf(object: unknown): Owner | undefined {
  for (const place of ['annotations', 'labels']) {
    const values = fieldsOf(at(object, 'metadata', place))
    for (const key of OWNERS) {
      const name = textOf(values[key])
      if (name !== undefined) return { name, from: 'label' }
    }
  }
  return undefined
}

function commandOf(template: unknown): string {
  const containers = listOf(at(template, 'spec', 'template', 'spec', 'containers'))
  const commands = containers.map((container) => {
    const words = [...listOf(at(container, 'command')), ...listOf(at(container, 'args'))].map(String)
    return words.length > 0 ? words.join(' ') : (textOf(at(container, 'image')) ?? '')
  })
  return commands.join('; ')
}
