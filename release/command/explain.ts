/**
 * `reproof explain CODE`: what a code means and what to do about it.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { CATALOGUE } from "../../verify/catalogue/mod.ts";
import type { CatalogueEntry } from "../../verify/catalogue/mod.ts";
import { UsageError } from "../../verify/error.ts";
import { EXIT } from "../../verify/verdict.ts";
import type { Command } from "../cli/command.ts";

/** The `explain` command. */
export const explainCommand: Command = {
  name: "explain",
  summary: "Print what a code means and what to do about it",
  usage: ["explain CODE", "explain --all"],
  example: "reproof explain digest-mismatch",
  flags: [{ name: "all", help: "Print the whole catalogue" }],
  operands: [0, 1],
  run(context, args) {
    const codes = Object.keys(CATALOGUE);
    const code = args.operands[0];
    if ((code === undefined) === !args.has("all")) {
      throw new UsageError("usage", "Explaining a code", {
        expected: "one code, or --all",
        observed: code === undefined ? "neither" : "both",
      });
    }
    if (code !== undefined && !Object.hasOwn(CATALOGUE, code)) {
      throw new UsageError("usage", "Explaining a code", {
        expected: "a code of the catalogue",
        observed: `"${code}"`,
        next: `Did you mean "${closestString(code, codes)}"?`,
      });
    }
    const entries = (Object.entries(CATALOGUE) as [string, CatalogueEntry][])
      .filter(([name]) => code === undefined || name === code);
    if (args.has("json")) {
      const documents = entries.map(([name, entry]) => ({
        code: name,
        ...entry,
      }));
      context.out(
        JSON.stringify(code === undefined ? documents : documents[0], null, 2) +
          "\n",
      );
    } else {
      context.out(
        entries.map(([name, entry]) => render(name, entry)).join("\n"),
      );
    }
    return Promise.resolve(EXIT.ok);
  },
};

function render(code: string, entry: CatalogueEntry): string {
  return [
    `${code}: ${entry.title}`,
    `  meaning: ${entry.meaning}`,
    `  next:    ${entry.next}`,
    `  waiver:  ${entry.waivable ? "a policy may waive it" : "never"}`,
    "",
  ].join("\n");
}
