/**
 * Text logs of MSBuild, with those of the IL compiler: the canonical form of
 * diagnostics, `origin(line,column): category warning CODE: text [project]`
 * (MSBuild, "Diagnostic format for tasks"), where the category may be `Trim
 * analysis` or `AOT analysis` and a node number may stand in front (`3>`).
 *
 * @module
 */

import type { LineReader } from "./diagnostic.ts";

const DIAGNOSTIC =
  /(?:^|[\s:>])warning\s+(?:([A-Z]{1,10}\d{1,6})\s*)?:\s*(.*)$/;
const PROJECT = /\[([^[\]]+\.[a-z]*proj)(?:::[^[\]]*)?\]\s*$/;

/** Reads logs of MSBuild and the IL compiler. */
export const msbuildLog: LineReader = {
  needles: ["warning"],
  marks: [
    "Build succeeded",
    "Build FAILED",
    "MSBuild version",
    "Determining projects to restore",
    "Generating native code",
    " -> ",
  ],
  start: () => (line) => {
    const match = DIAGNOSTIC.exec(line);
    if (match === null) return null;
    const text = match[2] ?? "";
    const path = PROJECT.exec(text)?.[1] ?? null;
    return {
      kind: "warning",
      diagnostic: {
        code: match[1] ?? "none",
        project: path?.split(/[\\/]/).at(-1)?.replace(/\.[a-z]*proj$/, "") ??
          null,
        text: text.replace(PROJECT, "").trim(),
      },
    };
  },
};
