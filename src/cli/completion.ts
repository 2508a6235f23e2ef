// Completion scripts for the shells, made from the commands themselves. Pure.

export interface CompletedCommand { name: string, description: string, options: string[], takesFiles: boolean }

export type Shell = 'bash' | 'zsh' | 'fish'

export function completionScript (shell: Shell, program: string, commands: readonly CompletedCommand[]): string {
  const word = program.replaceAll('-', '_')
  switch (shell) {
    case 'bash': return bash(program, word, commands)
    case 'zsh': return zsh(program, word, commands)
    case 'fish': return fish(program, commands)
  }
}

function bash (program: string, word: string, commands: readonly CompletedCommand[]): string {
  return `# ${program} completion for bash: source <(${program} completion bash)
_${word} () {
  local current=\${COMP_WORDS[COMP_CWORD]}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')}' -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${commands.map(({ name, options, takesFiles }) => `    ${name})
      if [[ $current == -* ]]; then COMPREPLY=($(compgen -W '${options.join(' ')}' -- "$current"))
      else COMPREPLY=(${takesFiles ? '$(compgen -f -- "$current")' : ''}); fi ;;`).join('\n')}
  esac
}
complete -o filenames -F _${word} ${program}`
}

function zsh (program: string, word: string, commands: readonly CompletedCommand[]): string {
  return `#compdef ${program}
# ${program} completion for zsh: source <(${program} completion zsh)
_${word} () {
  local -a commands
  commands=(
${commands.map(({ name, description }) => `    '${name}:${quoted(description)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case $words[2] in
${commands.map(({ name, options, takesFiles }) => `    ${name}) if [[ $words[CURRENT] == -* ]]; then compadd -- ${options.join(' ')}; else ${takesFiles ? '_files' : ':'}; fi ;;`).join('\n')}
  esac
}
compdef _${word} ${program}`
}

function fish (program: string, commands: readonly CompletedCommand[]): string {
  return `# ${program} completion for fish: ${program} completion fish | source
${commands.flatMap(({ name, description, options, takesFiles }) => [
  `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d '${quoted(description)}'`,
  ...options.map((option) => `complete -c ${program} -n '__fish_seen_subcommand_from ${name}' ${option.startsWith('--') ? `-l ${option.slice(2)}` : `-s ${option.slice(1)}`}`),
  ...takesFiles ? [] : [`complete -c ${program} -n '__fish_seen_subcommand_from ${name}' -f`]
]).join('\n')}`
}

function quoted (text: string): string {
  return text.replaceAll("'", '’').replaceAll(':', '\\:')
}
