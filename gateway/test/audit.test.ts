import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Inventory, InventoryJob } from '../src/audit/inventory.ts'
import { audit } from '../src/cli/audit.ts'
import { check } from '../src/cli/check.ts'
import { run as runCommand } from '../src/cli/shell.stage.ts'
import { HOST, layOut, REPOSITORY } from './audit-stage.ts'

/** Thu 2026-11-26 12:00 in Riga. */
const NOW = 1_795_687_200_000

async function run(args: readonly string[], input = ''): Promise<{ code: number; out: string }> {
  const { code, lines } = await runCommand(audit, args, { input: () => [input], now: () => NOW })
  return { code, out: lines.join('\n') }
}

async function jobsOf(...args: readonly string[]): Promise<ReadonlyMap<string, InventoryJob>> {
  const { code, out } = await run([...args, '--json'])
  expect(code).toBe(0)
  return new Map((JSON.parse(out) as Inventory).jobs.map((job) => [job.name, job]))
}

function told(job: InventoryJob | undefined): string {
  if (job === undefined) return 'not there'
  const { words, owner, file, line, stopped, why } = job
  return `${words} | ${owner ?? 'nobody'} | ${file}:${line}${(stopped ?? why) ? ` | ${stopped ?? why}` : ''}`
}

describe('an audit of a host', () => {
  it('finds what every scheduler of it runs, when, for whom and where', async () => {
    const jobs = await jobsOf('--root', layOut(HOST))
    expect(Object.fromEntries([...jobs].map(([name, job]) => [name, told(job)]))).toEqual({
      'web-1/dump': 'every day at 03:00 | postgres | /etc/cron.d/backup:3',
      'web-1/warm-cache': 'at each start of the host | root | /etc/cron.d/backup:4',
      'web-1/import': '*/15 8-18 * * mon-fri | ana | /etc/cron.d/backup:5',
      'web-1/one':
        'every day at 03:00 | root | /etc/cron.d/broken:1 | cron ignores the whole file: line 2: expected a minute 0-59, got "61"',
      'web-1/old':
        'every day at 03:00 | root | /etc/cron.d/old.disabled:1 | cron skips the file: its name has more than letters, digits, - and _',
      'web-1/report': 'on day 1, 15 of the month at 02:30 | svc | /etc/cron.d/shop:2',
      'web-1/shop-clean': 'every day at 04:05 | svc | /etc/cron.d/shop:3',
      'web-1/mail': 'Mon-Fri at 22:00 | ana | /var/spool/cron/crontabs/ana:2',
      'web-1/sync': 'every day at 01:05 | ana | /var/spool/cron/crontabs/ana:3',
      'web-1/weekly-scrub':
        'every 7 days | root | /etc/anacrontab:2 | there is no /usr/sbin/anacron that reads the table',
      'web-1/apt-compat': 'every day at 06:25 | root | /etc/cron.daily/apt-compat:1',
      'web-1/not-executable':
        'every day at 06:25 | root | /etc/cron.daily/not-executable:1 | run-parts skips it: it is not executable',
      'web-1/rotate': 'every day at 06:25 | root | /etc/cron.daily/rotate:1',
      'web-1/rotate-root':
        'every day at 06:25 | root | /etc/cron.daily/rotate.sh:1 | run-parts skips it: its name has more than letters, digits, - and _',
      'web-1/trim': 'Sun at 06:47 | root | /etc/cron.weekly/trim:1',
      'web-1/report-run-parts': expect.stringMatching(
        /^\/etc\/cron.monthly \| .* \| nothing in a crontab or anacrontab runs \/etc\/cron.monthly$/,
      ),
      'web-1/off': expect.stringMatching(/^every day at 00:00 \| .*\/off\.timer:2 \| it is not enabled$/),
      'web-1/poll': expect.stringMatching(/^every 90 minutes \| /),
      'web-1/report-systemd': 'Mon-Fri at 08:00 | svc | /etc/systemd/system/report.timer:4',
      'web-1/photos': '*:0/20 | ana | /home/ana/.config/systemd/user/photos.timer:2',
      'web-1/fstrim': expect.stringMatching(/^Mon at 00:00 \| /),
      'web-1/pg_dump-main': expect.stringMatching(/^every day at 00:00 \| .*\/pg_dump@\.timer:2$/),
    })
    expect(jobs.get('web-1/dump')).toMatchObject({
      command: 'PGPASSWORD=*** /usr/local/bin/dump.sh --db shop >> /var/log/dump.log 2>&1',
      schedule: { cron: '0 3 * * *', zone: 'Europe/Riga' },
      next: ['2026-11-27T01:00:00.000Z', '2026-11-28T01:00:00.000Z', '2026-11-29T01:00:00.000Z'],
      notes: ['MAILTO is empty: what it prints is thrown away'],
    })
    expect(jobs.get('web-1/report')?.notes).toEqual([
      "CRON_TZ=America/New_York counts for cronie; Debian's cron ignores it",
      'it ends in a backslash: cron joins no lines',
    ])
    expect(jobs.get('web-1/sync')?.pings).toEqual([{ service: 'healthchecks', host: 'hc-ping.com' }])
    expect(jobs.get('web-1/shop-clean')?.pings).toEqual([
      { service: 'overdue', host: '127.0.0.1:8080', name: 'web-1/shop-clean' },
    ])
    expect(jobs.get('web-1/report-systemd')).toMatchObject({
      ...{ command: '/opt/report/run --mail --all', description: 'Mail the report' },
      schedule: { calendar: 'Mon..Fri 08:00', zone: 'Europe/Berlin', grace: '1h9m' },
    })
    expect([...jobs.values()].filter((job) => job.package !== null).map((job) => job.title)).toEqual([
      ...['apt-compat', 'fstrim', 'pg_dump@main'],
    ])
  })

  it('reads anacron’s table where there is an anacron, and cronie’s zone where there is a cronie', async () => {
    const files = { ...HOST, 'usr/sbin/anacron': '', 'usr/sbin/crond': '' }
    const jobs = await jobsOf('--root', layOut(files))
    expect(told(jobs.get('web-1/weekly-scrub'))).toBe('every 7 days | root | /etc/anacrontab:2')
    expect(jobs.get('web-1/rotate')).toMatchObject({ words: 'every day', schedule: { every: '1d', grace: '1d' } })
    expect(jobs.get('web-1/report')?.schedule).toMatchObject({ zone: 'America/New_York' })
  })

  it('never leaves the root it was given', async () => {
    const files = {
      'etc/cron.d/out': '->/../../../../../../etc/hostname',
      'etc/cron.d/up': '->../../../../../../../../../../etc/hostname',
      'etc/hostname': 'inside\n',
    }
    const { out } = await run(['--root', layOut(files)])
    expect(out).toContain('could not look at /etc/cron.d/out:1: expected five fields and a command, got "inside"')
    expect(out).toContain('could not look at /etc/cron.d/up:1: expected five fields and a command, got "inside"')
  })
})

