// Schedules of sidekiq-cron and sidekiq-scheduler: maps or lists of jobs with `cron`, `every` or `interval`.
import type { PlacedDocument } from '../config/yaml.ts'
import { at, fieldsOf, listOf, textOf } from './fields.ts'
import type { Found, When } from './job.ts'
import type { Site } from './site.ts'
import { goDuration, systemdSpan } from './spans.ts'
import { goCronWhen, whenOf } from './when.ts'

export function sidekiqJobs(site: Site, file: string, documents: readonly PlacedDocument[]): readonly Found[] {
  return documents.flatMap(({ value, lineOf }) => {
    const [path, schedule] = scheduleIn(value)
    const entries: readonly (readonly [string | number, unknown])[] = Array.isArray(schedule)
      ? [...schedule.entries()]
      : Object.entries(fieldsOf(schedule))
    return entries.flatMap(([key, body]): Found[] => {
      const said = (name: string): unknown => fieldsOf(body)[name] ?? fieldsOf(body)[`:${name}`]
      const written = textOf(said('cron'))
      const every =
        textOf(listOf(said('every'))[0] ?? said('every')) ?? textOf(listOf(said('interval'))[0] ?? said('interval'))
      const worker = textOf(said('class'))
      if ((written === undefined && every === undefined) || (worker === undefined && !Array.isArray(schedule)))
        return []
      const isOff = said('status') === 'disabled' || said('enabled') === false
      const description = textOf(said('description'))
      return [
        {
          kind: 'sidekiq',
          group: site.group,
          title: textOf(said('name')) ?? String(key),
          command: worker ?? '',
          when: written === undefined ? whenOfEvery(every as string) : whenOfCron(written, site.zone),
          file,
          line: lineOf([...path, key, 'cron']),
          seam: 'a ping goes to the end of the job’s perform',
          ...(description !== undefined && { description }),
          ...(isOff && { stopped: 'it is disabled' }),
        },
      ]
    })
  })
}

/** At the top, or where sidekiq.yml keeps it; keys may be Ruby's symbols. */
function scheduleIn(value: unknown): readonly [readonly string[], unknown] {
  for (const path of [
    [':scheduler', ':schedule'],
    ['scheduler', 'schedule'],
    [':schedule'],
    ['schedule'],
    ['production'],
  ]) {
    const found = at(value, ...path)
    if (typeof found === 'object' && found !== null) return [path, found]
  }
  return [[], value]
}

/** Five fields or six, of which the first is the second; a zone may stand behind them; or a few plain sentences. */
function whenOfCron(written: string, hostZone: string): When {
  const text = written.trim()
  const [, cron, zone] = /^(.*?)\s+([A-Z][A-Za-z_]+\/[A-Za-z_/+-]+|UTC|Z)$/.exec(text) ?? []
  if (/^[\d*@]/.test(text)) return { ...goCronWhen(cron ?? text, zoneNameOf(zone) ?? hostZone, 'maybe'), written: text }
  const span = /^every\s+((?:\d+\s*)?[a-z]+)$/i.exec(text)?.[1]
  if (span !== undefined) return whenOfEvery(span)
  return { written: text, why: 'it is written in plain words' }
}

function zoneNameOf(zone: string | undefined): string | undefined {
  return zone === 'Z' ? 'UTC' : zone
}

function whenOfEvery(text: string): When {
  const plain = text.trim().toLowerCase()
  const duration = goDuration(plain) ?? systemdSpan(/^\d/.test(plain) ? plain : `1 ${plain}`)
  return duration === undefined
    ? { written: text, why: `no duration: ${text}` }
    : whenOf(`every ${text}`, { kind: 'every', every: duration })
}
