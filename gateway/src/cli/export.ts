// `overdue export`: the gateway's file with what was made besides, so that what was clicked becomes code.
import { askText, reach } from './gateway-api.ts'
import { misused, type Shell } from './shell.ts'

export const EXPORT_USAGE =
  'overdue export > overdue.next.yaml   # OVERDUE_URL; OVERDUE_TOKEN of an admin, or the one in OVERDUE_DATA (./data)'

/** Exit code: 0 the YAML is written, 1 it is not, and why, 2 usage. */
export async function exportFile(args: readonly string[], shell: Shell): Promise<number> {
  if (args.length > 0) return misused(shell, `expected nothing, got "${args.join(' ')}"`, EXPORT_USAGE)
  const api = reach(shell)
  if ('problem' in api) return misused(shell, api.problem)
  const answer = await askText(api, { path: 'export' })
  // Not where the YAML is expected.
  if ('why' in answer) shell.warn(answer.why)
  else shell.write(answer.text.trimEnd())
  return 'why' in answer ? 1 : 0
}
