/**
 * Suppressions on the command lines of a recipe: words that tell a compiler to
 * be silent, which no file of the source shows. A word that other programs use
 * for something else counts for its own compilers alone.
 *
 * @module
 */

/** A command, or variables alone. */
export interface SilencedCommand {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Form {
  readonly name: string;
  /** Matched against each word and each value of the environment. */
  readonly word: RegExp;
  /** Programs and variables that it belongs to; all of them without. */
  readonly of?: RegExp;
}

const C =
  /(?:^|[/:-])(?:cc|gcc|g\+\+|c\+\+|clang|clang\+\+)(?:-\d+)?\}?$|FLAGS$/;
const RUST = /(?:^|[/:])(?:rustc|cargo)\}?$|RUSTFLAGS$/;

const FORMS: readonly Form[] = [
  // gcc(1), clang(1).
  { name: "-w", word: /(?:^|\s)-w(?:\s|$)/, of: C },
  { name: "-Wno-…", word: /(?:^|[\s=])-Wno-(?!error)[\w-]+/ },
  // rustc(1).
  { name: "--cap-lints", word: /--cap-lints\b/ },
  { name: "-A", word: /(?:^|\s)(?:-A|--allow)(?:[\s=]|$|[a-z])/, of: RUST },
  // MSBuild and the .NET SDK; a property is given as -p:, /p: or --property:.
  { name: "NoWarn", word: /\bno-?warn[:=]/i },
  { name: "WarningLevel", word: /\b(?:warn|WarningLevel)[:=]0\b/i },
  { name: "WarningsNotAsErrors", word: /\bWarningsNotAsErrors=/i },
  {
    name: "SuppressTrimAnalysisWarnings",
    word: /\bSuppress\w*Warnings=true\b/i,
  },
  { name: "verbosity", word: /^[-/](?:v|verbosity):q(?:uiet)?$/i },
  // go(1).
  { name: "-vet=off", word: /^-?-vet=off$/ },
];

/** Adds what commands and their environments silence to counts by form. */
export function countSilenced(
  commands: Iterable<SilencedCommand>,
  counts: Map<string, number>,
): void {
  for (const { argv, env } of commands) {
    const [program = "", ...words] = argv;
    const said: [string, string][] = [
      ...words.map((word): [string, string] => [program, word]),
      ...Object.entries(env),
    ];
    for (const { name, word, of } of FORMS) {
      const found = said.filter(([by, text]) =>
        (of?.test(by) ?? true) && word.test(text)
      ).length;
      if (found === 0) continue;
      const form = `command ${name}`;
      counts.set(form, (counts.get(form) ?? 0) + found);
    }
  }
}
