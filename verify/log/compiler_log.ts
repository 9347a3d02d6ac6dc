/**
 * Text of GCC and Clang, and of linkers between: `place: warning: text
 * [-Wname]` (GCC manual, "Options to Control Diagnostic Messages Formatting";
 * Clang, "Formatting of Diagnostics"). Without a name the code is `none`. What
 * Clang says it `generated` is held against what was found.
 *
 * @module
 */

import type { LineReader } from "./diagnostic.ts";

const DIAGNOSTIC = /^(.*?):?\s*warning:\s+(.*)$/;
const TOTAL = /^(\d{1,9}) warnings?(?: and \d+ errors?)? generated\.$/;
const NAME = /\[(-W[^\s\],]+)[^\]]*\]\s*$/;

/** Reads logs of GCC and Clang. */
export const compilerLog: LineReader = {
  needles: ["warning:", " generated."],
  marks: [
    "gcc ",
    "g++ ",
    "cc ",
    "c++ ",
    "clang ",
    "clang++ ",
    "warning generated",
    "warnings generated",
    "In file included from",
  ],
  start: () => (line) => {
    const match = DIAGNOSTIC.exec(line);
    const total = match === null ? TOTAL.exec(line) : null;
    if (total !== null) return { kind: "total", count: Number(total[1]) };
    if (match === null) return null;
    const text = match[2] ?? "";
    return {
      kind: "warning",
      diagnostic: {
        code: (NAME.exec(text)?.[1] ?? "none").replace("-Werror=", "-W"),
        project: null,
        text: `${match[1] ?? ""}: ${text}`,
      },
    };
  },
};
