/** Completion scripts. Each calls this program for candidates, and offers files if there are none. */
export const SCRIPTS = {
  bash: `_redcloud() {
  local IFS=$'\\n'
  COMPREPLY=($(redcloud complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _redcloud redcloud
`,
  zsh: `#compdef redcloud
_redcloud() {
  local -a found
  found=("\${(@f)$(redcloud complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
if [[ "\${funcstack[1]}" = _redcloud ]]; then _redcloud "$@"; else compdef _redcloud redcloud; fi
`,
  fish: `function __redcloud_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l found (redcloud complete -- $words[2..-1] "$current" 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path "$current"
  end
end
complete -c redcloud -f -a '(__redcloud_complete)'
`,
} as const;

export type Shell = keyof typeof SCRIPTS;