describe('an audit of a repository', () => {
  it('finds what every scheduler in it runs', async () => {
    const folder = layOut(REPOSITORY)
    const git = (...args: readonly string[]): number | null =>
      spawnSync('git', ['-C', folder, '-c', 'user.name=Ben', '-c', 'user.email=ben@example.org', ...args], {
        env: { ...process.env, GIT_COMMITTER_DATE: '2026-09-01T00:00:00Z' },
      }).status
    expect([git('init', '-q'), git('add', '-A'), git('commit', '-qm', 'All')]).toEqual([0, 0, 0])
    const jobs = await jobsOf('--repo', folder, '--group', 'shop', '--zone', 'UTC')
    expect(Object.fromEntries([...jobs].map(([name, job]) => [name, told(job)]))).toEqual({
      'shop/nightly': 'every day at 01:30, 13:30 | Ben | .github/workflows/nightly.yml:5',
      'shop/jenkins': 'once between 02:00 and 03:00, mon-fri | Ben | Jenkinsfile:4',
      'shop/clean': 'every 15 minutes | Ben | ci/Jenkinsfile.clean:1',
      'shop/dump': 'every day at 02:30 | Ben | compose.yaml:7',
      'shop/tick-compose': 'every 1m30s | Ben | compose.yaml:12',
      'shop/often': 'every 10s | Ben | compose.yaml:13',
      'search/reindex': 'every 30 minutes | search-team | k8s/jobs.yaml:5',
      'search/stopped': 'every day at 00:00 | Ben | k8s/jobs.yaml:12 | it is suspended',
      'shop/clean-every-night': 'every day at 03:00 | Ben | app/celery.py:4',
      'shop/tick': 'every 30s | Ben | app/celery.py:10',
      'shop/delta': 'every 90 minutes | Ben | app/celery.py:11',
      'shop/sun': "solar('sunset', 56.9, 24.1) | Ben | app/celery.py:12 | it follows the sun",
      'shop/both': expect.stringMatching(/celery\.py:13 \| Celery wants day of month and day of week/),
      'shop/from-settings': expect.stringMatching(/celery\.py:14 \| it is made while the program runs$/),
      'shop/refresh-caches': 'every 10 minutes | Ben | app/celery.py:19',
      'shop/cleanup': 'every day at 05:00 | Ben | config/schedule.yml:2',
      'shop/digest': 'every day at noon | Ben | config/schedule.yml:5 | it is written in plain words',
      'shop/paused': 'every day at 01:00 | Ben | config/schedule.yml:8 | it is disabled',
      'shop/vacuum': 'every day at 04:00 | Ben | deploy/crontab:1',
      'shop/mail': 'every hour at minute 0 | Ben | deploy/mail.timer:2',
    })
    expect(jobs.get('shop/nightly')?.notes[0]).toBe(
      'if the repository is public, GitHub has switched it off since 2026-10-31, 60 days after the last commit',
    )
    expect(jobs.get('shop/nightly')?.schedule).toEqual({ cron: '30 1,13 * * *', zone: 'UTC' })
    const { out } = await run(['--repo', folder])
    expect(out).toContain('could not look at charts/templates/cron.yaml:2: a template that is to be filled in')
  })

  it('reads what kubectl prints', async () => {
    const list = {
      kind: 'List',
      items: [{ metadata: { name: 'a', namespace: 'x' }, spec: { schedule: '@hourly', jobTemplate: {} } }],
    }
    const { out } = await run(
      ['-', '--json'],
      JSON.stringify({ ...list, items: list.items.map((item) => ({ kind: 'CronJob', ...item })) }),
    )
    expect((JSON.parse(out) as Inventory).jobs.map(({ name, words }) => [name, words])).toEqual([
      ['x/a', 'every hour at minute 0'],
    ])
  })
})

