// Secrets that the gateway makes for itself and keeps beside its ledger, readable by its owner alone.
import { readFileSync, writeFileSync } from 'node:fs'

/** What `path` holds, without the white space around it; where there is no such file, it is made and holds `make()`. */
export function readOrMakeSecret(
  path: string,
  make: () => string,
): { readonly secret: string; readonly isNew: boolean } {
  try {
    return { secret: readFileSync(path, 'utf8').trim(), isNew: false }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const secret = make()
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
  return { secret, isNew: true }
}
