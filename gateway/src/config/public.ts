// What anybody may see without a token: a status page for each group that is named, and badges.
import type { PublicFields } from './fields.ts'
import { type Report, show } from './report.ts'
import type { Settings } from './settings.ts'

/** Without the section nothing is public. */
export function readPublic(fields: PublicFields | undefined, report: Report): Settings['published'] {
  const { groups = [], badges = false, descriptions = false } = fields ?? {}
  groups.forEach((group, index) => {
    if (group === undefined) return
    const path = `public.groups[${index}]`
    if (group === '' || group.length > LONGEST)
      report.add(path, `the name of a group, of at most ${LONGEST} characters`, show(group))
    else if (groups.indexOf(group) !== index) report.add(path, 'each group once', `${show(group)} again`)
  })
  return { groups: groups.filter((group) => group !== undefined), badges, descriptions }
}

const LONGEST = 100
