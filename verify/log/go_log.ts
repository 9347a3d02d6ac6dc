/**
 * What `go build` and `go vet` print: a line `# package` for each package with
 * findings, then `file.go:line:column: text`; with `-v` the names of packages,
 * with `-x` the commands. Go knows no levels, so every finding is a warning,
 * its code `go`. Linkers print `warning:` as elsewhere.
 *
 * @module
 */

import type { LineReader } from "./diagnostic.ts";

const FINDING = /^(?:vet: )?(\S+\.go:\d+(?::\d+)?): (.*)$/;
const LINKER = /(?:^|: )warning: (.*)$/;
const HEADER = /^# (\S+)/;

/** Reads logs of the Go tools. */
export const goLog: LineReader = {
  needles: [".go:", "# ", "warning:"],
  marks: ["WORK=", "mkdir -p $WORK", "\nruntime\n", "/internal/"],
  start: () => {
    let project: string | null = null;
    return (line) => {
      const header = HEADER.exec(line);
      if (header !== null) {
        project = header[1] ?? null;
        return { kind: "known" };
      }
      const finding = FINDING.exec(line);
      const linker = finding === null ? LINKER.exec(line) : null;
      if (finding === null && linker === null) return null;
      return {
        kind: "warning",
        diagnostic: {
          code: finding === null ? "linker" : "go",
          project,
          text: finding === null
            ? linker?.[1] ?? ""
            : `${finding[1]}: ${finding[2]}`,
        },
      };
    };
  },
};
