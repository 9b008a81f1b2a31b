// How a command is made to ping: `overdue exec` in front of it where it can be found, else a ping behind it where it
// succeeds. What cron and the shell do with the line stays as it was.
import { isName } from '@overdue/device-sdk/wire'
import { LONGEST_COMMAND, withPercents } from './crontab.ts'
import type { Job, Seam } from './job.ts'
import { commandWord, isSimple, mayLeave, readShell } from './shell.ts'

/** What is to be put in: the programs are full paths, as whoever runs the job finds them. */
export type Means = {
  readonly exec?: string
  readonly curl?: string
  readonly wget?: string
  readonly gateway: string
  /** A file with the header that carries the key, for curl. */
  readonly headerFile?: string
}

export const DEFAULT_GATEWAY = 'http://127.0.0.1:8080'

/** The command with its ping; or why there is none. */
export function pinging(
  job: Job,
  command: string,
  isCrontab: boolean,
  means: Means,
): { command: string } | { why: string } {
  const written = isCrontab ? withPercents : (text: string): string => text
  const shell = readShell(command)
  const first = commandWord(shell.words)
  if (!shell.isWhole) return { why: 'its quotes or parentheses are not closed' }
  if (means.exec !== undefined && isSimple(shell) && first !== undefined) {
    const url = means.gateway === DEFAULT_GATEWAY ? '' : `OVERDUE_URL=${quoted(means.gateway)} `
    const changed = `${command.slice(0, first.at)}${written(`${url}${quoted(means.exec)} exec ${job.name} -- `)}${command.slice(first.at)}`
    return fitting(changed, isCrontab)
  }
  const call = callOf(job.name, means)
  if (call === undefined) return { why: 'neither overdue, curl nor wget was found' }
  const last = shell.words.at(-1)
  if (last?.isOperator && last.text === '&') return { why: 'it goes on in the background, where nobody waits for it' }
  if (shell.words.some(({ text, isOperator }) => isOperator && (text === '<<' || text === '<<-')))
    return { why: 'it has a here-document' }
  // A semicolon at the end would end the list before the ping.
  const end = last?.isOperator && last.text === ';' ? last.at : shell.end
  const body = command.slice(0, end).trimEnd()
  const rest = command.slice(end).replace(/^;?\s*/, '')
  const comment = rest === '' ? '' : ` ${rest}`
  const whole = mayLeave(shell) ? `(${body})` : body
  return fitting(`${whole} && ${written(call)}${comment}`, isCrontab)
}

/**
 * The drop-in of a service: a start before it, and behind it how it ended, whichever way that was. The exit status goes
 * into the message, since there is none where the service could not begin.
 */
export function dropInText(job: Job, means: Means): string | undefined {
  const { curl, headerFile } = means
  if (curl === undefined) return undefined
  const header = headerFile === undefined ? '' : ` -H @${unitQuoted(headerFile)}`
  const [start, call] = [START_OPTIONS, OPTIONS].map((options) => `-${curl} ${options}${header}`)
  const url = addressOf(job.name, means).replaceAll('%', '%%')
  return [
    `# ${job.name} hears when the service begins, and how it ended.`,
    '[Service]',
    `ExecStartPre=${start} "${url}/start"`,
    `ExecStopPost=${call} "${url}?result=\${SERVICE_RESULT}&msg=\${EXIT_CODE}+\${EXIT_STATUS}"`,
    '',
  ].join('\n')
}

/** The line of a script, for those that have to be changed by hand. */
export function callOf(name: string, means: Means): string | undefined {
  const { curl, wget, headerFile } = means
  if (!isName(name)) return undefined
  const url = quoted(addressOf(name, means))
  const header = headerFile === undefined ? '' : ` -H @${quoted(headerFile)}`
  if (curl !== undefined) return `${quoted(curl)} ${OPTIONS}${header} ${url}`
  return wget === undefined || headerFile !== undefined
    ? undefined
    : `${quoted(wget)} -q -T 10 -t 3 -O /dev/null ${url}`
}

export function addressOf(name: string, { gateway }: Means): string {
  return `${gateway}/ping/${name}`
}

export function columnsOf(seam: Extract<Seam, { kind: 'line' }>, line: string): readonly [string, string, string] {
  return [line.slice(0, seam.from), line.slice(seam.from, seam.until), line.slice(seam.until)]
}

/** A gateway that is away holds nothing up for longer. */
const START_OPTIONS = '-fsS -m 5 -o /dev/null'
const OPTIONS = '-fsS -m 10 --retry 3 -o /dev/null'

function fitting(command: string, isCrontab: boolean): { command: string } | { why: string } {
  if (!isCrontab || command.length <= LONGEST_COMMAND) return { command }
  return { why: `with a ping it would be longer than the ${LONGEST_COMMAND} characters that cron takes` }
}

function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

function unitQuoted(text: string): string {
  const plain = text.replaceAll('%', '%%')
  return /^[\w./:@%+,=-]+$/.test(plain) ? plain : JSON.stringify(plain)
}
