/**
 * `reproof compare A B`: how two files or directories relate.
 *
 * @module
 */

import { comparePaths } from "../../verify/compare_paths.ts";
import { UsageError } from "../../verify/error.ts";
import { verdictExit } from "../../verify/verdict.ts";
import type { Arguments, Command } from "../cli/command.ts";

/**
 * Imports a module that Deno is not to read before the program starts: the
 * text is written after the files have been read, and loading takes time.
 */
function load<Module>(path: string): Promise<Module> {
  return import(path);
}

/** The `compare` command. */
export const compareCommand: Command = {
  name: "compare",
  summary: "Compare two files or directories, byte by byte and field by field",
  usage: ["compare A B"],
  example: "reproof compare published/app.tar.gz rebuilt/app.tar.gz",
  flags: [
    {
      name: "normalizer",
      value: "ID",
      repeatable: true,
      help: "Use only the normalisers named; all without this flag",
    },
    { name: "no-normalizers", help: "Use none: only equal bytes pass" },
  ],
  operands: [2, 2],
  async run(context, args) {
    const normalizers = await chosen(args);
    const [left = "", right = ""] = args.operands;
    const comparing = comparePaths(left, right, {
      signal: context.signal,
      ...(normalizers === undefined ? {} : { normalizers }),
    });
    const [comparison, text] = await Promise.all([
      comparing,
      args.has("json") ? undefined : load<
        typeof import("../report/comparison_text.ts")
      >("../report/comparison_text.ts"),
    ]);
    context.out(
      text?.comparisonText(comparison) ??
        JSON.stringify(comparison, null, 2) + "\n",
    );
    return verdictExit(comparison.verdict);
  },
};

async function chosen(
  args: Arguments,
): Promise<readonly string[] | undefined> {
  const named = args.values("normalizer");
  if (args.has("no-normalizers")) {
    if (named.length > 0) {
      throw new UsageError("usage", "Choosing normalisers", {
        expected: '"--normalizer" or "--no-normalizers"',
        observed: "both",
      });
    }
    return [];
  }
  if (named.length === 0) return undefined;
  const { NORMALIZERS } = await load<
    typeof import("../../verify/normalize/registry.ts")
  >("../../verify/normalize/registry.ts");
  const known = NORMALIZERS.map(({ id }) => id);
  for (const id of named) {
    if (known.includes(id)) continue;
    const { closestString } = await import("@std/text/closest-string");
    throw new UsageError("usage", "Choosing normalisers", {
      expected: `one of ${known.join(", ")}`,
      observed: `"${id}"`,
      next: `Did you mean "${closestString(id, known)}"?`,
    });
  }
  return named;
}
