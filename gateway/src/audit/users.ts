// Who the users of a host are: names for numbers, and where their homes are.
import { isUnseen, type Tree } from './site.ts'

export type User = { readonly name: string; readonly uid: number; readonly home: string }

export function usersOf(tree: Tree): readonly User[] {
  const content = tree.read('/etc/passwd')
  if (isUnseen(content)) return []
  return content.text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', , , home = ''] = line.split(':')
    return name !== '' && /^\d+$/.test(uid) ? [{ name, uid: Number(uid), home }] : []
  })
}

export function nameOf(users: readonly User[], uid: number): string | undefined {
  return users.find((user) => user.uid === uid)?.name
}
