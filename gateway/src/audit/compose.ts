// Jobs that are labels of containers: ofelia's, and those of swarm-cronjob. Both run on Go's cron.
import type { PlacedDocument } from '../config/yaml.ts'
import { at, fieldsOf, listOf, textOf } from './fields.ts'
import type { Found } from './job.ts'
import type { Site } from './site.ts'
import { goCronWhen } from './when.ts'

export function composeJobs(site: Site, file: string, documents: readonly PlacedDocument[]): readonly Found[] {
  return documents.flatMap(({ value, lineOf }) => {
    const services = fieldsOf(at(value, 'services'))
    const zone = zoneOf(services)
    return Object.entries(services).flatMap(([service, body]) => {
      const labels = [
        ...labelsOf(at(body, 'labels'), ['labels']),
        ...labelsOf(at(body, 'deploy', 'labels'), ['deploy', 'labels']),
      ]
      return labels.flatMap(({ key, value: schedule, path }): Found[] => {
        const [, kind, name] = /^(?:ofelia|chadburn)\.(job-[a-z-]+)\.(.+)\.schedule$/.exec(key) ?? []
        const isSwarm = key === 'swarm.cronjob.schedule'
        if (name === undefined && !isSwarm) return []
        const command = labels.find((label) => label.key === key.replace(/schedule$/, 'command'))?.value
        const isOff = isSwarm && labels.some((label) => label.key === 'swarm.cronjob.enable' && label.value !== 'true')
        return [
          {
            kind: 'compose',
            group: site.group,
            title: name ?? service,
            command: command ?? textOf(at(body, 'command')) ?? service,
            when: /\$/.test(schedule)
              ? { written: schedule, why: 'a variable fills it in' }
              : goCronWhen(schedule, zone ?? 'UTC', 'maybe'),
            file,
            line: lineOf(['services', service, ...path]),
            notes: [
              ...(name === undefined ? [] : [`${kind} in ${service}`]),
              ...(zone === undefined ? ['no TZ in the scheduler’s environment: taken as UTC'] : []),
            ],
            seam: 'a ping goes into the command of the label',
            ...(isOff && { stopped: 'its label says so' }),
          },
        ]
      })
    })
  })
}

type Label = { readonly key: string; readonly value: string; readonly path: readonly (string | number)[] }

/** A map, or a list of `key=value`. */
function labelsOf(labels: unknown, path: readonly string[]): readonly Label[] {
  const listed = listOf(labels).flatMap((item, index): Label[] => {
    const [, key, value] = /^\s*([^=]+?)\s*=\s*(.*)$/s.exec(textOf(item) ?? '') ?? []
    return key === undefined ? [] : [{ key, value: unquoted(value as string), path: [...path, index] }]
  })
  const mapped = Object.entries(fieldsOf(labels)).flatMap(([key, value]): Label[] => {
    const text = textOf(value)
    return text === undefined ? [] : [{ key, value: text, path: [...path, key] }]
  })
  return [...listed, ...mapped]
}

function unquoted(text: string): string {
  return /^(["'])(.*)\1$/s.exec(text)?.[2] ?? text
}

/** The zone of the service that schedules. */
function zoneOf(services: Readonly<Record<string, unknown>>): string | undefined {
  for (const body of Object.values(services)) {
    if (!/ofelia|chadburn|swarm-cronjob/.test(textOf(at(body, 'image')) ?? '')) continue
    const environment = at(body, 'environment')
    const own = textOf(at(environment, 'TZ'))
    const listed = listOf(environment).flatMap((item) => /^TZ=(.+)$/.exec(String(item))?.[1] ?? [])
    if (own !== undefined || listed[0] !== undefined) return own ?? listed[0]
  }
  return undefined
}
