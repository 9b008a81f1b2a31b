// Which package brought a file of /etc: Debian keeps the lists of configuration files.
import { isUnseen, type Tree, under } from './site.ts'

const INFO = '/var/lib/dpkg/info'

/** Asks once; answers with the package's name. */
export function packagesOf(tree: Tree): (file: string) => string | undefined {
  let owners: ReadonlyMap<string, string> | undefined
  return (file) => {
    owners ??= readOwners(tree)
    return owners.get(file)
  }
}

function readOwners(tree: Tree): ReadonlyMap<string, string> {
  const owners = new Map<string, string>()
  const entries = tree.list(INFO)
  if (isUnseen(entries)) return owners
  for (const { name } of entries) {
    if (!name.endsWith('.conffiles')) continue
    const content = tree.read(under(INFO, name))
    if (isUnseen(content)) continue
    const owner = name.replace(/(?::\w+)?\.conffiles$/, '')
    for (const line of content.text.split('\n'))
      if (line.startsWith('/')) owners.set(line.split(' ')[0] as string, owner)
  }
  return owners
}
