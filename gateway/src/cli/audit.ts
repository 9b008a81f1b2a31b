// `overdue audit`: the scheduled jobs of a host and a repository, and what a gateway knows of them.
import { parseArgs } from 'node:util'
import type { Choice } from '../audit/choice.ts'
import { compare, type Declared } from '../audit/compare.ts'
import { heartbeatLines } from '../audit/heartbeats-yaml.ts'
import { inventoryLines, inventoryOf } from '../audit/inventory.ts'
import type { Audit } from '../audit/job.ts'
import { lookAt } from '../audit/look.ts'
import { patchLines } from '../audit/patch.ts'
import type { Instant } from '../domain/time.ts'
import { zoneNamed } from '../domain/zone.ts'
import { type MeansOf, meansOf } from './audit-means.ts'
import { placesOf, type Wanted } from './audit-sites.ts'
import { reach } from './gateway-api.ts'
import { allOf } from './heartbeat-list.ts'
import { misused, type Shell } from './shell.ts'

export const AUDIT_USAGE = `overdue audit [--host] [--root DIR] [--repo DIR] [PATH…] [--group NAME] [--zone ZONE]
              [--json | --yaml | --patch | --check] [--packages] [--ignore NAME]…
              [--with exec|curl|wget] [--header FILE]   # of --patch; OVERDUE_URL
  without a place: this host and this folder; PATH may be - for what kubectl get cronjobs -A -o json prints
  --check: OVERDUE_URL; OVERDUE_TOKEN, or the admin token in OVERDUE_DATA (./data)`

/** Exit code: 0 good, and whatever is only shown; 1 the gateway has something else, or can't be asked; 2 usage. */
export async function audit(args: readonly string[], shell: Shell): Promise<number> {
  const { write } = shell
  const now = shell.now()
  const asked = readOptions(args)
  const api = reach(shell)
  if ('problem' in asked) return misused(shell, asked.problem, AUDIT_USAGE)
  if ('problem' in api) return misused(shell, api.problem)
  const piped = args.includes('-') ? await textOf(shell.input()) : ''
  const places = placesOf(asked, () => piped)
  if ('problem' in places) return misused(shell, places.problem, AUDIT_USAGE)
  if (asked.output === 'patch' && places.length > 1)
    return misused(
      shell,
      '--patch: expected one place, whose paths it can have: --host, --root, --repo or a PATH',
      AUDIT_USAGE,
    )
  const found = lookAt(places, api.url, now)
  if (asked.output === 'check') {
    const declared = await allOf(api, {}, isDeclared)
    if ('why' in declared) {
      write(declared.why)
      return 1
    }
    const { isGood, lines } = compare(found, declared, asked.choice, now)
    for (const line of lines) write(line)
    return isGood ? 0 : 1
  }
  for (const line of linesOf(found, asked, api.url, now)) write(line)
  return 0
}

const OUTPUTS = ['json', 'yaml', 'patch', 'check'] as const
type Output = (typeof OUTPUTS)[number] | 'text'
type Asked = Wanted & {
  readonly output: Output
  readonly choice: Choice
  readonly means: Omit<MeansOf, 'gateway' | 'root'>
}

function* linesOf(found: Audit, asked: Asked, gateway: string, now: Instant): Iterable<string> {
  if (asked.output === 'json') yield JSON.stringify(inventoryOf(found, now), undefined, 2)
  else if (asked.output === 'yaml') yield* heartbeatLines(found, asked.choice)
  else if (asked.output === 'patch')
    yield* patchLines(found, meansOf({ ...asked.means, gateway, root: asked.root }), asked.choice)
  else yield* inventoryLines(found, now)
}

function readOptions(args: readonly string[]): Asked | { readonly problem: string } {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{
          host: flag,
          root: text,
          repo: text,
          group: text,
          zone: text,
          packages: flag,
          ignore: { type: 'string', multiple: true },
        },
        ...{ json: flag, yaml: flag, patch: flag, check: flag, with: text, header: text },
      },
    })
    const { host, root, repo, group, zone, packages, ignore = [], with: program, header } = values
    const outputs = OUTPUTS.filter((name) => values[name])
    if (outputs.length > 1)
      return { problem: `expected one of --${OUTPUTS.join(', --')}, got --${outputs.join(' and --')}` }
    const [output = 'text'] = outputs
    if (output !== 'patch' && (program ?? header) !== undefined)
      return { problem: `--${program === undefined ? 'header' : 'with'}: expected only beside --patch` }
    if (program !== undefined && !/^(?:exec|curl|wget)$/.test(program))
      return { problem: `--with: expected exec, curl or wget, got ${JSON.stringify(program)}` }
    if (zone !== undefined && zoneNamed(zone) === undefined)
      return { problem: `--zone: expected an IANA zone such as Europe/Riga, got ${JSON.stringify(zone)}` }
    if (group !== undefined && (group.trim() === '' || group.length > LONGEST_GROUP || /\p{Cc}/u.test(group)))
      return { problem: `--group: expected a name of up to ${LONGEST_GROUP} characters` }
    return {
      ...{ paths: positionals, host, root, repo, group, zone, output, choice: { packages, ignore } },
      means: { program, header },
    }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

const LONGEST_GROUP = 63

async function textOf(input: ReturnType<Shell['input']>): Promise<string> {
  let text = ''
  for await (const part of input) text += part
  return text
}

function isDeclared(json: unknown): json is Declared {
  const { name, group, schedule, tags } = (json ?? {}) as Partial<Declared>
  return [name, group, schedule].every((text) => typeof text === 'string') && Array.isArray(tags)
}
