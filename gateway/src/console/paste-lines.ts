// The lines that make a job tell: each whole, with the real address and key, quoted for where it is pasted.
import type { Name } from '../domain/names.ts'
import type { Schedule } from '../domain/schedule.ts'

export type Told = {
  readonly name: Name
  /** How addresses begin, without a slash at the end. */
  readonly url: string
  /** In the place of one that nobody can show. */
  readonly key: string
  readonly schedule: Schedule
  /** Undefined: MQTT is off. */
  readonly mqtt: { readonly host: string; readonly port: number } | undefined
}

export type Way = {
  readonly id: string
  readonly label: string
  readonly blocks: readonly string[]
  readonly says: string
}

/** What stands for the command that people have already. */
export const JOB = '/path/to/job'

export function waysToTell(told: Told): readonly Way[] {
  const ping = `${told.url}/ping/${told.key}`
  const all = [
    curl(told, ping),
    exec(told),
    systemd(told, ping),
    kubernetes(told, ping),
    github(ping),
    python(ping),
    node(ping),
  ]
  return [...all, ...(told.mqtt === undefined ? [] : [mosquitto(told, told.mqtt)]), esp32(ping)]
}

function curl({ schedule }: Told, ping: string): Way {
  const line = `${cronPrefix(schedule)}${JOB} && ${CURL} --retry 5 ${shell(ping)}`
  return {
    ...{ id: 'curl', label: 'curl', blocks: [line] },
    says: 'It pings only when the job succeeds. When it fails, silence is the alarm.',
  }
}

function exec({ name, url, key, schedule }: Told): Way {
  const command = `npx overdue exec ${name} -- ${JOB}`
  const settings = [`OVERDUE_URL=${url}`, `OVERDUE_TOKEN=${key}`]
  const lines =
    schedule.kind === 'cron' ? [...settings, `${cronPrefix(schedule)}${command}`] : [[...settings, command].join(' ')]
  return {
    ...{ id: 'exec', label: 'exec', blocks: [lines.join('\n')] },
    says: 'It sends start, end, exit code, duration and the last output. The exit code stays the command’s own.',
  }
}

/** `%` and `$` mean something to systemd. */
function systemd({ name }: Told, ping: string): Way {
  const written = ping.replaceAll('%', '%%').replaceAll('$', '$$$$')
  const lines = [
    '[Service]',
    `ExecStartPre=-/usr/bin/curl -fsS -m 10 -o /dev/null ${written}/start`,
    `ExecStopPost=-/bin/sh -c '${CURL} "${written}/$$EXIT_STATUS?result=$$SERVICE_RESULT"'`,
  ]
  return {
    ...{ id: 'systemd', label: 'systemd', blocks: [lines.join('\n')] },
    says: `Goes into the drop-in that systemctl edit ${unitOf(name)} opens. The leading dashes let the job run when the gateway is away.`,
  }
}

function kubernetes({ name, schedule }: Told, ping: string): Way {
  const when =
    schedule.kind === 'cron'
      ? [`  schedule: ${JSON.stringify(schedule.cron)}`, `  timeZone: ${schedule.zone}`]
      : ['  schedule: "0 3 * * *"']
  const lines = [
    ...['apiVersion: batch/v1', 'kind: CronJob', 'metadata:', `  name: ${labelOf(name)}`, 'spec:', ...when],
    ...['  concurrencyPolicy: Forbid', '  jobTemplate:', '    spec:', '      backoffLimit: 0', '      template:'],
    ...['        spec:', '          restartPolicy: Never', '          containers:', '            - name: job'],
    ...['              image: YOUR-IMAGE', '              command: ["/bin/sh", "-c"]', '              args:'],
    ...['                - |', `                  ${JOB}`, '                  rc=$?'],
    ...[`                  wget -q -T 10 -O /dev/null ${shell(`${ping}/`)}$rc || true`, '                  exit $rc'],
  ]
  return {
    ...{ id: 'k8s', label: 'Kubernetes', blocks: [lines.join('\n')] },
    says: 'The exit code tells how it went, and stays the job’s own. The image needs a shell and wget.',
  }
}

function github(ping: string): Way {
  const secret = `gh secret set OVERDUE_PING --body ${shell(ping)}`
  const lines = [
    '- name: Tell Overdue',
    '  if: always()',
    `  run: ${CURL} --retry 5 "\${{ secrets.OVERDUE_PING }}/\${{ job.status == 'success' && '0' || '1' }}"`,
  ]
  return {
    ...{ id: 'gha', label: 'GitHub Actions', blocks: [secret, lines.join('\n')] },
    says: 'The first line keeps the address as a secret of the repository. The step goes last; it tells of a failure, too.',
  }
}

function python(ping: string): Way {
  const lines = [
    ...['import urllib.request', '', 'try:'],
    `    urllib.request.urlopen(${JSON.stringify(ping)}, timeout=10)`,
    ...['except OSError as error:', '    print(f"Overdue did not hear: {error}")'],
  ]
  return {
    ...{ id: 'python', label: 'Python', blocks: [lines.join('\n')] },
    says: 'Goes where the work is done. A gateway that is away never stops the job.',
  }
}

function node(ping: string): Way {
  const lines = [
    `await fetch(${JSON.stringify(ping)}, { method: 'POST', signal: AbortSignal.timeout(10_000) })`,
    `  .catch((error) => console.error('Overdue did not hear:', error))`,
  ]
  return {
    ...{ id: 'node', label: 'Node', blocks: [lines.join('\n')] },
    says: 'Goes where the work is done. A gateway that is away never stops the job.',
  }
}

function mosquitto({ name, key }: Told, { host, port }: NonNullable<Told['mqtt']>): Way {
  const user = name.split('/', 1)[0] as string
  const line = mosquittoLine({ host, port }, user, key, `${name} -m ok`)
  return {
    ...{ id: 'mqtt', label: 'MQTT', blocks: [line] },
    says: 'QoS 1, not retained. The broker acknowledges when the signal is on disk.',
  }
}

function esp32(ping: string): Way {
  const lines = [
    ...['#include <HTTPClient.h>', '#include <WiFi.h>', ''],
    ...['// When the work is done and the network is up.', 'void tellOverdue() {', '  HTTPClient http;'],
    ...['  http.setTimeout(10000);', `  http.begin(${JSON.stringify(ping)});`, '  const int status = http.POST("");'],
    ...['  if (status != 200) Serial.printf("Overdue did not hear: %d\\n", status);', '  http.end();', '}'],
  ]
  return {
    ...{ id: 'esp', label: 'ESP32', blocks: [lines.join('\n')] },
    says: 'For Arduino. Name a device after its place: hall-7/pump-17.',
  }
}

/** `rest`: what comes after the root of the topics. */
export function mosquittoLine(
  { host, port }: NonNullable<Told['mqtt']>,
  user: string,
  password: string,
  rest: string,
): string {
  return `mosquitto_pub -h ${shell(host)} -p ${port} -q 1 \\\n  -u ${user} -P ${shell(password)} -t hb/${rest}`
}

export const JSON_HEADER = `'Content-Type: application/json'`

const CURL = 'curl -fsS -m 10 -o /dev/null'

/** A crontab ends a command at a bare `%`. */
function cronPrefix(schedule: Schedule): string {
  return schedule.kind === 'cron' ? `${schedule.cron}  ` : ''
}

/** One word to a shell; what needs no quotes stays as it is. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

function unitOf(name: Name): string {
  return `${name.replaceAll('/', '-')}.service`
}

/** What Kubernetes takes for a name. */
function labelOf(name: Name): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replace(/-+$/, '')
    .slice(0, 52)
}
