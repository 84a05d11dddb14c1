/** Completion scripts for shells, from the descriptions of verbs. */
import { type Command, globalOptions, type Option } from './command.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export function completionFor(shell: (typeof shells)[number], commands: readonly Command[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](commands);
}

const optionsOf = ({ options }: Command): Readonly<Record<string, Option>> => ({ ...globalOptions, ...options });

/** Names in the local store; quiet when there is none. */
const LIST_REFERENCES = "waybill list --quiet 2>/dev/null | tail -n +2 | cut -d' ' -f1";

function bashScript(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const options = Object.keys(optionsOf(command)).map((name) => `--${name}`);
    const choices = Object.entries(optionsOf(command)).flatMap(([name, option]) =>
      option.choices === undefined
        ? []
        : [`      --${name}) COMPREPLY=($(compgen -W "${option.choices.join(' ')}" -- "$cur")); return ;;`],
    );
    const words = wordsFor(command, commands);
    return [
      `    ${command.name})`,
      ...(choices.length > 0 ? ['      case "$prev" in', ...choices, '      esac'] : []),
      `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$cur")); return; fi`,
      `      COMPREPLY=($(compgen -W "${words}" -- "$cur") $(compgen -f -- "$cur")) ;;`,
    ].join('\n');
  });
  return `# bash completion for waybill; made by: waybill completion bash
_waybill() {
  local cur prev verb
  COMPREPLY=()
  if declare -F _get_comp_words_by_ref >/dev/null; then _get_comp_words_by_ref -n : cur prev; else cur="\${COMP_WORDS[COMP_CWORD]}"; prev="\${COMP_WORDS[COMP_CWORD-1]}"; fi
  verb="\${COMP_WORDS[1]}"
  if [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W "${commands.map(({ name }) => name).join(' ')}" -- "$cur")); return; fi
  case "$verb" in
${cases.join('\n')}
  esac
  if declare -F __ltrim_colon_completions >/dev/null; then __ltrim_colon_completions "$cur"; fi
}
complete -o filenames -o bashdefault -F _waybill waybill`;
}

/** What may stand where an argument is expected, besides files. */
function wordsFor(command: Command, commands: readonly Command[]): string {
  if (command.arguments.some(({ name }) => name === 'VERB')) return commands.map(({ name }) => name).join(' ');
  if (command.arguments.some(({ name }) => name === 'SHELL')) return shells.join(' ');
  return takesReference(command) ? `$(${LIST_REFERENCES})` : '';
}

function takesReference({ arguments: words }: Command): boolean {
  return words.some(({ name }) => /REF|FROM|^A$/.test(name));
}

function zshScript(commands: readonly Command[]): string {
  const quote = (text: string) => text.replace(/'/g, "'\\''").replace(/([[\]:])/g, '\\$1');
  const cases = commands.map((command) => {
    const options = Object.entries(optionsOf(command)).map(([name, { value, description, choices }]) => {
      const argument =
        value === undefined ? '' : `:${value}:${choices === undefined ? '_files' : `(${choices.join(' ')})`}`;
      return `'--${name}[${quote(description)}]${argument}'`;
    });
    const words = wordsFor(command, commands);
    const rest =
      words === ''
        ? "'*:file:_files'"
        : `"*:argument:_waybill_words '${words.replace(/"/g, '\\"').replace(/\$/g, '\\$')}'"`;
    return `    ${command.name}) _arguments ${options.join(' ')} ${takesReference(command) ? "'*:reference:_waybill_references'" : rest} ;;`;
  });
  return `#compdef waybill
# zsh completion for waybill; made by: waybill completion zsh
_waybill_references() {
  local -a names
  names=(\${(f)"$(${LIST_REFERENCES})"})
  compadd -a names
  _files
}
_waybill_words() { compadd -- \${=1} }
_waybill() {
  local -a verbs
  verbs=(
${commands.map(({ name, summary }) => `    '${name}:${quote(summary)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then _describe 'verb' verbs; return; fi
  local verb=$words[2]
  shift words; (( CURRENT-- ))
  case $verb in
${cases.join('\n')}
  esac
}
if [ "$funcstack[1]" = "_waybill" ]; then _waybill "$@"; else compdef _waybill waybill; fi`;
}

function fishScript(commands: readonly Command[]): string {
  const quote = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;
  const lines = commands.flatMap((command) => [
    `complete -c waybill -n __fish_use_subcommand -f -a ${command.name} -d ${quote(command.summary)}`,
    ...Object.entries(optionsOf(command)).map(([name, { value, description, choices }]) => {
      const argument = value === undefined ? '' : choices === undefined ? ' -r' : ` -x -a ${quote(choices.join(' '))}`;
      return `complete -c waybill -n '__fish_seen_subcommand_from ${command.name}' -l ${name}${argument} -d ${quote(description)}`;
    }),
    ...(takesReference(command)
      ? [`complete -c waybill -n '__fish_seen_subcommand_from ${command.name}' -a ${quote(`(${LIST_REFERENCES})`)}`]
      : []),
  ]);
  return `# fish completion for waybill; made by: waybill completion fish\n${lines.join('\n')}`;
}
