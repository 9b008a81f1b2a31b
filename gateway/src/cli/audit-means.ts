// What a job can start on its host to ping: overdue where it is on the job's own PATH, else curl, else wget.
import type { Means } from '../audit/pinging.ts'
import { openTree } from './audit-tree.ts'

export type MeansOf = {
  /** `exec`, `curl` or `wget` where one is asked for. */
  readonly program: string | undefined
  readonly header: string | undefined
  readonly gateway: string
  readonly root: string | undefined
}

/** Programs are looked for in the folders of a PATH; one that is asked for is taken to be there. */
export function meansOf({ program, header, gateway, root }: MeansOf): (path: readonly string[]) => Means {
  const tree = openTree(root)
  return (path) => {
    const find = (name: string): string | undefined => {
      const folder = path.find((one) => one.startsWith('/') && tree.follow(`${one}/${name}`) !== undefined)
      return folder === undefined ? undefined : `${folder}/${name}`
    }
    const may = (name: string): boolean =>
      program === undefined || program === name || (program === 'exec' && name !== 'wget')
    const exec = program === 'exec' ? (find('overdue') ?? 'overdue') : may('exec') ? find('overdue') : undefined
    const curl = may('curl') ? (find('curl') ?? (program === undefined ? undefined : '/usr/bin/curl')) : undefined
    const wget = may('wget') ? (find('wget') ?? (program === 'wget' ? '/usr/bin/wget' : undefined)) : undefined
    return {
      gateway,
      ...(exec !== undefined && { exec }),
      ...(curl !== undefined && { curl }),
      ...(wget !== undefined && { wget }),
      ...(header !== undefined && { headerFile: header }),
    }
  }
}
