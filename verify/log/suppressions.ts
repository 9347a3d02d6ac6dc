/**
 * Warnings that the source turns off: attributes, pragmas and properties by
 * which compilers are told to be silent. Counted by what they look like, as a
 * reader of the source would; a build may silence in other ways too.
 *
 * @module
 */

const FORMS: readonly (readonly [string, RegExp, RegExp])[] = [
  [
    "UnconditionalSuppressMessage",
    /\.cs$/,
    /\[\s*(?:assembly:\s*|module:\s*)?UnconditionalSuppressMessage\b/g,
  ],
  ["SuppressMessage", /\.cs$/, /\[\s*(?:assembly:\s*)?SuppressMessage\b/g],
  ["#pragma warning disable", /\.cs$/, /^\s*#pragma\s+warning\s+disable\b/gm],
  ["NoWarn", /\.(?:[a-z]+proj|props|targets)$/, /<NoWarn\b/g],
  [
    "WarningsNotAsErrors",
    /\.(?:[a-z]+proj|props|targets)$/,
    /<WarningsNotAsErrors\b/g,
  ],
  ["allow", /\.rs$/, /^\s*#!?\[\s*(?:allow|expect)\s*\(/gm],
  [
    "diagnostic ignored",
    /\.(?:c|h|cc|hh|cpp|hpp|cxx)$/,
    /^\s*#\s*pragma\s+(?:GCC|clang)\s+diagnostic\s+ignored\b/gm,
  ],
  ["nolint", /\.go$/, /\/\/\s*nolint\b/g],
  [
    "severity none",
    /\.(?:editorconfig|globalconfig)$/,
    /^\s*dotnet_(?:diagnostic|analyzer_diagnostic)\S*\.severity\s*=\s*(?:none|silent)\b/gm,
  ],
  [
    "SuppressTrimAnalysisWarnings",
    /\.(?:[a-z]+proj|props|targets)$/,
    /<Suppress(?:Trim|Aot)AnalysisWarnings>\s*true\b/gi,
  ],
  [
    "lints allow",
    /(?:^|\/)Cargo\.toml$/,
    /^\s*[\w:"-]+\s*=\s*(?:"allow"|\{[^}\n]*level\s*=\s*"allow")/gm,
  ],
];

/** Adds the suppressions of one file to counts by form. */
export function countSuppressions(
  path: string,
  text: string,
  counts: Map<string, number>,
): void {
  for (const [form, files, pattern] of FORMS) {
    if (!files.test(path)) continue;
    const found = text.match(pattern)?.length ?? 0;
    if (found > 0) counts.set(form, (counts.get(form) ?? 0) + found);
  }
}

/** Whether a file is of a kind that can suppress. */
export function maySuppress(path: string): boolean {
  return FORMS.some(([, files]) => files.test(path));
}
