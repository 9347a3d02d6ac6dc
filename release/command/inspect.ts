/**
 * `reproof inspect FILE`: the layout of one file, which of its fields are
 * volatile or derived, and what in it would break reproducibility.
 *
 * @module
 */

import { inspectReader } from "../../verify/compare/inspect.ts";
import { FileReader } from "../../verify/file_reader.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";
import { inspectionText } from "../report/inspection_text.ts";
import { writeJson } from "../report/write_json.ts";

/** The `inspect` command. */
export const inspectCommand: Command = {
  name: "inspect",
  summary: "Show the layout of a file and what would not reproduce",
  usage: ["inspect FILE"],
  example: "reproof inspect dist/app.tar.gz",
  flags: [],
  operands: [1, 1],
  run(context, args) {
    const [path = ""] = args.operands;
    using reader = new FileReader(path);
    const inspection = inspectReader(path, reader);
    if (args.has("json")) {
      // Without indents: of a large file it is tens of MB as it is.
      writeJson(inspection, context.out);
      context.out("\n");
    } else context.out(inspectionText(inspection));
    // Something that could not be opened is not known, whatever else is.
    const incomplete = inspection.insideIncomplete ||
      [inspection, ...inspection.inside].some(({ problems }) =>
        problems.some(({ code }) =>
          code === "limit-reached" || code === "layout-unsupported"
        )
      );
    return Promise.resolve(incomplete ? EXIT.inconclusive : EXIT.ok);
  },
};
