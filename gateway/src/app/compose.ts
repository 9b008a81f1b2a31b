// From a page that is queued to what its channel is given: the incident, the storm or the notice as it is now.
import type { PageBody } from '../domain/page.ts'
import { heartbeatOnPage, incidentPage, noticePage, type PageSetting, stormPage } from '../domain/page-compose.ts'
import type { Unsettled } from './casebook.ts'
import type { Registry } from './registry.ts'

/** Undefined where what it is about is not known any more. */
export function compose(
  page: Unsettled,
  attempt: number,
  registry: Registry,
  setting: PageSetting,
): PageBody | undefined {
  const { page: id, kind, channel, path = channel, step = 0, at: queuedAt } = page
  const subject = { id, kind, channel, path, step, queuedAt, attempt }
  const termsOf = (name: string) => registry.roster.termsOf(registry.find(name))
  if (page.type === 'page.queued') {
    const incident = registry.incidents.get(page.incident)
    return incident && incidentPage(subject, incident, termsOf(incident.heartbeat), setting)
  }
  const { storms, drills } = registry.casebook
  if (page.storm !== undefined) {
    const storm = storms.get(page.storm)
    return storm && stormPage(subject, storm, storms.members(storm.id), storms.names(storm.id), setting)
  }
  const drill = page.drill === undefined ? undefined : drills.get(page.drill)
  const notice = {
    text: page.text,
    about: page.about ?? page.drill ?? id,
    ...(drill && { explanation: drill.explanation }),
  }
  const heartbeat = drill === undefined || drill.of === '' ? undefined : heartbeatOnPage(drill.of, termsOf(drill.of))
  return noticePage(subject, notice, heartbeat, setting.url)
}
