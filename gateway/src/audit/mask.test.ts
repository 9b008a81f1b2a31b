import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { escaped, masked, shown } from './mask.ts'
import { levelOf } from './naming.ts'
import { describePing, pingsIn } from './pings.ts'
import { programOf } from './scripts.ts'

describe('what is shown of a command', () => {
  it.each([
    ['PGPASSWORD=s3cret pg_dump x', 'PGPASSWORD=*** pg_dump x'],
    ["MYSQL_PWD='s3 cret' x", 'MYSQL_PWD=*** x'],
    ['mysqldump -u root -ps3cret shop', 'mysqldump -u root -p*** shop'],
    ['mysqldump -p shop', 'mysqldump -p shop'],
    ['sshpass -p s3cret ssh a', 'sshpass -p *** ssh a'],
    ['mkdir -p/srv/a -p8080', 'mkdir -p/srv/a -p8080'],
    ['x --password=s3cret --token s3cret --api-key "s3 cret"', 'x --password=*** --token *** --api-key ***'],
    ['curl https://ana:s3cret@host/a', 'curl https://***@host/a'],
    ['curl -u ana:s3cret http://host', 'curl -u *** http://host'],
    ['curl "http://host/a?token=s3cret&b=1"', 'curl "http://host/a?token=***&b=1"'],
    ["curl -H 'Authorization: Bearer s3crets3cret'", "curl -H 'Authorization: Bearer ***'"],
    ['curl https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278/start', 'curl https://hc-ping.com/***/start'],
    ['curl https://kuma.example/api/push/aB3dE5?status=up', 'curl https://kuma.example/api/push/***?status=up'],
    ['AWS_SECRET_ACCESS_KEY=s3cret x AKIAABCDEFGHIJKLMNOP', 'AWS_SECRET_ACCESS_KEY=*** x ***'],
  ])('%s', (command, expected) => {
    expect(masked(command)).not.toContain('s3cret')
    expect(masked(command)).toBe(expected)
  })

  it('has nothing that a terminal would obey, and one line', () => {
    expect(escaped('a\u001b[31m\u202eb\r\n\u200b')).toBe('a\\u001b[31m\\u202eb\\u000d\\u000a\\u200b')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const line = shown(text)
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        expect(line.length).toBeLessThanOrEqual(200)
      }),
    )
  })

  it('takes no long time over what somebody made to take long', () => {
    for (const part of ['https://', ' --token ', 'mysql -p', 'a:', '$(', '"', 'overdue exec -a ', 'mosquitto_pub ']) {
      const text = part.repeat(1_000_000 / part.length)
      expect(shown(text).length).toBeLessThanOrEqual(200)
      expect(pingsIn(text).length).toBeLessThanOrEqual(1)
      expect(typeof programOf(text)).toBe('string')
    }
  })
})

describe('whom a command pings', () => {
  const uuid = '5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278'
  it.each([
    [`curl https://hc-ping.com/${uuid}`, ['healthchecks at hc-ping.com']],
    [`wget -q https://hc.example.org/ping/${uuid}/start`, ['healthchecks at hc.example.org']],
    ['curl "https://kuma.example/api/push/abc?status=up"', ['uptime kuma at kuma.example']],
    ['curl https://cronitor.link/p/key/job?state=run', ['cronitor at cronitor.link']],
    ['cronitor exec abc ./run', ['cronitor']],
    ['sentry-cli monitors run x -- ./run', ['sentry']],
    ['curl https://o1.ingest.sentry.io/api/12/cron/backup/key/?status=ok', ['sentry at o1.ingest.sentry.io']],
    ['curl https://nosnch.in/abc', ["dead man's snitch at nosnch.in"]],
    ['./x && curl -fsS http://gw:8080/ping/web-1/backup/$?', ['overdue (web-1/backup) at gw:8080']],
    ['curl http://gw:8080/ping/backup/start; x; curl http://gw:8080/ping/backup', ['overdue (backup) at gw:8080']],
    ['curl "http://gw:8080/ping/abcdefghijklmnopqrstuv/backup/fail"', ['overdue (backup) at gw:8080']],
    [`curl http://ours:1/${uuid}`, ['overdue at ours:1']],
    [`curl http://ours:1/ping/${uuid}`, ['overdue at ours:1']],
    ['/usr/local/bin/overdue exec --every 5m --url http://gw:1 web-1/loop -- ./loop', ['overdue (web-1/loop)']],
    ['npx overdue ping backup fail', ['overdue (backup)']],
    ['mosquitto_pub -q 1 -t hb/pump-17/battery/ok -n', ['overdue (pump-17/battery)']],
    ['curl https://example.org/ping', []],
    ['ping 10.0.0.1', []],
  ])('%s', (command, expected) => expect(pingsIn(command, 'http://ours:1').map(describePing)).toEqual(expected))
})

describe('what a job is named after', () => {
  it.each([
    ['cd /srv && /usr/local/bin/backup.sh --all >> log 2>&1', '/usr/local/bin/backup.sh'],
    ['sudo -u www nice -n 10 flock -n /var/lock/a /opt/a/run.py', '/opt/a/run.py'],
    ['test -x /usr/bin/x || exit 0; /usr/bin/x -q', '/usr/bin/x'],
    ["/bin/sh -c 'cd /a && ./tick'", './tick'],
    ['A=1 B=2 python3 -m shop.clean --now', 'shop-clean'],
    ['/usr/bin/overdue exec web-1/a -- nice /opt/tidy', '/opt/tidy'],
    ['[ -x /usr/bin/certbot ] && certbot -q renew', 'certbot'],
    ['mail -s hello ana', 'mail'],
    ['', ''],
  ])('%s', (command, program) => expect(programOf(command)).toBe(program))

  it('becomes a level of a name, whatever it is', () => {
    expect(levelOf('Nächtliches Backup.sh', 'job')).toBe('Nachtliches-Backup-sh')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(levelOf(text, 'job')).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/)
      }),
    )
  })
})
