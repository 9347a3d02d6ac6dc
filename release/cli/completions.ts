/**
 * Completion scripts for shells, made from the declarations of the commands:
 * their names, their flags, and what kind of value a flag takes. A script is
 * whole; it starts nothing when a word is completed.
 *
 * @module
 */

import type { Command, Flag } from "./command.ts";
import { COMMON_FLAGS } from "./flags.ts";

/** What is completed of a command. */
export type CompletedCommand = Pick<Command, "name" | "summary" | "flags">;

/** The shells, and how to write a script for each. */
export const COMPLETIONS = { bash, zsh, fish } as const;
/** One of the shells. */
export type Shell = keyof typeof COMPLETIONS;

/** Values of flags that are words of a list. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  color: ["auto", "always", "never"],
  isolation: ["bubblewrap", "unshare", "none"],
};
const PATHS = ["FILE", "DIR", "PATH", "SOURCE"];

function flagsOf(command: CompletedCommand): Flag[] {
  return [...command.flags, ...COMMON_FLAGS];
}

function takesPath({ value }: Flag): boolean {
  return value !== undefined && PATHS.includes(value);
}

function bash(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name }) => name);
  const option = (flag: Flag) => `--${flag.name}`;
  const words = Object.entries(WORDS).map(([name, list]) =>
    `    --${name}) _reproof_words "${list.join(" ")}"; return ;;`
  );
  const cases = commands.flatMap((command) => {
    const flags = flagsOf(command);
    const free = flags.filter((flag) =>
      flag.value !== undefined && !takesPath(flag) &&
      !Object.hasOwn(WORDS, flag.name)
    );
    return [
      `    ${command.name})`,
      `      flags="${flags.map(option).join(" ")}"`,
      `      free="${free.map(option).join(" ")}" ;;`,
    ];
  });
  return `# Completion of reproof for bash; written by: reproof completions bash
_reproof_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}")
}
_reproof() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local flags="" free=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    _reproof_words "${names.join(" ")} --help --version"
    return
  fi
  case "$before" in
${words.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${cases.join("\n")}
  esac
  case " $free " in *" $before "*) return ;; esac
  case "$current" in
    -*) _reproof_words "$flags" ;;
    *) mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
  esac
}
complete -o filenames -F _reproof reproof
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const value = (flag: Flag) =>
    flag.value === undefined
      ? ""
      : Object.hasOwn(WORDS, flag.name)
      ? `:${flag.value}:(${WORDS[flag.name]?.join(" ")})`
      : `:${flag.value}:${takesPath(flag) ? "_files" : ""}`;
  // Brackets and colons have a meaning in a specification of _arguments.
  const help = (text: string) => text.replace(/[\\[\]:]/g, "\\$&");
  return `#compdef reproof
# Completion of reproof for zsh; written by: reproof completions zsh
_reproof() {
  local -a commands
  commands=(
${
    commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`)
      .join("\n")
  }
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${
    commands.map((command) =>
      `    ${command.name}) _arguments ${
        flagsOf(command).map((flag) =>
          quoted(
            `${flag.repeatable ? "*" : ""}--${flag.name}[${help(flag.help)}]${
              value(flag)
            }`,
          )
        ).join(" ")
      } '*:file:_files' ;;`
    ).join("\n")
  }
  esac
}
_reproof "$@"
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap((command) => [
    `complete -c reproof -n __fish_use_subcommand -f -a ${command.name} -d ${
      quoted(command.summary)
    }`,
    ...flagsOf(command).map((flag) => {
      const words = WORDS[flag.name];
      const value = flag.value === undefined
        ? ""
        : words !== undefined
        ? ` -x -a ${quoted(words.join(" "))}`
        : takesPath(flag)
        ? " -r -F"
        : " -x";
      return `complete -c reproof -n '__fish_seen_subcommand_from ${command.name}' -l ${flag.name}${value} -d ${
        quoted(flag.help)
      }`;
    }),
  ]);
  return `# Completion of reproof for fish; written by: reproof completions fish
${lines.join("\n")}
`;
}

/** A word of all three shells, which end a quote the same way. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
