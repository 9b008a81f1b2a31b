// The completions of three shells, each in its own words. What stands behind `exec … --` is completed as the command
// that it is.

export type Spoken = readonly {
  readonly command: string
  readonly options: readonly string[]
  /** Of a heartbeat. */
  readonly takesName: boolean
}[]

/** Undefined: no shell that is known. */
export function scriptFor(shell: string, spoken: Spoken): string | undefined {
  if (shell === 'bash') return bash(spoken)
  if (shell === 'zsh') return zsh(spoken)
  return shell === 'fish' ? fish(spoken) : undefined
}

const NAMES = 'overdue completion --names 2>/dev/null'
const EVENTS = 'ok start fail log bye'

function bash(spoken: Spoken): string {
  const cases = spoken.map(
    ({ command, options, takesName }) =>
      `    ${command}) options='${options.join(' ')}'${takesName ? ' names=1' : ''} ;;`,
  )
  return `# bash completion of overdue: source <(overdue completion bash)
_overdue() {
  local current=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} options='' names='' at
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W '${commandsOf(spoken)}' -- "$current")
    return
  fi
  for ((at = 2; at < COMP_CWORD; at++)); do
    [[ $command == exec && \${COMP_WORDS[at]} == -- ]] || continue
    if declare -F _command_offset >/dev/null; then _command_offset $((at + 1))
    else mapfile -t COMPREPLY < <(compgen -c -f -- "$current"); fi
    return
  done
  case $command in
${cases.join('\n')}
  esac
  if [[ $current == -* ]]; then mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  elif [[ $command == ping ]] && ((COMP_CWORD == 3)); then mapfile -t COMPREPLY < <(compgen -W '${EVENTS}' -- "$current")
  elif [[ -n $names ]]; then mapfile -t COMPREPLY < <(compgen -W "$(${NAMES})" -- "$current")
  else compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$current"); fi
}
complete -F _overdue overdue`
}

function zsh(spoken: Spoken): string {
  const cases = spoken.map(
    ({ command, options, takesName }) =>
      `    ${command}) options=(${options.join(' ')})${takesName ? ' names=1' : ''} ;;`,
  )
  return `#compdef overdue
# zsh completion of overdue: source <(overdue completion zsh)
_overdue() {
  local -a options
  local names='' end=\${words[(ie)--]}
  if ((CURRENT == 2)); then
    compadd -- ${commandsOf(spoken)}
    return
  fi
  if [[ $words[2] == exec ]] && ((end < CURRENT)); then
    words=("\${(@)words[end+1,-1]}")
    ((CURRENT -= end))
    _normal
    return
  fi
  case $words[2] in
${cases.join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then compadd -- $options
  elif [[ $words[2] == ping ]] && ((CURRENT == 4)); then compadd -- ${EVENTS}
  elif [[ -n $names ]]; then compadd -- \${(f)"$(${NAMES})"}
  else _files; fi
}
compdef _overdue overdue`
}

function fish(spoken: Spoken): string {
  const withName = spoken.filter(({ takesName }) => takesName).map(({ command }) => command)
  const options = spoken
    .filter(({ options }) => options.length > 0)
    .map(({ command, options }) => {
      const long = options.map((option) => `-l ${option.slice(2)}`).join(' ')
      return `complete -c overdue -n '__fish_seen_subcommand_from ${command}' ${long}`
    })
  return `# fish completion of overdue: overdue completion fish | source
complete -c overdue -n __fish_use_subcommand -f -a '${commandsOf(spoken)}'
complete -c overdue -n '__fish_seen_subcommand_from ${withName.join(' ')}' -f -a '(${NAMES})'
complete -c overdue -n '__fish_seen_subcommand_from exec; and contains -- -- (commandline -opc)' -a '(__fish_complete_subcommand --fcs-skip=(contains -i -- -- (commandline -opc)))'
complete -c overdue -n '__fish_seen_subcommand_from ping' -f -a '${EVENTS}'
${options.join('\n')}`
}

function commandsOf(spoken: Spoken): string {
  return [...spoken.map(({ command }) => command), 'help'].join(' ')
}
