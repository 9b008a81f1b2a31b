import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { atPercent, readCrontab } from '../src/audit/crontab.ts'
import { audit } from '../src/cli/audit.ts'
import { run as runCommand } from '../src/cli/shell.stage.ts'
import { HOST, layOut } from './audit-stage.ts'
import { GatewayProcess, TOKEN } from './process.ts'

/** The machine may be busy. */
const START_WITHIN = 60_000
const NOW = Date.UTC(2026, 10, 26, 10)

function isThere(command: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${command}`]).status === 0
}

/** Debian calls the dry run `-n`, newer crons `-T`. */
function crontabAccepts(file: string): string {
  const runs = ['-T', '-n'].map((option) => spawnSync('crontab', [option, file], { encoding: 'utf8' }))
  return runs.some(({ status }) => status === 0) ? 'yes' : runs.map(({ stderr }) => stderr).join('')
}

describe('a host whose jobs are made to ping', () => {
  const gateway = new GatewayProcess()
  beforeAll(() => gateway.start(), START_WITHIN)
  afterAll(() => gateway[Symbol.asyncDispose]())

  async function run(...args: readonly string[]): Promise<{ code: number; out: string }> {
    const env = { OVERDUE_URL: gateway.url, OVERDUE_TOKEN: TOKEN }
    const { code, lines } = await runCommand(audit, args, { env, now: () => NOW })
    return { code, out: `${lines.join('\n')}\n` }
  }

  /** Commands that every host has, so that their lines can be run. */
  const files = {
    ...HOST,
    'etc/cron.d/backup': `MAILTO=""
0 3 * * *	root	PASSWORD=geheim printf 'dump of \\%s' shop
*/15 * * * * root cd / && false; exit 4
5 5 * * * root cat%from the crontab%and more
`,
    'usr/bin/curl': '#!/bin/sh\n',
  }

  it.skipIf(!isThere('patch'))(
    'has heartbeats, a patch that patch and git take, crontabs that cron takes, and lines that ping',
    async () => {
      const root = layOut(files)
      const declared = await run('--root', root, '--yaml')
      await gateway.end('SIGTERM')
      writeFileSync(join(gateway.folder, 'overdue.yaml'), declared.out)
      await gateway.start()
      expect(await run('--root', root, '--check')).toMatchObject({ code: 0 })

      const { out: diff, code } = await run('--root', root, '--patch')
      expect(code).toBe(0)
      const copy = mkdtempSync(join(tmpdir(), 'overdue-patched-'))
      onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
      cpSync(root, copy, { recursive: true, verbatimSymlinks: true })
      expect(spawnSync('git', ['apply', '--check', '-p1'], { cwd: copy, input: diff, encoding: 'utf8' })).toMatchObject(
        {
          ...{ status: 0, stderr: '' },
        },
      )
      expect(spawnSync('patch', ['-p1', '-s'], { cwd: copy, input: diff, encoding: 'utf8' })).toMatchObject({
        ...{ status: 0, stdout: '', stderr: '' },
      })
      // Nothing is applied by itself.
      expect(readFileSync(join(root, 'etc/cron.d/backup'), 'utf8')).toBe(files['etc/cron.d/backup'])

      const crontab = join(copy, 'etc/cron.d/backup')
      if (isThere('crontab')) {
        expect(crontabAccepts(crontab)).toBe('yes')
        expect(crontabAccepts(join(copy, 'var/spool/cron/crontabs/ana'))).toBe('yes')
      }
      const { entries, flaws } = readCrontab(readFileSync(crontab, 'utf8'), true)
      expect(flaws).toEqual([])
      expect(entries.map(({ command }) => asCron(command))).toEqual([
        { status: 0, stdout: 'dump of shop' },
        { status: 4, stdout: '' },
        { status: 0, stdout: 'from the crontab\nand more\n' },
      ])
      const signals = async (name: string): Promise<readonly string[]> => {
        const { body } = await gateway.get(`/heartbeats/${encodeURIComponent(name)}/signals`)
        return (body as { items: readonly { kind: string }[] }).items.map(({ kind }) => kind)
      }
      expect(await signals('web-1/printf')).toEqual(['ok'])
      expect(await signals('web-1/cat')).toEqual(['ok'])
      expect(await signals('web-1/backup')).toEqual([])
    },
    START_WITHIN,
  )

  it.skipIf(!isThere('systemd-analyze') || !isThere('patch'))('has drop-ins that systemd takes', async () => {
    const root = layOut(HOST)
    const { out: diff } = await run('--root', root, '--patch')
    expect(spawnSync('patch', ['-p1', '-s'], { cwd: root, input: diff }).status).toBe(0)
    const units = join(root, 'etc/systemd/system')
    writeFileSync(join(units, 'poll.service'), '[Service]\nExecStart=/bin/true\n')
    const verify = (): string =>
      spawnSync('systemd-analyze', ['verify', '--man=no', '--generators=no', 'poll.service'], {
        env: { ...process.env, SYSTEMD_UNIT_PATH: units },
        encoding: 'utf8',
      }).stderr
    const mentioned = (text: string): readonly string[] =>
      text.split('\n').filter((line) => line.includes('overdue.conf'))
    expect(mentioned(verify())).toEqual([])
    const dropIn = join(units, 'poll.service.d/overdue.conf')
    const text = readFileSync(dropIn, 'utf8')
    expect(text).toContain(
      `"${gateway.url}/ping/web-1/poll?result=\${SERVICE_RESULT}&msg=\${EXIT_CODE}+\${EXIT_STATUS}"`,
    )
    writeFileSync(dropIn, text.replace('ExecStopPost', 'ExecStoppPost'))
    expect(mentioned(verify()).length).toBe(1)
  })

  it('is told apart from its gateway, job by job', async () => {
    const root = layOut({ 'etc/hostname': 'web-9', 'etc/cron.d/new': '0 3 * * * root /opt/new\n' })
    const { code, out } = await run('--root', root, '--check')
    expect([code, out]).toEqual([
      1,
      'web-9/new: a job without a heartbeat: every day at 03:00 (/etc/cron.d/new:1)\n1 difference\n',
    ])
    expect(await run('--root', root, '--check', '--ignore', 'web-9/*')).toMatchObject({ code: 0 })
  })

  /** As cron would: the command to sh, the rest to its input. The curl of the fixture stands where the real one does. */
  function asCron(written: string): { status: number | null; stdout: string } {
    const { command, length } = atPercent(written)
    const input = written.slice(length + 1).replaceAll('%', '\n')
    const { status, stdout } = spawnSync('/bin/sh', ['-c', command], {
      input: input === '' ? '' : `${input}\n`,
      encoding: 'utf8',
    })
    return { status, stdout }
  }
})

describe.skipIf(!existsSync('/etc/debian_version'))('this host', () => {
  it('is looked at without a complaint, and its heartbeats are good', async () => {
    const shown = await runCommand(audit, ['--host', '--json'], { now: () => NOW })
    expect(shown.code).toBe(0)
    const { jobs } = JSON.parse(shown.lines.join('\n')) as {
      jobs: { kind: string; title: string; package: string | null }[]
    }
    const found = jobs.map(({ kind, title }) => `${kind} ${title}`)
    if (existsSync('/etc/crontab') && existsSync('/etc/cron.daily/dpkg')) expect(found).toContain('run-parts dpkg')
    if (existsSync('/usr/lib/systemd/system/fstrim.timer')) expect(found).toContain('systemd fstrim')
    const written = await runCommand(audit, ['--host', '--yaml', '--packages'], { now: () => NOW })
    expect(written.code).toBe(0)
    const { check } = await import('../src/cli/check.ts')
    const yaml = written.lines.join('\n')
    expect(await runCommand(check, ['o.yaml'], { readFile: () => yaml, now: () => NOW })).toMatchObject({ code: 0 })
  })
})
