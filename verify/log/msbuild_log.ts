/**
 * Text logs of MSBuild, with those of the IL compiler: the canonical form of
 * diagnostics, `origin(line,column): category warning CODE: text [project]`
 * (MSBuild, "Diagnostic format for tasks"), where the category may be `Trim
 * analysis` or `AOT analysis` and a node number may stand in front (`3>`).
 * `3 Warning(s)` in the summary is held against what was found.
 *
 * @module
 */

import type { LineReader } from "./diagnostic.ts";

const DIAGNOSTIC =
  /(?:^|[\s:>])warning\s+(?:([A-Za-z][\w.-]{0,40}\d[\w.-]{0,20})\s*)?:\s*(.*)$/;
const TOTAL = /^\s*(\d{1,9}) Warning\(s\)\s*$/;
const PROJECT = /\[([^[\]]+\.[a-z]*proj)(?:::[^[\]]*)?\]\s*$/;

/** Reads logs of MSBuild and the IL compiler. */
export const msbuildLog: LineReader = {
  needles: ["warning", "Warning(s)"],
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
    const total = match === null ? TOTAL.exec(line) : null;
    if (total !== null) return { kind: "total", count: Number(total[1]) };
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
