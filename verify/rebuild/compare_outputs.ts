/**
 * Comparing one artifact of two runs, with the tolerances that are its own.
 * Neither file may be another than the one that its run left.
 *
 * @module
 */

import type { CompareOptions, Comparison } from "../compare/comparison.ts";
import { optionsFor } from "../compare/tolerance.ts";
import { ReproofError } from "../error.ts";
import type { CompareFunction } from "./compare_runs.ts";
import type { Output } from "./outputs.ts";

/**
 * Compares.
 *
 * @throws {ReproofError} `file-changed` when a file is no longer the one named.
 */
export async function compareOutputs(
  compare: CompareFunction,
  options: CompareOptions,
  { target, name, left, right }: {
    readonly target: string;
    readonly name: string;
    readonly left: Pick<Output, "path" | "sha256">;
    readonly right: Pick<Output, "path" | "sha256">;
  },
): Promise<Comparison> {
  const subject = `${target}/${name}`;
  const comparison = await compare(
    left.path,
    right.path,
    optionsFor(options, { target, name }),
  );
  if (
    comparison.left.sha256 !== left.sha256 ||
    comparison.right.sha256 !== right.sha256
  ) {
    throw new ReproofError("file-changed", `Comparing "${subject}"`, {
      expected: `sha256:${left.sha256} and sha256:${right.sha256}`,
      observed:
        `sha256:${comparison.left.sha256} and sha256:${comparison.right.sha256}`,
    });
  }
  return comparison;
}