describe('heartbeats out of an audit', () => {
  it('are taken by overdue check, all that can be said', async () => {
    const hostile = {
      'etc/cron.d/x':
        '0 3 * * * "a\u0007b" /opt/$' + '{HOME}/a\u202e"\\ # : [\n@reboot root /opt/start\n@daily root /opt/START\n',
    }
    const places = ['--root', layOut({ ...HOST, ...hostile }), '--repo', layOut(REPOSITORY)]
    const { code, out } = await run([...places, '--yaml', '--packages'])
    expect(code).toBe(0)
    expect(await runCommand(check, ['o.yaml'], { readFile: () => out, now: () => NOW })).toMatchObject({
      code: 0,
      lines: ['o.yaml is good: 32 heartbeats, 0 channels, 1 policies'],
    })
    expect(out).toMatch(/^ {2}# web-1\/off: does not run: it is not enabled/m)
    expect(out).toMatch(/^ {2}# \S+\/digest: it is written in plain words/m)
    expect(out).not.toContain('geheim')
  })
})

describe('what is hostile or broken', () => {
  it('is told, and stops nothing', async () => {
    const folder = layOut({
      'etc/cron.d/good': '0 3 * * * root /opt/good\n',
      'etc/cron.d/binary': '\u0000\u0001',
      'etc/cron.d/huge': '#'.repeat(1_100_000),
      'etc/cron.d/latin': '# gr\u00fcn\n',
      'etc/cron.d/loop': '->loop',
      'etc/cron.d/nowhere': '->/nowhere',
      'etc/systemd/system/loop.timer': '->loop2.timer',
      'etc/systemd/system/loop2.timer': '->loop.timer',
    })
    mkdirSync(join(folder, 'etc/cron.d/folder'))
    spawnSync('mkfifo', [join(folder, 'etc/cron.d/pipe')])
    writeFileSync(join(folder, 'etc/cron.d/bell\u0007\n'), '0 3 * * * root /opt/\u001b[31mred\n')
    writeFileSync(join(folder, 'etc/cron.d/bytes'), Buffer.from('0 4 * * * root /opt/gr\xfcn\n', 'latin1'))
    const { code, out } = await run(['--root', folder])
    expect(code).toBe(0)
    expect(out).toContain('/opt/good')
    expect(out).toContain('/opt/\\u001b[31mred')
    for (const character of ['\u0007', '\u001b']) expect(out).not.toContain(character)
    expect(out.match(/^could not look at .*/gm)).toEqual([
      'could not look at /etc/cron.d/binary: it is binary',
      'could not look at /etc/cron.d/huge: larger than 1 MB',
    ])
    expect((await run(['--root', folder, '--patch'])).out).toContain('/bytes:1')
  })

  it('a folder that is closed, and links that lead in a circle in a repository', async () => {
    const folder = layOut({ 'a/b/crontab': '0 3 * * * /opt/x\n', 'deep/x': '' })
    symlinkSync('..', join(folder, 'a/b/up'))
    symlinkSync(folder, join(folder, 'a/all'))
    let deep = join(folder, 'deep')
    for (let depth = 0; depth < 40; depth++) deep = join(deep, 'd')
    mkdirSync(deep, { recursive: true })
    const jobs = await jobsOf('--repo', folder, '--group', 'r')
    expect([...jobs.keys()]).toEqual(['r/x'])
    expect((await run(['--repo', folder])).out).toMatch(/could not look at deep\/\S+: too deep/)
  })

  it.skipIf(process.getuid?.() !== 0 || !existsSync('/usr/bin/setpriv'))('what may not be read', () => {
    const folder = layOut({ 'etc/cron.d/good': '0 3 * * * root /opt/good\n', 'var/spool/cron/crontabs/ana': '' })
    chmodSync(folder, 0o755)
    chmodSync(join(folder, 'var/spool/cron/crontabs'), 0o700)
    chmodSync(join(folder, 'etc/cron.d/good'), 0o600)
    const bin = join(import.meta.dirname, '../bin/overdue')
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, bin]
    const { stdout, status } = spawnSync('setpriv', [...nobody, 'audit', '--root', folder], {
      encoding: 'utf8',
      cwd: '/',
    })
    // Where nobody may even start the program there is nothing to see.
    if (status !== 0) return expect(readFileSync(bin, 'utf8')).toContain('#!')
    expect(stdout).toContain('could not look at /etc/cron.d/good: permission denied')
    expect(stdout).toContain('could not look at /var/spool/cron/crontabs: permission denied')
  })

  it('usage', async () => {
    for (const [args, problem] of [
      [['--json', '--yaml'], 'expected one of --json, --yaml, --patch, --check, got --json and --yaml'],
      [['/nowhere/at/all'], 'expected a file or a folder, got "/nowhere/at/all"'],
      [['--root', '/nowhere'], '--root: expected a folder, got "/nowhere"'],
      [['--zone', 'Mars'], '--zone: expected an IANA zone such as Europe/Riga, got "Mars"'],
      [['--with', 'curl'], '--with: expected only beside --patch'],
      [['--patch', '--with', 'nc'], '--with: expected exec, curl or wget, got "nc"'],
      [['--patch'], '--patch: expected one place, whose paths it can have: --host, --root, --repo or a PATH'],
      [['--nope'], "Unknown option '--nope'"],
    ] as const) {
      const { code, out } = await run(args)
      expect([code, out.split('\n')[0]]).toEqual([2, expect.stringContaining(problem)])
    }
  })
})
