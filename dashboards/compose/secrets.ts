// Makes the passwords and tokens that the containers share, once: a file each in the folder that is named, and none that is there
// already is touched. So nobody has to invent one, and none is the same on two machines.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const NAMES = ['influx-token', 'influx-password', 'grafana-token', 'grafana-password']

const folder = process.argv[2]
if (folder === undefined) {
  console.error('expected a folder to write the secrets to: node dashboards/compose/secrets.ts FOLDER')
  process.exit(1)
}
mkdirSync(folder, { recursive: true })
for (const name of NAMES) {
  const path = join(folder, name)
  if (existsSync(path)) continue
  writeFileSync(path, randomBytes(24).toString('base64url'), { flag: 'wx' })
  // The containers that share the folder run as different users, and nobody else has it.
  chmodSync(path, 0o444)
  console.log(`made ${path}`)
}
