// What git knows of a repository: who wrote a file last, and when anything happened at all. `git log` is all that is
// run, without what a repository's own settings might start.
import { type Instant, parseInstant } from '../domain/time.ts'
import type { Site } from './site.ts'

export type History = {
  readonly lastCommitAt: Instant | undefined
  authorOf(file: string): string | undefined
}

export function historyOf(site: Site, folder: string): History {
  const ask = (...args: readonly string[]): string | undefined => {
    const answer = site.run?.('git', ['--no-pager', '-C', folder, ...SAFE, 'log', '-1', '--no-show-signature', ...args])
    if (answer === undefined || !('out' in answer)) {
      const why = answer?.why ?? ''
      if (/dubious ownership/.test(why) && !site.blind.some(({ where }) => where === 'git log'))
        site.blind.push({ where: 'git log', why: 'git does not trust the repository: it belongs to somebody else' })
      return undefined
    }
    return answer.out.trim() || undefined
  }
  const last = ask('--format=%cI')
  const authors = new Map<string, string | undefined>()
  return {
    lastCommitAt: last === undefined ? undefined : parseInstant(last),
    authorOf: (file) => {
      if (last === undefined) return undefined
      if (!authors.has(file)) authors.set(file, ask('--format=%an', '--', file))
      return authors.get(file)
    },
  }
}

const SAFE = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'gpg.program=false',
  'protocol.allow=never',
].flatMap((setting) => ['-c', setting])
