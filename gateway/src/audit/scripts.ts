// The script behind a command: what it says may ping, though the command itself does not.
import { commandsOf, isAssignment, readShell, unquoted } from './shell.ts'
import { isUnseen, type Tree } from './site.ts'

/** The texts of the scripts that a command names by their full paths; a few at most. */
export function scriptsOf(tree: Tree, command: string): string {
  const texts: string[] = []
  for (const path of pathsIn(command).slice(0, MOST_SCRIPTS)) {
    const content = tree.read(path)
    if (!isUnseen(content) && (content.text.startsWith('#!') || /\.(?:sh|bash|py|pl|rb|js|ts|php)$/.test(path)))
      texts.push(content.text.slice(0, LONGEST_SCRIPT))
  }
  return texts.join('\n')
}

/** What a command runs, without what it is run by: `sudo -u x nice /opt/a.sh --all` is `/opt/a.sh`. */
export function programOf(command: string): string {
  const commands = commandsOf(readShell(command)).map((words) => words.map(unquoted))
  for (const words of commands.toReversed()) {
    const program = programIn(words)
    if (program !== undefined) return program
  }
  const firsts = commands.map((words) => words.find((word) => !isAssignment(word)) ?? '')
  return firsts.find((word) => word !== '' && !SHELL_WORDS.has(word)) ?? ''
}

const MOST_SCRIPTS = 4
const LONGEST_SCRIPT = 16_384

/** Words of the shell, which name nothing. */
const SHELL_WORDS = new Set([
  ...[
    'cd',
    'test',
    '[',
    '[[',
    'export',
    'true',
    'false',
    ':',
    'exit',
    '.',
    'source',
    'set',
    'umask',
    'command',
    'trap',
  ],
  ...['{', '}', '!', 'if', 'then', 'else', 'elif', 'fi', 'for', 'while', 'do', 'done', 'case', 'esac'],
])
/** What only prepares or tells, where there is anything else. */
const ASIDE = new Set([
  ...[
    'echo',
    'printf',
    'sleep',
    'mkdir',
    'logger',
    'curl',
    'wget',
    'mail',
    'tee',
    'grep',
    'ts',
    'cat',
    'which',
    'kill',
  ],
  ...['head', 'tail', 'xargs', 'awk', 'sed', 'sort', 'uniq', 'wc', 'gzip', 'zstd', 'touch', 'rm', 'date'],
])
/** What runs another command: its own words are skipped, up to what can't be an option's value. */
const RUNNERS = new Set([
  ...['sudo', 'doas', 'su', 'env', 'nice', 'ionice', 'chrt', 'taskset', 'nohup', 'setsid', 'timeout', 'flock', 'time'],
  ...['sh', 'bash', 'dash', 'zsh', 'ksh', 'python', 'python2', 'python3', 'perl', 'ruby', 'node', 'php', 'java', 'npx'],
  ...[
    'stdbuf',
    'systemd-cat',
    'chpst',
    'runuser',
    'exec',
    'bundle',
    'poetry',
    'pipenv',
    'uv',
    'run',
    'docker',
    'podman',
  ],
  ...['docker-compose', 'compose', 'unbuffer', 'cronic', 'chronic', 'runitor', 'cronitor', 'task-mon', 'overdue'],
])

function programIn(words: readonly string[]): string | undefined {
  const [first = '', ...rest] = words.filter((word, index) => !(isAssignment(word) && index === 0))
  const name = first.slice(first.lastIndexOf('/') + 1)
  if (name === '' || SHELL_WORDS.has(name) || ASIDE.has(name)) return undefined
  if (isAssignment(first)) return programIn(rest)
  if (!RUNNERS.has(name)) return first
  // sh -c '…': the command is in the word.
  const code = rest[rest.findIndex((word) => /^-[a-z]*c$/.test(word)) + 1]
  if (/sh$|^su$|^flock$|^runuser$/.test(name) && rest.some((word) => /^-[a-z]*c$/.test(word)) && code !== undefined)
    return programOf(code) || first
  if (name === 'overdue' && rest.includes('--')) return programIn(rest.slice(rest.indexOf('--') + 1)) ?? first
  const candidates = rest.filter((word) => !word.startsWith('-') && !isAssignment(word) && !/^\d+[smhd]?$/.test(word))
  const path = candidates.find((word) => /\/[^/]+$/.test(word) && !/^\/(?:var\/lock|run|tmp|var\/run|dev)\//.test(word))
  const module = rest[rest.indexOf('-m') + 1]
  if (rest.includes('-m') && module !== undefined && name.startsWith('python')) return module.replaceAll('.', '-')
  return path ?? candidates.find((word) => /\.\w+$/.test(word)) ?? candidates.at(-1) ?? first
}

function pathsIn(command: string): readonly string[] {
  const words = commandsOf(readShell(command)).flat().map(unquoted)
  return [...new Set(words.flatMap((word) => word.split(/\s+/)).filter((word) => /^\/[\w./@+-]+$/.test(word)))].filter(
    (word) => !/^\/(?:dev|proc|sys|bin|usr\/bin|usr\/sbin|sbin)\//.test(word),
  )
}
